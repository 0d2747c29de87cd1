"""Lambda, or gunicorn in its place: DynamoDB, no relational database, no admin, secrets from the environment or SSM."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured

from interactions.providers.configuration import secrets_of
from project.settings import environment
from project.settings.base import *  # noqa: F403  settings build on settings
from project.settings.base import ALLOWED_HOSTS, INSTALLED_APPS, LOGGING
from project.settings.secrets import read_secrets

DEBUG = False

if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
    # Links in answers are made of the Host that the caller names.
    raise ImproperlyConfigured("ALLOWED_HOSTS must list the names that are served, by commas, and not be *")

# Lambda sets it.
AWS_REGION = environment.text("AWS_REGION")
if not AWS_REGION:
    raise ImproperlyConfigured("AWS_REGION must name the region of the tables, as us-east-1")
INTERACTIONS_AWS_WIRE = environment.choice("AWS_WIRE", ("lean", "botocore"))

# Nobody is asked but those that are named here.
INTERACTIONS_PROVIDERS = environment.providers("PROVIDERS", "[]")

SSM_PREFIX = environment.text("SSM_PREFIX")
SECRET_KEY, SECRET_KEY_FALLBACKS, INTERACTIONS_PROVIDER_KEYS = read_secrets(
    SSM_PREFIX, region=AWS_REGION, wire=INTERACTIONS_AWS_WIRE, providers=secrets_of(INTERACTIONS_PROVIDERS)
)

# The lines of requests are metrics too, of the service that Lambda calls by this name.
_SERVICE = environment.text("AWS_LAMBDA_FUNCTION_NAME", "interactions")
_FORMATTER = {
    "()": "project.logging.JsonFormatter",
    "service": _SERVICE,
    "version": environment.text("AWS_LAMBDA_FUNCTION_VERSION") or None,
}
LOGGING = {**LOGGING, "formatters": {"json": _FORMATTER}}

# No model may be imported: Django imports those of every app that has any.
INSTALLED_APPS = [
    *(app for app in INSTALLED_APPS if app != "interactions"),
    "interactions.apps.InteractionsWithoutModelsConfig",
]
DATABASES: dict[str, Any] = {}
INTERACTIONS_AWS_REGION = AWS_REGION
INTERACTIONS_TABLE_PREFIX = environment.text("TABLE_PREFIX")
INTERACTIONS_REPOSITORY = "interactions.repositories.dynamodb.DynamoDBRepository"
INTERACTIONS_ACCOUNTS = "interactions.accounts.dynamodb.DynamoDBAccounts"
# Point-in-time recovery goes back so far at most.
INTERACTIONS_BACKUP_RETENTION_DAYS = environment.days("BACKUP_RETENTION_DAYS") or 35
SESSION_ENGINE = "interactions.sessions"
CACHES = {"default": {"BACKEND": "interactions.cache.DynamoDBCache"}}

# HTTPS ends at the gateway, which takes nothing else: there is nothing to redirect. Whether a request is secure is what
# the WSGI server says (`wsgi.url_scheme`); no header that a caller could have written decides it.
SECURE_SSL_REDIRECT = False
SECURE_PROXY_SSL_HEADER = None
SILENCED_SYSTEM_CHECKS = ["security.W008"]  # asks for the redirect
SECURE_HSTS_SECONDS = 31_536_000  # a year
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"  # Django's CSRF check needs the referrer of its own site
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True

# As the API's own limit of a body, so that no other reader of one refuses what the API takes.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000
