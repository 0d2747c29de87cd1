"""An import records as the API does: it masks, prices, applies retention and holds the limits."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from tests.commands.running import Commands
from tests.commands.test_import_stored import ndjson

PRICED = {"provider": "openai", "model": "gpt-4.1-mini", "usage": {"input_tokens": 42, "output_tokens": 17}}
LINE: dict[str, Any] = {"created_at": "2026-01-31T12:00:00Z", "prompt": "Hi", "response": "Hello", **PRICED}
SHORT = "a@b.cc "  # shorter than its mask


def imported(commands: Commands, *lines: dict[str, Any]) -> list[dict[str, Any]]:
    commands.run("import_interactions", "-", stdin=ndjson(*lines))
    return commands.export()


def test_a_line_without_a_cost_is_priced_and_null_stays(commands: Commands) -> None:
    given = {"amount": "0.5", "currency": "USD", "source": "provider"}
    documents = imported(commands, LINE, {**LINE, "cost": None}, {**LINE, "cost": given})
    amounts = [document["cost"] and document["cost"]["amount"] for document in documents]
    assert sorted(amounts, key=str) == ["0.000044", "0.5", None]


def test_retention_applies_to_lines_that_do_not_state_theirs(commands: Commands, settings: Settings) -> None:
    settings.INTERACTIONS_RECORD_RETENTION_DAYS = 36_500
    settings.INTERACTIONS_CONTENT_RETENTION_DAYS = 3_650
    unsaid, forever = imported(commands, LINE, {**LINE, "prompt": "Kept", "expires_at": None})
    unsaid, forever = sorted([unsaid, forever], key=lambda document: document["prompt"] == "Kept")
    assert unsaid["content_expires_at"] == "2036-01-29T12:00:00.000000Z"
    assert unsaid["expires_at"] is not None
    assert (forever["content_expires_at"], forever["expires_at"]) == (None, None)


def test_what_retention_would_have_removed_is_left_out(commands: Commands, settings: Settings) -> None:
    settings.INTERACTIONS_RECORD_RETENTION_DAYS = 1
    done = commands.run("import_interactions", "-", stdin=ndjson(LINE))
    assert done.out.startswith("0 interactions recorded, 0 already there, 1 left out")


def test_a_line_that_masks_make_too_long_is_refused_by_its_number(commands: Commands, settings: Settings) -> None:
    settings.INTERACTIONS_REDACTION = "all=mask"
    label = {"feedback": {"score": 1, "label": SHORT * 9, "at": LINE["created_at"]}}
    failed = commands.fail("import_interactions", "-", stdin=ndjson(LINE, {**LINE, **label}))
    assert failed.err.startswith("line 2: feedback/label has 72 characters once personal data is masked")
    assert len(commands.export()) == 1


@pytest.mark.parametrize("policy", ["", "all=mask"])
def test_what_was_exported_can_be_imported(
    commands: Commands, alice: APIClient, settings: Settings, policy: str
) -> None:
    settings.INTERACTIONS_REDACTION = policy
    texts = {"prompt": SHORT * 25_000, "response": SHORT, "metadata": {"to": SHORT * 60}}
    made = alice.post("/v1/interactions", {**texts, **PRICED, "finish_reason": "stop"}, format="json").json()
    item = f"/v1/interactions/{made['interaction_id']}"
    assert alice.put(f"{item}/feedback", {"score": 1, "label": SHORT * 8}, format="json").status_code == 200
    exported = commands.export()
    alice.delete(item)
    assert imported(commands, *exported) == exported
