"""The typed reader of the environment: what the portal is told from outside, and nothing else.

In production a missing or forbidden value stops the start with one sentence that names the
variable and shows an example. In development, servers that nobody named are looked up in
`run.env`, which `make demo` writes beside its data.
Raises: ImproperlyConfigured.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

CHECKOUT = Path(__file__).resolve().parent.parent
NAMES = (
    "PORTAL_ENV",
    "PORTAL_DEBUG",
    "SECRET_KEY",
    "ALLOWED_HOSTS",
    "CSRF_TRUSTED_ORIGINS",
    "DATABASE_URL",
    "REDIS_URL",
    "CELERY_BROKER_URL",
    "PORTAL_TODAY",
    "COUNCIL_NAME",
    "SUPPORT_PHONE",
    "PORTAL_ADDRESS",
    "ATTENDANCE_PORTAL_HOME",
    "LOG_LEVEL",
    "EMAIL_URL",
    "EMAIL_FROM",
)
LOCAL_ADDRESS = "http://localhost:8000"
SHORTEST_SECRET_KEY = 50  # characters, as Django's own deployment check asks
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
# Commands that need no server must start without one, so an unnamed server becomes an address
# that cannot answer, and whose failure says what to do. libpq reads commas and colons: none here.
NO_SERVER = "/no server: run `make demo` in another terminal or set {name}"
#: Of every session: our statements take milliseconds, and compiling one just in time takes a
#: hundred of them.
SESSION = "-c jit=off"
EXAMPLES = {
    "SECRET_KEY": "SECRET_KEY=<50 or more random characters>",
    "ALLOWED_HOSTS": "ALLOWED_HOSTS=attendance.example.gov.uk",
    "DATABASE_URL": "DATABASE_URL=postgresql://attend:password@db:5432/attend",
    "REDIS_URL": "REDIS_URL=redis://redis:6379/0",
}


@dataclass(frozen=True)
class Environment:
    """Everything `settings.py` takes from outside; `database` is an entry of Django's DATABASES."""

    production: bool
    debug: bool
    secret_key: str
    allowed_hosts: list[str]
    csrf_trusted_origins: list[str]
    database: dict[str, Any]
    redis_url: str
    celery_broker_url: str
    portal_today: date | None
    council_name: str
    support_phone: str
    portal_address: str
    home: Path
    log_level: str
    email: dict[str, Any]
    email_from: str


def read_environment(source: Mapping[str, str] | None = None) -> Environment:
    """Read and check every variable of `NAMES` from `source` (by default the process's own)."""
    given = {
        name: value
        for name, value in (os.environ if source is None else source).items()
        if name in NAMES
    }
    given = {name: value for name, value in given.items() if value.strip()}
    production = _is_production(given)
    home = Path(given.get("ATTENDANCE_PORTAL_HOME", CHECKOUT / ".local")).expanduser().resolve()
    if production:
        _refuse_to_start_incomplete(given)
    elif "DATABASE_URL" not in given:
        given = {**running_servers(home), **given}
    env = environ.Env()
    env.ENVIRON = given
    redis_url = _redis_url(given)
    allowed_hosts = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
    portal_address = _portal_address(given, allowed_hosts[0] if production else "")
    return Environment(
        production=production,
        debug=_is_debug(env, production),
        secret_key=given.get("SECRET_KEY") or development_secret_key(home),
        allowed_hosts=allowed_hosts,
        csrf_trusted_origins=env.list("CSRF_TRUSTED_ORIGINS", default=[]),
        database=_database(given),
        redis_url=redis_url,
        celery_broker_url=given.get("CELERY_BROKER_URL", _broker_url(redis_url)),
        portal_today=_portal_today(given),
        council_name=env.str("COUNCIL_NAME", default="Redcar and Cleveland (demonstration)"),
        support_phone=env.str("SUPPORT_PHONE", default="" if production else "01632 960000"),
        portal_address=portal_address,
        home=home,
        log_level=_log_level(given),
        email=env.email_url(
            "EMAIL_URL", default="dummymail://" if production else "consolemail://"
        ),
        email_from=_email_from(given, portal_address),
    )


def running_servers(home: Path) -> dict[str, str]:
    """What a running `make demo` left in `run.env`, or nothing when its servers are gone."""
    with suppress(OSError):
        lines = (home / "run.env").read_text(encoding="utf-8").splitlines()
        values = dict(line.split("=", 1) for line in lines if "=" in line)
        folder = _socket_folder(values.get("DATABASE_URL", ""))
        if folder is None or Path(folder).exists():
            return {name: value for name, value in values.items() if name in NAMES}
    return {}


def development_secret_key(home: Path) -> str:
    """One key per machine, made at first use; a key for this process where nothing can be kept."""
    path = home / "secret_key"
    made = secrets.token_urlsafe(SHORTEST_SECRET_KEY)
    try:
        home.mkdir(parents=True, exist_ok=True)
        draft = home / f"secret_key.{os.getpid()}"
        draft.touch(mode=0o600)
        draft.write_text(made, encoding="utf-8")
        with suppress(FileExistsError):
            os.link(draft, path)  # all or nothing: another process never reads half a key
        draft.unlink()
        return path.read_text(encoding="utf-8") or made
    except OSError:
        return made


def _is_production(given: Mapping[str, str]) -> bool:
    name = given.get("PORTAL_ENV", "development")
    if name not in ("production", "development"):
        raise ImproperlyConfigured(
            f"PORTAL_ENV is '{name}', but it must be production or development: "
            "for example PORTAL_ENV=production."
        )
    return name == "production"


def _refuse_to_start_incomplete(given: Mapping[str, str]) -> None:
    for name, example in EXAMPLES.items():
        if name not in given:
            raise ImproperlyConfigured(
                f"Production does not start without {name}: set it, for example {example}."
            )
    if len(given["SECRET_KEY"]) < SHORTEST_SECRET_KEY:
        raise ImproperlyConfigured(
            f"SECRET_KEY is too short for production: give it {SHORTEST_SECRET_KEY} or more random "
            "characters, for example from: "
            'python3 -c "import secrets; print(secrets.token_urlsafe(50))".'
        )
    if "PORTAL_TODAY" in given:
        raise ImproperlyConfigured(
            "The portal does not start in production with PORTAL_TODAY set, because every figure "
            "would stand on that date: unset PORTAL_TODAY."
        )


def _is_debug(env: environ.Env, production: bool) -> bool:
    debug: bool = env.bool("PORTAL_DEBUG", default=not production)
    if debug and production:
        raise ImproperlyConfigured(
            "The portal does not start in production with PORTAL_DEBUG on, because error pages "
            "would show pupils' data: unset PORTAL_DEBUG."
        )
    return debug


def _portal_today(given: Mapping[str, str]) -> date | None:
    value = given.get("PORTAL_TODAY")
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ImproperlyConfigured(
            f"PORTAL_TODAY is '{value}', but it must be a date: for example 2026-03-03."
        ) from None


def _portal_address(given: Mapping[str, str], host: str) -> str:
    """Where mail leads to: as told, else the first host of production, else this machine."""
    address = given.get("PORTAL_ADDRESS", f"https://{host.lstrip('.')}" if host else LOCAL_ADDRESS)
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ImproperlyConfigured(
            f"PORTAL_ADDRESS is '{address}', but it must be where people open the portal: "
            "for example PORTAL_ADDRESS=https://attendance.example.gov.uk."
        )
    return address.rstrip("/")


def _email_from(given: Mapping[str, str], portal_address: str) -> str:
    """Who mail comes from: as told, else nobody who reads it, at the portal's own name."""
    sender = given.get("EMAIL_FROM", f"noreply@{urlsplit(portal_address).hostname}").strip()
    name, at, host = parseaddr(sender)[1].partition("@")
    if not (name and at and host) or "\n" in sender:
        raise ImproperlyConfigured(
            f"EMAIL_FROM is '{sender}', but it must be an address that mail may come from: "
            "for example EMAIL_FROM=attendance@example.gov.uk."
        )
    return sender


def _log_level(given: Mapping[str, str]) -> str:
    level = given.get("LOG_LEVEL", "INFO").upper()
    if level not in LOG_LEVELS:
        raise ImproperlyConfigured(
            f"LOG_LEVEL is '{level}', but it must be one of {', '.join(LOG_LEVELS)}: "
            "for example LOG_LEVEL=INFO."
        )
    return level


def _database(given: Mapping[str, str]) -> dict[str, Any]:
    url = given.get("DATABASE_URL")
    if url is None:
        host = NO_SERVER.format(name="DATABASE_URL")
        return {"ENGINE": "django.db.backends.postgresql", "NAME": "attend", "HOST": host}
    if urlsplit(url).scheme not in ("postgresql", "postgres"):
        raise ImproperlyConfigured(
            f"DATABASE_URL must name a PostgreSQL database: for example {EXAMPLES['DATABASE_URL']}."
        )
    database: dict[str, Any] = environ.Env.db_url_config(url)
    options = database.setdefault("OPTIONS", {})
    if "host" in options:  # the unix socket's form; Django and its tools look for HOST
        database["HOST"] = options.pop("host")
    options["options"] = f"{options.get('options', '')} {SESSION}".strip()
    return database


def _redis_url(given: Mapping[str, str]) -> str:
    url = given.get("REDIS_URL")
    if url is None:
        return f"unix://{NO_SERVER.format(name='REDIS_URL')}"
    if urlsplit(url).scheme not in ("redis", "rediss", "unix"):
        raise ImproperlyConfigured(
            f"REDIS_URL must name a Redis or Valkey server: for example {EXAMPLES['REDIS_URL']}."
        )
    return url


def _broker_url(redis_url: str) -> str:
    """Celery's spelling of the same server: it knows unix sockets under another name."""
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    number = parse_qs(parts.query).get("db", ["0"])[0]
    return f"redis+socket://{parts.path}?virtual_host={number}"


def _socket_folder(database_url: str) -> str | None:
    return parse_qs(urlsplit(database_url).query).get("host", [None])[0]
