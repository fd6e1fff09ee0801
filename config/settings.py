"""All settings, from the environment. `.env.example` lists what production must set."""

from __future__ import annotations

import base64
import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF

from config import database, refusals

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.FileAwareEnv()

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1"] if DEBUG else [])
RELEASE = env.str("RELEASE", default="")  # which version this is: told in support bundles
PUBLIC_URL = env.str("PUBLIC_URL", default="http://localhost:8000")  # no slash at the end
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]

# Keys that encrypt customers' secrets: base64url of 32 bytes each, newest first.
ENCRYPTION_KEYS = env.list("ENCRYPTION_KEYS", default=[])
if DEBUG:
    SECRET_KEY = SECRET_KEY or "not-secret-only-for-debug"
    ENCRYPTION_KEYS = ENCRYPTION_KEYS or [
        base64.urlsafe_b64encode(hashlib.sha256(SECRET_KEY.encode()).digest()).decode()
    ]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "django_htmx",
    "template_partials",
    "onboarding",
]
MIDDLEWARE = [
    "onboarding.web.in_progress.InProgress",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "onboarding.web.lost_database.LostDatabase",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
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
                "onboarding.web.page.shared_context",
            ],
            "libraries": {"names": "onboarding.web.name_tags"},
        },
    }
]

DATABASE_SECONDS = env.int("DATABASE_SECONDS", default=15)  # how long one statement may take
DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'db.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"]["OPTIONS"] = {**database.options(DATABASE_SECONDS), **DATABASES["default"].get("OPTIONS", {})}
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "board"
LOGOUT_REDIRECT_URL = "sign_in"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("fi", "Suomi")]
# Where both have a text, the first one counts; the second has the sentences that earlier releases stored.
LOCALE_PATHS = [BASE_DIR / "onboarding" / "locale", BASE_DIR / "onboarding" / "former_locale"]
FORMAT_MODULE_PATH = ["config.formats"]
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "static-collected")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "config.fonts.FontFinder",  # the typeface, made of a package's files
]
WHITENOISE_USE_FINDERS = DEBUG

# Browser security. Lax, not Strict: the return from Microsoft is a cross-site navigation.
SECURE = env.bool("SECURE", default=not DEBUG)
SESSION_COOKIE_NAME = "__Host-session" if SECURE else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if SECURE else "csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = int(timedelta(hours=8).total_seconds())
SECURE_SSL_REDIRECT = SECURE
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz)$"]
# Never a path, to nobody: links carry tokens. Not "no-referrer": browsers then send "Origin: null" with each form,
# which the CSRF check refuses.
SECURE_REFERRER_POLICY = "strict-origin"
X_FRAME_OPTIONS = "DENY"

# Microsoft. Our applications, one a consent size (onboarding/domain/consent_sizes.py). Each must
# be registered once per cloud; only Global so far.
ENTRA_CLIENT_ID = env.str("ENTRA_CLIENT_ID", default="")
ENTRA_SCOPED_CLIENT_ID = env.str("ENTRA_SCOPED_CLIENT_ID", default="")
ENTRA_MONITOR_CLIENT_ID = env.str("ENTRA_MONITOR_CLIENT_ID", default="")
ENTRA_PRIVATE_KEY = env.str("ENTRA_PRIVATE_KEY", default="", multiline=True)  # PEM; *_FILE reads it from a file
ENTRA_CERTIFICATE = env.str("ENTRA_CERTIFICATE", default="", multiline=True)
# Only with DEBUG: where the sandbox stands in for Microsoft, e.g. http://127.0.0.1:9400
SANDBOX_URL = env.str("SANDBOX_URL", default="")

# Haiilo. The domains under which each product is served; an address is one name before one of them. A customer's own
# address takes a second person's yes (onboarding/customers/proposals.py).
HAIILO_HOST_SUFFIXES = {
    "advocacy": env.list("HAIILO_ADVOCACY_SUFFIXES", default=["smarpshare.com"]),
    "home": env.list("HAIILO_HOME_SUFFIXES", default=["haiilo.app"]),
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF, SANDBOX_URL or "https://login.microsoftonline.com"],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}

# Mail. A console shows it while developing; the letters themselves are rows, with their links masked.
_mail = env.email_url("EMAIL_URL", default="consolemail://" if DEBUG else "smtp://localhost:25")
EMAIL_BACKEND = _mail["EMAIL_BACKEND"]
EMAIL_HOST, EMAIL_PORT = _mail["EMAIL_HOST"] or "localhost", _mail["EMAIL_PORT"] or 25
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_USER"] or "", _mail["EMAIL_HOST_PASSWORD"] or ""
EMAIL_USE_TLS, EMAIL_USE_SSL = _mail.get("EMAIL_USE_TLS", False), _mail.get("EMAIL_USE_SSL", False)
EMAIL_FILE_PATH = _mail["EMAIL_FILE_PATH"]
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Haiilo onboarding <onboarding@localhost>")
REMIND_AFTER_DAYS = env.int("REMIND_AFTER_DAYS", default=3)
ESCALATE_AFTER_DAYS = env.int("ESCALATE_AFTER_DAYS", default=7)
# So many days before a token expires, where that is known, it is noted, and a new one is asked for
TOKEN_NOTED_DAYS = env.int("TOKEN_NOTED_DAYS", default=30)
TOKEN_ASKED_DAYS = env.int("TOKEN_ASKED_DAYS", default=14)
WEEKEND_MAIL = env.bool("WEEKEND_MAIL", default=False)

# To whom Microsoft writes of a quarantine and of deletions that it holds back; part of each customer's job settings.
NOTIFICATION_RECIPIENTS = env.str("NOTIFICATION_RECIPIENTS", default="")

# The engine.
LEASE_SECONDS = env.int("LEASE_SECONDS", default=60)  # renewed meanwhile; so long a worker that died is waited for
RUN_SILENT_SECONDS = 180.0  # a run that shows no life for so long loses its lease; the longest call takes 155 s
RUN_SECONDS = env.int("RUN_SECONDS", default=300)  # no further step is begun after that; the next run goes on
SWEEP_SECONDS = env.float("SWEEP_SECONDS", default=5.0)
QUIET_SECONDS = env.float("QUIET_SECONDS", default=300.0)  # how long a create whose answer was lost is looked for
QUIET_LOOKS = env.int("QUIET_LOOKS", default=5)
PACE = env.float("PACE", default=1.0)  # divides our pauses and the times Microsoft may take; sandbox only
LINK_DAYS = env.int("LINK_DAYS", default=7)

# Whether Haiilo is asked for its accounts, with the token that is stored for a customer, to compare them with who
# should be there (ADR 27). With a sandbox it is, unless set.
HAIILO_ASKED = env.bool("HAIILO_ASKED", default=bool(SANDBOX_URL))

# A team of one may approve its own proposals; everybody else needs a second person.
SINGLE_APPROVER = env.bool("SINGLE_APPROVER", default=False)

# What the security pack tells a customer's reviewer; an empty one refers to the contract.
SECURITY_CONTACT = env.str("SECURITY_CONTACT", default="")
DATA_REGION = env.str("DATA_REGION", default="")
SUBPROCESSORS = env.list("SUBPROCESSORS", default=[])
PUBLISHER = env.str("PUBLISHER", default="")

# Names are erased this long after they were last needed; with 0 never by themselves (ADR 0012).
RETENTION_DAYS = env.int("RETENTION_DAYS", default=180)

# Runs at once in one process. It has more threads: for runs that wait for a tenant that hangs, and for letters.
WORKER_THREADS = env.int("WORKER_THREADS", default=32)
CELERY_WORKER_POOL = "threads"
CELERY_WORKER_CONCURRENCY = WORKER_THREADS + WORKER_THREADS // 2 + 8
CELERY_BROKER_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = False  # a lost wake-up costs one sweep
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_DB_REUSE_MAX = 2**31  # Celery closes no thread's connection to the database; `onboarding.tasks` tends them
CELERY_TASK_PUBLISH_RETRY = False  # the sweep sends another; a request never waits for the broker
# A message is no order (ADR 0018): no broadcast ends a worker, asks it for its settings or lets it take other tasks.
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_BEAT_ENABLE_REMOTE_CONTROL = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CHANNEL_ERROR_RETRY = True  # a refusal of the broker is a lost line, and no reason to end
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "socket_timeout": 10,
    "socket_connect_timeout": 2,
    "socket_keepalive": True,
    "health_check_interval": 25,
}
# How often each round comes, in seconds; the workers look for one that does not come (onboarding/engine/pulse.py).
ROUNDS = {"sweep": SWEEP_SECONDS, "mail": SWEEP_SECONDS * 6, "reminders": SWEEP_SECONDS * 60, "erasure": 12 * 3600.0}
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "onboarding.tasks.sweep", "schedule": ROUNDS["sweep"]},
    "mail": {"task": "onboarding.tasks.send_letters", "schedule": ROUNDS["mail"]},
    "reminders": {"task": "onboarding.tasks.remind", "schedule": ROUNDS["reminders"]},
    "erasure": {"task": "onboarding.tasks.erase_old", "schedule": crontab(minute="30", hour="3,15")},
}
CELERY_BEAT_SCHEDULER = "onboarding.engine.beat:Scheduler"
CELERY_BEAT_MAX_LOOP_INTERVAL = 5  # seconds; so often beat's loop comes round, whatever the host's clock does

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "config.redaction.Redacting", "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    # Django's own handlers would write paths as they are, tokens and all; urllib3 tells at DEBUG of each address with
    # its query, in which Haiilo and Graph are asked for people by name.
    "loggers": {
        "django": {"handlers": []},
        "django.server": {"handlers": [], "propagate": True},
        "urllib3": {"level": "INFO"},
    },
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}

refusals.refuse(globals())
