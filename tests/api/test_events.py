"""What a process sends to DynamoDB when it serves as Lambda does. `--transport=events` alone collects these tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rest_framework.test import APIClient

from interactions.dynamodb.tables import get_tables

if TYPE_CHECKING:
    from tests.transports.plugin import Run

pytestmark = pytest.mark.everywhere


def test_an_interaction_and_its_idempotency_key_are_recorded_in_a_transaction(alice: APIClient, run: Run) -> None:
    sent, written = run.transport.requests, run.watch.operations["TransactWriteItems"]
    headers = {"Idempotency-Key": "k1"}
    assert alice.post("/v1/interactions", {"prompt": "Hi"}, format="json", headers=headers).status_code == 201
    assert run.transport.requests == sent + 1
    assert run.watch.operations["TransactWriteItems"] == written + 1


@pytest.mark.usefixtures("db")
def test_a_scan_fails_its_test_even_where_its_error_is_caught(run: Run) -> None:
    with pytest.raises(AssertionError, match="Scan"):
        next(get_tables().cache.scan())
    assert run.watch.refused == ["Scan"]
    run.watch.refused.clear()
