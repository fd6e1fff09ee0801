"""The product's settings as tests need them: chosen by the environment, before anything is read from it."""

import atexit
import os
import shutil

from devtools.stack import postgres

os.environ.update(
    DEBUG="1", SECURE="0", PUBLIC_URL="http://localhost:8000", ALLOWED_HOSTS="localhost,127.0.0.1,testserver"
)
# Haiilo's own, and one that is made up for Home customers of the sandbox.
os.environ.update(HAIILO_ADVOCACY_SUFFIXES="smarpshare.com", HAIILO_HOME_SUFFIXES="haiilo.app,haiilo.example")
for _name in ("SANDBOX_URL", "REDIS_URL", "SECRET_KEY", "ENCRYPTION_KEYS", "STATIC_ROOT", "BEHIND_PROXY", "EMAIL_URL"):
    os.environ.pop(_name, None)
os.environ["DATABASE_SECONDS"] = "120"  # a machine that does much else is slow to make a database
if not os.environ.get("DATABASE_URL"):
    # The server behind this address is started by the first test that needs a database (tests/conftest.py).
    POSTGRES_FOLDER = postgres.new_folder()
    atexit.register(shutil.rmtree, POSTGRES_FOLDER, ignore_errors=True)
    os.environ["DATABASE_URL"] = postgres.url_of(POSTGRES_FOLDER)

from config.settings import *  # noqa: E402, F403

if DATABASES["default"]["ENGINE"].endswith("postgresql"):  # noqa: F405
    # Runs beside each other on one server, as of the flows and the rest, each make a database of their own.
    DATABASES["default"]["TEST"] = {"NAME": f"test_{os.getpid()}"}  # noqa: F405

PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.MD5PasswordHasher"
]  # a test signs in often; strength is not its subject
CELERY_BROKER_URL = "redis://127.0.0.1:1/0"  # nobody listens: a doorbell that is lost must never matter
WHITENOISE_AUTOREFRESH = True  # nothing is collected for a test
