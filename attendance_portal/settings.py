"""Settings, fed by one typed reader of the environment (`attendance_portal.env`)."""

from datetime import timedelta
from pathlib import Path

from csp.constants import NONE, SELF

from accounts.roles import API_SCOPES
from attendance_portal.env import read_environment
from attendance_portal.logs import configure

BASE_DIR = Path(__file__).resolve().parent.parent
ENV = read_environment()

DEBUG = ENV.debug
SECRET_KEY = ENV.secret_key
ALLOWED_HOSTS = ENV.allowed_hosts
CSRF_TRUSTED_ORIGINS = ENV.csrf_trusted_origins
PORTAL_TODAY = ENV.portal_today
COUNCIL_NAME = ENV.council_name
SUPPORT_PHONE = ENV.support_phone
PORTAL_ADDRESS = ENV.portal_address

ROOT_URLCONF = "attendance_portal.urls"
WSGI_APPLICATION = "attendance_portal.wsgi.application"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "oauth2_provider",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "django_htmx",
    "django_structlog",
    "csp",
    "accounts",
    "schools",
    "attendance",
    "cases",
    "interventions",
    "meetings",
    "dashboards",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "attendance_portal.caching.NoStore",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "attendance_portal.htmx.SignInAgain",
    "attendance_portal.addresses.NoNul",
    "attendance_portal.unavailable.Unavailable",
    "attendance_portal.reading.Reading",
    "dashboards.waiting.Waiting",
    "attendance_portal.logs.RequestLog",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "dashboards.frame.frame",
            ],
        },
    },
]

DATABASES = {"default": ENV.database}
DATABASES["default"].setdefault("CONN_MAX_AGE", 60)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": ENV.redis_url,
        "KEY_PREFIX": "portal",
    }
}

# People sign in by e-mail address; five failures lock the door for five minutes.
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.PersonBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapter.ClosedAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/sign-in/"
ACCOUNT_RATE_LIMITS = {"login_failed": "5/5m/key,100/m/ip"}
# A message may name a child: it waits in the session on the server, never in a cookie.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
ACCOUNT_SESSION_REMEMBER = False
# In production one proxy ends TLS and says who called; elsewhere nobody's word is taken for it.
TRUSTED_PROXIES = 1 if ENV.production else 0
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES

# Thirty idle minutes sign out (pages.md 0); pages of children are never cached by a browser.
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = 30 * 60
SESSION_SAVE_EVERY_REQUEST = True
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = ENV.production
CSRF_COOKIE_SECURE = ENV.production
SECURE_SSL_REDIRECT = ENV.production
SECURE_HSTS_SECONDS = 31_536_000 if ENV.production else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = ENV.production
SECURE_HSTS_PRELOAD = ENV.production
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 32 * 1024 * 1024  # 100,000 marks as JSON fit
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = True

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "whitenoise.storage.CompressedManifestStaticFilesStorage"
            if ENV.production
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        )
    },
}
WHITENOISE_USE_FINDERS = not ENV.production

EMAIL_BACKEND = ENV.email["EMAIL_BACKEND"]
DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENV.email_from
EMAIL_HOST = ENV.email["EMAIL_HOST"] or "localhost"
EMAIL_PORT = ENV.email["EMAIL_PORT"] or 25
EMAIL_HOST_USER = ENV.email["EMAIL_HOST_USER"] or ""
EMAIL_HOST_PASSWORD = ENV.email["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS = ENV.email.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = ENV.email.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 20  # seconds: a mail server that hangs must not keep the worker

OAUTH2_PROVIDER_APPLICATION_MODEL = "accounts.ApiClient"
OAUTH2_PROVIDER = {
    "SCOPES": API_SCOPES,
    "SCOPES_BACKEND_CLASS": "accounts.oauth.ClientScopes",
    "OAUTH2_SERVER_CLASS": "oauthlib.oauth2.BackendApplicationServer",  # client credentials only
    "ACCESS_TOKEN_EXPIRE_SECONDS": int(timedelta(hours=1).total_seconds()),
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
    # The server above knows none of these grants; said again here, so that none can come back.
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "COMPLIANT_BCP_RFC9700_REFRESH_TOKEN": True,
    "COMPLIANT_BCP_RFC9700_REDIRECT_URI_SCHEME": True,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.oauth.ClientAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.oauth.NobodyUnlessScoped"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.CursorPagination",
    "PAGE_SIZE": 100,
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "attendance_portal.api_errors.problem_response",
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.ScopedRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {
        "registers": "600/min",
        "cases": "600/min",
        "reads": "1200/min",
        "token": "60/min",
    },
    "NUM_PROXIES": TRUSTED_PROXIES,
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Attendance portal",
    "DESCRIPTION": "Registers in, exact absence figures and flags out, cases both ways.",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SCHEMA_PATH_PREFIX": "/api/v1",
}

CELERY_BROKER_URL = ENV.celery_broker_url
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False  # the worker's lines are masked as the others are
CELERY_TIMEZONE = "Europe/London"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 6 * 3600}
CELERY_BEAT_SCHEDULE_FILENAME = str(ENV.home / "celerybeat-schedule")

#: Year-to-date flags rest on at least this many possible sessions (STAT-25); below it a pupil
#: shows as "too early to say".
MINIMUM_POSSIBLE_SESSIONS = 20

#: Where the lines of the named cohorts are (`attendance.rules.patterns.Lines` explains each). Weeks
#: are school weeks, points are of a hundred.
COHORT_LINES: dict[str, int] = {
    "long_spell_days": 10,
    "short_spells": 5,
    "short_spell_days": 3,
    "short_spell_weeks": 12,
    "same_days_absences": 10,
    "same_days_weeks": 5,
    "same_days_deviations": 3,
    "late_sessions": 5,
    "late_weeks": 6,
    "drifting_points": 3,
    "drifting_weeks": 6,
    "over_the_line_below_percent": 12,
    "coming_back_points": 5,
    "coming_back_weeks": 4,
}
#: Where the guidance on the six stages leaves room (`cases.rules.graduated_response.Options`
#: explains each). Who may override is in the table of roles.
GRADUATED_RESPONSE: dict[str, int] = {
    "attempts": 2,
    "plan_school_weeks": 6,
    "marks_behind_school_days": 3,
    "earlier_weeks": 12,
}
#: What each fact of a school's roll counts when similar schools are looked for, and how many are
#: taken at most (attendance.rules.similar).
SIMILAR_SCHOOLS_WEIGHTS: dict[str, int] = {"fsm": 3, "sen": 2, "deprivation": 3, "size": 1}
SIMILAR_SCHOOLS_NUMBER = 8

#: Readers who may not open every child behind a figure see no group under the first, and no count
#: up to the second or within it of its total (attendance.rules.protection).
PROTECTED_SMALLEST_GROUP = 10
PROTECTED_LARGEST_HIDDEN_COUNT = 7

#: From so many enrolments on, a past day of the whole authority is left to the worker: it takes
#: more than two seconds.
WAIT_FROM_ENROLMENTS = 10_000

LOGGING = configure(ENV.log_level)

#: Access that ends within so many days, or was not used for so many, is told to who manages people.
ACCESS_ENDING_DAYS = 14
ACCESS_UNUSED_DAYS = 60
#: What is worth a look in the access log (`accounts.rules.readings`): so many records of children
#: within an hour, and readings before or after these London hours or at the weekend. Looked at:
#: the last so many days.
ACCESS_LOG_MANY_RECORDS = 60
ACCESS_LOG_HOURS = (7, 19)
ACCESS_LOG_DAYS = 7
#: A check of the audit chain pressed on a page walks at most so many entries there and then; a
#: longer chain is left to the worker.
AUDIT_CHECKED_AT_ONCE = 100_000
#: How long the file of an export is kept. Its record stays.
EXPORT_FILE_HOURS = 24
