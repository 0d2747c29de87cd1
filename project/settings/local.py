"""A laptop or a container: SQLite in one file, the admin, the documentation."""

from __future__ import annotations

from pathlib import Path

from interactions.providers.configuration import secrets_of
from project.settings import environment
from project.settings.base import *  # noqa: F403  settings build on settings
from project.settings.base import BASE_DIR, INSTALLED_APPS, MIDDLEWARE, REST_FRAMEWORK, VERSION
from project.settings.secret_key import secret_key_in

DEBUG = environment.flag("DEBUG")
ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
DATA_DIR = Path(environment.text("DATA_DIR", str(BASE_DIR / "data")))
DATA_DIR.mkdir(parents=True, exist_ok=True)
SECRET_KEY = environment.text("DJANGO_SECRET_KEY") or secret_key_in(DATA_DIR)

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    *INSTALLED_APPS,
]
MIDDLEWARE = [
    *MIDDLEWARE[:2],
    "whitenoise.middleware.WhiteNoiseMiddleware",
    *MIDDLEWARE[2:],
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA_DIR / "interactions.sqlite3",
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            # A writer takes its lock when it begins, so that it waits for others instead of failing half-way.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            # FULL: in WAL mode every commit is on the disk before it is answered.
            "init_command": "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;",
        },
    }
}

# Without a key there is still something to ask: the echo.
INTERACTIONS_PROVIDERS = environment.providers("PROVIDERS", '[{"kind": "echo"}]')
INTERACTIONS_PROVIDER_KEYS = environment.secrets(secrets_of(INTERACTIONS_PROVIDERS))

# Production's tables, for `create_tables` in an emulator and for `pull_interactions`; nothing is served from them.
INTERACTIONS_TABLE_PREFIX = environment.text("TABLE_PREFIX")
INTERACTIONS_AWS_REGION = environment.text("AWS_REGION") or None

STATIC_URL = "/static/"
# Files are served from the packages they came in; nothing has to be collected first.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

REST_FRAMEWORK = {**REST_FRAMEWORK, "DEFAULT_SCHEMA_CLASS": "interactions.api.openapi.schema.ExplicitSchema"}
SPECTACULAR_SETTINGS = {
    "TITLE": "Interactions",
    "DESCRIPTION": "Exchanges between people and AI assistants: recorded, read back, rated, erased on request.",
    "VERSION": VERSION,
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"persistAuthorization": True, "deepLinking": True},
    "POSTPROCESSING_HOOKS": ["interactions.api.openapi.add_components"],
    "SCHEMA_PATH_PREFIX": "/v1",
}

TEST_RUNNER = "tests.runner.PytestRunner"
