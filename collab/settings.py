"""The site's settings, read from the environment and checked at the start.

A missing or bad variable stops the start with one line that names it and says what would be right.
`make up` sets what has no safe default (the secret key, the addresses of its own PostgreSQL and Valkey).
"""

import sys
from pathlib import Path

import dj_database_url
import dj_email_url
from csp.constants import NONCE, NONE, SELF
from environs import Env, EnvError
from marshmallow.validate import Length, OneOf, Range, Regexp

from collab import addresses, optional, staff
from collab.live import redis_address
from collab.logs import lines

BASE_DIR = Path(__file__).resolve().parent.parent

env = Env(eager=False)

# --- What a host must or may say -------------------------------------------------------------------

SECRET_KEY = env.str("SECRET_KEY", validate=Length(min=32, error="at least 32 random characters"))
DEBUG = env.bool("DEBUG", False)
SITE_URL = env.str("SITE_URL", "http://localhost:8000", validate=addresses.check_origin)
EXTRA_ORIGINS: list[str] = env.list("EXTRA_ORIGINS", [], validate=addresses.check_origins)
VAR_DIR = env.path("VAR_DIR", BASE_DIR / "var")
DATABASE_URL = env.str("DATABASE_URL", validate=addresses.check_database)
DATABASE_POOL_SIZE = env.int("DATABASE_POOL_SIZE", 20, validate=Range(min=4))
LIVE_DATABASE_THREADS = env.int("LIVE_DATABASE_THREADS", 4, validate=Range(min=1))
REDIS_URL = env.str("REDIS_URL", validate=addresses.check_redis)
EMAIL_URL = env.str("EMAIL_URL", "console:", validate=addresses.check_mail)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Collab <collab@localhost>")
EMAIL_VERIFICATION = env.str("EMAIL_VERIFICATION", "optional", validate=OneOf(["none", "optional", "mandatory"]))
MAIL_AFTER_SECONDS = env.int("MAIL_AFTER_SECONDS", 300, validate=Range(min=1))
TRACE_KEPT_HOURS = env.int("TRACE_KEPT_HOURS", 24, validate=Range(min=0))
# Whoever comes back within as many events as a hello sends again (rooms.greeting) never loads a room anew for this.
EVENTS_KEPT = env.int("EVENTS_KEPT", 10_000, validate=Range(min=1_000))
EVENTS_KEPT_DAYS = env.int("EVENTS_KEPT_DAYS", 90, validate=Range(min=1, max=36_500))
BACKUP_TO = env.str("BACKUP_TO", "", validate=optional.check_backup_to) or str(VAR_DIR / "backups")
BACKUP_KEY = env.str("BACKUP_KEY", "", validate=addresses.check_backup_key)
BACKUP_KEY_FILE = env.str("BACKUP_KEY_FILE", "")
BACKUP_KEEP = env.int("BACKUP_KEEP", 7, validate=Range(min=1))
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0, validate=Range(min=0))
ACCEL_REDIRECT = env.bool("ACCEL_REDIRECT", False)
SIGNUP_OPEN = env.bool("SIGNUP_OPEN", True)
METRICS = env.bool("METRICS", True)
METRICS_TOKEN = env.str("METRICS_TOKEN", "", validate=Regexp("(.{16,})?$", error="at least 16 random characters"))
# At 60 each minute still has a beat; 0 switches it off.
CANARY_SECONDS = env.int("CANARY_SECONDS", 5, validate=Range(min=0, max=60))
CANARY_URL = env.str("CANARY_URL", "", validate=addresses.check_origin_or_none)
LOG_LEVEL = env.str("LOG_LEVEL", "INFO", validate=OneOf(["DEBUG", "INFO", "WARNING", "ERROR"]))
LOG_FORMAT = env.str("LOG_FORMAT", "auto", validate=OneOf(lines.FORMATS))
SENTRY_DSN = env.str("SENTRY_DSN", "", validate=optional.check_sentry)
OTEL_EXPORTER_OTLP_ENDPOINT = env.str("OTEL_EXPORTER_OTLP_ENDPOINT", "", validate=optional.check_otel)

try:
    env.seal()
except EnvError as error:
    # A traceback would bury the one line that helps.
    sys.exit(f"collab: bad setting. {error}")

if BACKUP_KEY and BACKUP_KEY_FILE:
    sys.exit("collab: bad setting. BACKUP_KEY and BACKUP_KEY_FILE are both set; one of them names the key of backups.")
BACKUP_KEY = BACKUP_KEY or BACKUP_KEY_FILE

# --- Addresses ---------------------------------------------------------------------------------------

ALLOWED_ORIGINS = [addresses.normal_origin(origin) for origin in (SITE_URL, *EXTRA_ORIGINS)]
SITE_URL = ALLOWED_ORIGINS[0]
CANARY_URL = addresses.normal_origin(CANARY_URL) if CANARY_URL else SITE_URL
HTTPS = SITE_URL.startswith("https://")
ALLOWED_HOSTS = sorted({addresses.host_of(origin) for origin in ALLOWED_ORIGINS})
CSRF_TRUSTED_ORIGINS = ALLOWED_ORIGINS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"

# --- Applications ------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "daphne",
    "unfold",
    "unfold.contrib.filters",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.usersessions",
    "channels",
    "csp",
    "django_htmx",
    "rest_framework",
    "collab",
    "collab.watch",
    "accounts",
    "rooms",
    "collab.status",
]

MIDDLEWARE = [
    "collab.logs.requests.RequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "rooms.middleware.PlainQueryMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.LastSeenMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.TimeZoneMiddleware",
    "rooms.middleware.CodedErrorMiddleware",
]

ROOT_URLCONF = "collab.urls"
ASGI_APPLICATION = "collab.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "csp.context_processors.nonce",
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- Data ----------------------------------------------------------------------------------------------

DATABASE = dj_database_url.parse(DATABASE_URL)
DATABASES = {
    "default": {
        **DATABASE,
        "CONN_MAX_AGE": 0,
        # A page is not refused because its pooled connection is one from before a restart of the database.
        "CONN_HEALTH_CHECKS": True,
        # A cursor lives in one connection; a PgBouncer that pools by transaction gives the next query to another.
        "DISABLE_SERVER_SIDE_CURSORS": True,
        "OPTIONS": {
            # Nobody waits for ever: not for a host that answers no more (seconds, and milliseconds), nor for a lock.
            "connect_timeout": 5,
            "tcp_user_timeout": 10_000,
            # A process that stands still in the middle of a transaction holds its rooms no longer than this. A page of
            # the data is nearly always in memory, and on no spinning disk otherwise: at PostgreSQL's own cost of 4 a
            # thousand positions are written by reading all there are (129 ms for 110,000), at 1.1 by their index (11).
            "options": "-c lock_timeout=5s -c idle_in_transaction_session_timeout=5s -c random_page_cost=1.1",
            **DATABASE.get("OPTIONS", {}),
            # Left alone the pool holds 4 connections, lets a request wait 30 s for one, and after a while without a
            # database looks for it only every half minute.
            "pool": {"min_size": 2, "max_size": DATABASE_POOL_SIZE, "timeout": 5, "reconnect_timeout": 2},
        },
    }
}
CACHES = {
    "default": {
        # It holds the rate limits of sign-in and nothing else: they go on, for all nodes together, while Redis is away.
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "rate_limits",
        # Over this many, also some that still count are forgotten.
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
}
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "collab.live.redis_layer.RedisLayer",
        "CONFIG": {"hosts": [redis_address.layer_host(REDIS_URL)], "prefix": "collab"},
    }
}
CELERY_BROKER_URL, _BROKER_OPTIONS = redis_address.broker(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
# What a worker dies with beat asks for again; one that has something to acknowledge when Redis goes ends by itself.
CELERY_TASK_ACKS_LATE = False
CELERY_TASK_TIME_LIMIT = 60
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # A task that a killed worker had only taken in comes back after this long; every task here is shorter.
    "visibility_timeout": 120,
    # Left alone worker and beat wait for ever for a Redis that hangs, whatever the Sentinels have done meanwhile.
    "socket_timeout": 5,
    "socket_connect_timeout": 5,
    "health_check_interval": 5,
    **_BROKER_OPTIONS,
}
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
#: Each looks for what is due and may run twice at once; what was not begun in time is left to the next.
CELERY_BEAT_SCHEDULE = {
    task: {"task": task, "schedule": seconds, "options": {"expires": 2 * seconds}}
    for task, seconds in {
        "collab.tasks.note_pulse": 5,
        "rooms.tasks.sweep_presence": 5,
        "rooms.tasks.nudge_laggards": 10,
        "rooms.tasks.send_deliveries": 5,
        "rooms.tasks.clear_deliveries": 24 * 3600,
        "rooms.tasks.clear_invitations": 24 * 3600,
        "rooms.tasks.expire_messages": 600,
        "rooms.tasks.trim_logs": 3600,
        "accounts.tasks.clear_sessions": 24 * 3600,
        "collab.watch.tasks.clear_watch": 600,
        "collab.status.tasks.sum_up": 600,
        "collab.status.tasks.clear": 3600,
    }.items()
}

# --- People --------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "name", "handle"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
# How many proxies stand before the site and add to X-Forwarded-For: people are told apart by what lies before them.
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
# One address a person: a new one replaces the old once it is confirmed.
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_VERIFICATION = EMAIL_VERIFICATION
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_FORMS = {
    "add_email": "accounts.forms.entry.ChangeEmailForm",
    "change_password": "accounts.forms.entry.ChangePasswordForm",
    "login": "accounts.forms.entry.LoginForm",
    "reauthenticate": "accounts.forms.entry.ReauthenticateForm",
    "reset_password": "accounts.forms.entry.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.entry.ResetPasswordKeyForm",
    "set_password": "accounts.forms.entry.SetPasswordForm",
    "signup": "accounts.forms.entry.SignupForm",
}
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
# An e-mail address is the key to the account: changing it asks for the password again.
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_UNIQUE_EMAIL = True

# --- Pages ---------------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "media/"
MEDIA_ROOT = VAR_DIR / "media"
# Who knows a file's name may read it, such as NGINX; the others on the machine do not get to see the names.
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o711
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "collab.staticfiles.ModuleStaticFilesStorage"},
}
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
# A mail server that does not answer must not hold up the person who waits for the page.
# Seconds for each word to it; some eight of them fit into what a sender leaves of its time (rooms.deliveries.sender).
EMAIL_TIMEOUT = 5
vars().update({name: value for name, value in dj_email_url.parse(EMAIL_URL).items() if value is not None})

CONTENT_SECURITY_POLICY = {
    # Unfold's pages carry Alpine, which evaluates its attributes.
    "EXCLUDE_URL_PREFIXES": ["/admin"],
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:", "https:"],
        "connect-src": [SELF, *(origin.replace("http", "ws", 1) for origin in ALLOWED_ORIGINS)],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "object-src": [NONE],
    },
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["rooms.api.parsing.StrictParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "EXCEPTION_HANDLER": "rooms.api.errors.coded",
    "UNAUTHENTICATED_USER": None,
}

# --- Admin ---------------------------------------------------------------------------------------------

UNFOLD = staff.UNFOLD

# --- Logs ----------------------------------------------------------------------------------------------

LOGGING = lines.set_up(LOG_LEVEL, LOG_FORMAT, is_debug=DEBUG)
