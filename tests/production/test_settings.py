"""What production's settings demand, and what a process under them loads and answers."""

from __future__ import annotations

import json

import pytest

from interactions.api.parsers import MAX_BODY_BYTES
from tests.dynamodb_local import DynamoDBLocal
from tests.production.process import python, started
from tests.production.reading import refused, settings_of

# django.contrib.admin is not among them: DRF's schema generator imports parts of it, none of which is a model.
NEVER_LOADED = (
    "interactions.models",
    "interactions.accounts.orm",
    "interactions.repositories.orm",
    "django.contrib.admin.models",
    "django.contrib.auth.models",
    "django.contrib.contenttypes",
    "django.contrib.sessions.models",
    "django.db.backends.sqlite3",
    "sqlite3",
    "requests",
    "drf_spectacular",
)
REFUSED = "django.core.exceptions.ImproperlyConfigured"


@pytest.mark.system
def test_djangos_checks_of_a_deployment_find_nothing() -> None:
    done = python("manage.py", "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr
    assert "no issues (1 silenced)" in done.stdout


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"ALLOWED_HOSTS": None}, "ALLOWED_HOSTS must list the names that are served"),
        ({"ALLOWED_HOSTS": "api.example, *"}, "ALLOWED_HOSTS must list the names that are served, by commas, and not"),
        ({"AWS_REGION": None}, "AWS_REGION must name the region"),
        ({"DJANGO_SECRET_KEY": None}, "DJANGO_SECRET_KEY must have 50 random characters or more"),
        ({"DJANGO_SECRET_KEY": "x" * 49}, "DJANGO_SECRET_KEY must have 50 random characters or more"),
    ],
)
def test_what_is_missing_is_named(environment: dict[str, str | None], said: str) -> None:
    assert refused(**environment).splitlines()[-1].startswith(f"{REFUSED}: {said}")


@pytest.mark.system
def test_what_is_missing_ends_the_start() -> None:
    done = started(ALLOWED_HOSTS=None)
    assert done.returncode != 0
    assert done.stderr.splitlines()[-1].startswith(f"{REFUSED}: ALLOWED_HOSTS must list the names that are served")


def test_debug_cannot_be_switched_on() -> None:
    settings = settings_of(DEBUG="true")
    assert (settings.DEBUG, settings.DATA_UPLOAD_MAX_MEMORY_SIZE, settings.DATABASES) == (False, MAX_BODY_BYTES, {})


@pytest.mark.system
def test_every_route_answers_without_a_relational_layer_and_with_what_requirements_txt_installs(
    dynamodb_local: DynamoDBLocal,
) -> None:
    done = python(
        *("-m", "tests.production.served"),
        AWS_ENDPOINT_URL_DYNAMODB=dynamodb_local.endpoint,
        AWS_ACCESS_KEY_ID=dynamodb_local.new_database(),
    )
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    answers = seen["answers"]
    assert {request: status for request, status in answers.items() if status >= 500} == {}, done.stderr
    expected = {"record": 201, "log in": 200, "GET /health": 200, "GET /ready": 200, "GET /v1/interactions": 200}
    expected |= {"GET /v1/usage": 200, "GET /v1/schema": 200, "GET /v1/session": 200, "DELETE /v1/users/x": 200}
    assert {request: answers[request] for request in expected} == expected
    assert "interactions.repositories.dynamodb" in seen["modules"]
    loaded = [name for name in seen["modules"] if name.startswith(tuple(f"{never}." for never in NEVER_LOADED))]
    assert [*loaded, *(name for name in NEVER_LOADED if name in seen["modules"])] == []
