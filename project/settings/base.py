"""What a laptop and production share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from corsheaders.defaults import default_headers

from project.settings import environment

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VERSION = "0.1.0"

ROOT_URLCONF = "project.urls"
WSGI_APPLICATION = "project.wsgi.application"
ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS")

INSTALLED_APPS = ["corsheaders", "rest_framework", "interactions"]
MIDDLEWARE = [
    "interactions.api.middleware.RequestContextMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "interactions.api.admission.AdmissionMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "interactions.api.middleware.CanonicalPathMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "interactions.api.answers.AnswerSizeMiddleware",
]
APPEND_SLASH = False

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = False

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = environment.text("COOKIE_SAMESITE", "Lax")
CSRF_COOKIE_SAMESITE = SESSION_COOKIE_SAMESITE
# Browsers take SameSite=None from secure cookies alone.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SESSION_COOKIE_SAMESITE == "None"
CSRF_TRUSTED_ORIGINS = environment.words("CSRF_TRUSTED_ORIGINS")

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

CORS_ALLOWED_ORIGINS = environment.words("CORS_ALLOWED_ORIGINS")
CORS_ALLOW_CREDENTIALS = True
CORS_ALLOW_HEADERS = (*default_headers, "idempotency-key", "if-match", "if-none-match", "traceparent", "tracestate")
CORS_EXPOSE_HEADERS = (
    "ETag",
    "Idempotent-Replayed",
    "Link",
    "Location",
    "RateLimit",
    "RateLimit-Policy",
    "Retry-After",
    "X-Request-ID",
    "X-Trace-ID",
)

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "interactions.api.authentication.ApiKeyAuthentication",
        "interactions.api.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["interactions.api.permissions.HasScope"],
    "DEFAULT_THROTTLE_CLASSES": ["interactions.api.throttling.CredentialThrottle"],
    "DEFAULT_RENDERER_CLASSES": ["interactions.api.renderers.CompactJSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["interactions.api.parsers.StrictJSONParser"],
    "DEFAULT_METADATA_CLASS": "interactions.api.metadata.MethodsMetadata",
    "EXCEPTION_HANDLER": "interactions.api.problems.exception_handler",
    "URL_FORMAT_OVERRIDE": None,
    # No anonymous user, so that nothing needs django.contrib.auth.
    "UNAUTHENTICATED_USER": None,
}

INTERACTIONS_CONTENT_RETENTION_DAYS = environment.days("CONTENT_RETENTION_DAYS")
INTERACTIONS_RECORD_RETENTION_DAYS = environment.days("RECORD_RETENTION_DAYS")
INTERACTIONS_RATE_LIMIT_USER = environment.rate("RATE_LIMIT_USER")
INTERACTIONS_RATE_LIMIT_KEY = environment.rate("RATE_LIMIT_KEY")
INTERACTIONS_REDACTION = environment.redaction("REDACTION")
INTERACTIONS_MAX_OUTPUT_TOKENS = environment.whole("MAX_OUTPUT_TOKENS", 4096, minimum=1, maximum=200_000)
INTERACTIONS_CONTEXT_TOKENS = environment.whole("CONTEXT_TOKENS", 8000, minimum=0, maximum=1_000_000)
INTERACTIONS_BREAKER_FAILURES = environment.whole("BREAKER_FAILURES", 5, minimum=1, maximum=1000)
INTERACTIONS_BREAKER_SECONDS = environment.whole("BREAKER_SECONDS", 30, minimum=1, maximum=3600)
INTERACTIONS_SPENDING_LIMIT_USER = environment.amount("SPENDING_LIMIT_USER")
INTERACTIONS_ANSWER_CACHE_MINUTES = environment.minutes("ANSWER_CACHE_MINUTES")
INTERACTIONS_PRICES_FILE = environment.file("PRICES_FILE")

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "project.logging.JsonFormatter"}},
    # Whatever the levels of loggers are: at DEBUG libraries write what they send and get.
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "json", "level": "INFO"},
        "nowhere": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        # Each request has its line from interactions.requests; these would add the query string to it.
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": ["nowhere"], "level": "CRITICAL", "propagate": False},
        "django.request": {"handlers": ["nowhere"], "level": "CRITICAL", "propagate": False},
        # At DEBUG these log what is stored.
        "boto3": {"level": "WARNING"},
        "botocore": {"level": "WARNING"},
        "pynamodb": {"level": "WARNING"},
    },
}
