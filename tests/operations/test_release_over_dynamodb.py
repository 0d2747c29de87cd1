"""The trial over production's store: what it writes to DynamoDB is gone when it ends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import Settings

from interactions.accounts import get_accounts
from interactions.dynamodb.tables import Tables
from interactions.management.production.release.releases import Releases
from interactions.management.production.release.trial import tried
from interactions.repositories import get_repository
from tests.dynamodb_tables import database, fresh_process, over, tables
from tests.operations.deployed import Deployed
from tests.operations.serving import Served

__all__ = ["database", "fresh_process", "over", "tables"]


@pytest.fixture
def production(deployed: Deployed, tables: Tables, settings: Settings) -> Iterator[Tables]:
    """The stores of production, under the credentials of DynamoDB Local in the place of moto's."""
    settings.INTERACTIONS_REPOSITORY = "interactions.repositories.dynamodb.DynamoDBRepository"
    settings.INTERACTIONS_ACCOUNTS = "interactions.accounts.dynamodb.DynamoDBAccounts"
    for cached in (get_repository, get_accounts):
        cached.cache_clear()
    yield tables
    for cached in (get_repository, get_accounts):
        cached.cache_clear()


def named(tables: Tables) -> set[str]:
    """The tables with an item of a trial's user."""
    return {
        model.Meta.table_name for model in tables for item in model.scan() if "release-trial-" in str(item.serialize())
    }


def test_the_trial_leaves_no_item_in_any_table(production: Tables, deployed: Deployed, served: Served) -> None:
    written: set[str] = set()

    def look(event: dict[str, Any], answer: Any) -> Any:
        if event.get("httpMethod") == "POST":
            written.update(named(production))
        return answer

    served.change = look
    live = Releases(deployed.deployment).look()
    result = tried(deployed.deployment, live, live.versions[3], rounds=1)
    assert (result.requests, result.faults) == (10, [])
    assert written == {"interactions", "idempotency", "api_keys", "accounts"}
    assert named(production) == set()
