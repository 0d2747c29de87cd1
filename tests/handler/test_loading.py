"""What a process loads when it imports the handler under the settings of production, and at its first requests."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.dynamodb_local import DynamoDBLocal
from tests.production.database import new_database
from tests.production.process import python

PASSWORD = "correct-horse-battery"
NEVER = (
    "interactions.models",
    "interactions.accounts.orm",
    "interactions.repositories.orm",
    "django.contrib.admin",
    "django.contrib.auth.models",
    "django.contrib.contenttypes.models",
    "django.contrib.sessions.models",
    "django.db.backends.sqlite3",
    "sqlite3",
    "requests",
    "drf_spectacular",
    "botocore.client",
    "botocore.session",
    "boto3",
)
# What a first request of its kind may still import, and why.
LATE = {
    "django.contrib.sessions.serializers": "Django imports it by its name when the first session object is made",
    "encodings.unicode_escape": "Django escapes the path of a refused request for its log",
}

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def seen(dynamodb_local: DynamoDBLocal) -> Any:
    """What `tests/handler/loading.py` saw."""
    database = new_database(dynamodb_local)
    database.create_account("alice", PASSWORD)
    done = python(
        *("-m", "tests.handler.loading"),
        ALLOWED_HOSTS="testserver",
        HANDLER_KEY=database.create_key("alice"),
        HANDLER_PASSWORD=PASSWORD,
        **database.variables,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def within(names: list[str], packages: tuple[str, ...]) -> list[str]:
    return [name for name in names if any(name == p or name.startswith(f"{p}.") for p in packages)]


def test_nothing_that_production_has_no_use_for_is_loaded(seen: Any) -> None:
    assert "interactions.repositories.dynamodb" in seen["init"]
    assert within(seen["init"], NEVER) == []
    assert within([name for names in seen["added"].values() for name in names], NEVER) == []


def test_each_first_request_succeeds(seen: Any) -> None:
    succeeded = {200, 201, 204, 207, 304, True}
    others = {name: status for name, status in seen["statuses"].items() if status not in succeeded}
    assert others == {"refused": 401, "wrong": 400, "unknown": 404}


def test_no_first_request_imports_anything_but_what_is_named_with_its_reason(seen: Any) -> None:
    late = {name: [m for m in modules if not within([m], tuple(LATE))] for name, modules in seen["added"].items()}
    assert {name: modules for name, modules in late.items() if modules} == {}
    added = [module for modules in seen["added"].values() for module in modules]
    assert [name for name in LATE if not within(added, (name,))] == [], "named, and not imported late"


def test_prices_are_not_read_at_a_cold_start(seen: Any) -> None:
    assert within(seen["init"], ("interactions.domain.price_file", "interactions.domain.repository_prices")) == []
