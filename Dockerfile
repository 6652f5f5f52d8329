# One image for web, worker and beat. The style sheet is built in a stage of its own, so that the
# result holds neither node nor a compiler.
FROM node:24-slim AS styles
RUN apt-get update \
 && apt-get install -y --no-install-recommends python3 \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /portal
COPY package.json package-lock.json ./
COPY devstack devstack
COPY static static
RUN python3 -m devstack.frontend

FROM python:3.12-slim AS packages
RUN python -m venv /venv
COPY requirements/base.txt requirements/base.txt
RUN /venv/bin/pip install --no-cache-dir --require-hashes -r requirements/base.txt

FROM python:3.12-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
RUN useradd --system --uid 10001 --home-dir /var/lib/portal --create-home portal
COPY --from=packages /venv /venv
WORKDIR /portal
COPY . .
COPY --from=styles /portal/static/vendor static/vendor
# Collecting needs no server; the values stand only for this one command.
RUN PORTAL_ENV=production SECRET_KEY=$(python -c "import secrets; print(secrets.token_urlsafe(50))") \
    ALLOWED_HOSTS=localhost DATABASE_URL=postgresql://none@localhost/none \
    REDIS_URL=redis://localhost:6379/0 ATTENDANCE_PORTAL_HOME=/var/lib/portal \
    python manage.py collectstatic --noinput
USER portal
EXPOSE 8000
CMD ["gunicorn", "attendance_portal.wsgi:application", "--bind", "0.0.0.0:8000", \
     "--workers", "3", "--threads", "4", "--preload", "--no-control-socket", "--timeout", "120"]
