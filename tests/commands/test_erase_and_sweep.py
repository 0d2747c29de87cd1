"""`erase_user` and `sweep_expired`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from interactions.domain.identifiers import interaction_id_at
from interactions.domain.interaction import ABANDONED_AFTER, Interaction, Status
from interactions.models import InteractionRow
from interactions.repositories.base import Idempotency
from interactions.repositories.orm import OrmRepository
from tests.commands.running import CommandLine, Commands


def receipt(said: str) -> dict[str, int]:
    return {name: int(count) for name, count in re.findall(r"^  ([a-z A-Z]+): (\d+)$", said, re.MULTILINE)}


def test_all_of_one_user_goes_and_the_receipt_counts_it(
    commands: Commands, alice: APIClient, bob: APIClient, session_client: Callable[..., APIClient]
) -> None:
    session_client("alice")
    for client in (alice, bob):
        for number in range(3):
            body = {"prompt": str(number), "conversation_id": f"c{number % 2}"}
            client.post("/v1/interactions", body, format="json", headers={"Idempotency-Key": str(number)})
    said = commands.run("erase_user", "alice", "--yes").out
    assert "The account itself stays" in said
    erased = receipt(said)
    assert erased == {"interactions": 3, "conversations": 2, "idempotency keys": 3, "sessions": 1, "api keys": 1}
    assert alice.get("/v1/interactions").status_code == 401
    assert [i["user_id"] for i in commands.export()] == ["bob"] * 3
    assert set(receipt(commands.run("erase_user", "alice", "--yes").out).values()) == {0}


def test_it_goes_on_until_it_is_complete(commands: Commands, settings: Settings) -> None:
    lines = [json.dumps({"created_at": "2026-01-01T00:00:00Z", "prompt": str(n)}) for n in range(1600)]
    commands.run("import_interactions", "-", "--user", "ana", stdin="\n".join(lines).encode())
    settings.INTERACTIONS_REQUEST_SECONDS = 0.0  # each call's time is over at once
    assert receipt(commands.run("erase_user", "ana", "--yes").out)["interactions"] == 1600
    assert commands.export() == []


def test_the_receipt_says_how_long_backups_hold_it(commands: Commands, settings: Settings) -> None:
    settings.INTERACTIONS_BACKUP_RETENTION_DAYS = 35
    assert "35 more days" in commands.run("erase_user", "ana", "--yes").out


def test_nothing_is_erased_unasked(commands: Commands, alice: APIClient) -> None:
    alice.post("/v1/interactions", {"prompt": "Hi"}, format="json")
    assert "--yes" in commands.fail("erase_user", "alice", stdin=b"alice\n").message
    assert len(commands.export()) == 1


def test_a_wrong_name_is_an_error(commands: Commands) -> None:
    assert "USER" in commands.fail("erase_user", "two words", "--yes").message


@pytest.mark.system
def test_on_a_terminal_the_name_has_to_be_typed(command_line: Callable[..., CommandLine]) -> None:
    line = command_line()
    given = b'{"created_at": "2026-01-01T00:00:00Z", "prompt": "Hi", "user_id": "ana"}'
    assert line.run("import_interactions", "-", stdin=given).returncode == 0
    code, seen = line.in_terminal("erase_user", "ana", answers=[("Type ana", "yes")])
    assert (code, "Nothing was erased" in seen) == (1, True)
    assert line.run("export_interactions").stdout != b""
    code, seen = line.in_terminal("erase_user", "ana", answers=[("Type ana", "ana")])
    assert (code, receipt(seen)["interactions"]) == (0, 1)
    assert line.run("export_interactions").stdout == b""


def record_ten_days_ago(count: int, *, content_days: int, record_days: int) -> None:
    """Each with an idempotency key, which is used up by now."""
    then = datetime.now(UTC) - timedelta(days=10)
    repository = OrmRepository(clock=lambda: then)
    for number in range(count):
        interaction = Interaction(
            interaction_id=interaction_id_at(then),
            user_id="ana",
            status=Status.COMPLETED,
            prompt="Hi",
            response="Hello",
            updated_at=then,
            content_expires_at=then + timedelta(days=content_days),
            expires_at=then + timedelta(days=record_days),
        )
        repository.add(interaction, Idempotency(f"{content_days} {number}", "same"))


def test_the_sweep_removes_what_has_expired_and_counts_it(commands: Commands) -> None:
    record_ten_days_ago(4, content_days=2, record_days=3)
    record_ten_days_ago(2, content_days=5, record_days=30)
    record_ten_days_ago(1, content_days=20, record_days=30)
    said = commands.run("sweep_expired").out
    assert said == "Closed: 0 abandoned interactions. Removed: 4 interactions, the texts of 2, 7 idempotency keys.\n"
    assert sorted(row.prompt or "" for row in InteractionRow.objects.all()) == ["", "", "Hi"]
    again = commands.run("sweep_expired").out
    assert again == "Closed: 0 abandoned interactions. Removed: 0 interactions, the texts of 0, 0 idempotency keys.\n"


def test_the_sweep_closes_what_was_abandoned_and_counts_it(commands: Commands) -> None:
    then = datetime.now(UTC) - timedelta(hours=1)
    repository = OrmRepository(clock=lambda: then)
    for sequence, leased in enumerate([True, False]):
        question = Interaction(
            interaction_id=interaction_id_at(then, sequence=sequence),
            user_id="ana",
            status=Status.PENDING,
            prompt="Hi",
            updated_at=then,
        )
        repository.add(question, leased_until=then + ABANDONED_AFTER if leased else None)
    assert commands.run("sweep_expired").out.startswith("Closed: 1 abandoned interaction. Removed: 0 interactions")
    assert [(i["status"], i["error"] and i["error"]["type"]) for i in commands.export()] == [
        ("failed", "abandoned"),
        ("pending", None),
    ]


def test_the_sweep_goes_on_until_it_is_complete(commands: Commands, settings: Settings) -> None:
    record_ten_days_ago(600, content_days=2, record_days=3)
    settings.INTERACTIONS_REQUEST_SECONDS = 0.0
    assert "600 interactions, the texts of 0, 600 idempotency keys" in commands.run("sweep_expired").out
    assert not InteractionRow.objects.exists()
