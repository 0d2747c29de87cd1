"""A database file that the version before wrote: after `migrate` everything in it goes on working."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from interactions.domain.pricing import Cost
from tests.commands.running import CommandLine

pytestmark = pytest.mark.system
DUMP = Path(__file__).parents[1] / "upgrading" / "sqlite_0003.sql"


@pytest.fixture
def upgraded(tmp_path: Path) -> CommandLine:
    with sqlite3.connect(tmp_path / "interactions.sqlite3") as connection:
        connection.executescript(DUMP.read_text())
    connection.close()
    command_line = CommandLine(tmp_path)
    assert command_line.run("migrate").returncode == 0
    return command_line


def test_what_was_recorded_is_exported_as_before_and_can_be_imported(upgraded: CommandLine) -> None:
    exported = [json.loads(line) for line in upgraded.run("export_interactions").stdout.splitlines()]
    assert [document["status"] for document in exported] == ["completed", "completed", "failed", "pending", "completed"]
    first = exported[0]
    assert (first["prompt"], first["cost"]["amount"]) == ("Which tram goes up to the castle?", "0.0000456")
    assert first["cost"]["source"] == Cost(nano_usd=0, source="price-table").source
    assert exported[1]["feedback"]["label"] == "helpful"
    assert exported[4]["prompt"] is None
    new = ("finish_reason", "response_id", "context_turns")
    assert {document[name] for document in exported for name in new} == {None}
    lines = "\n".join(map(json.dumps, exported)).encode()
    again = upgraded.run("import_interactions", "-", stdin=lines)
    assert again.stdout.startswith(b"0 interactions recorded, 5 already there")


def test_a_sweep_closes_what_was_abandoned_and_the_days_that_are_over(upgraded: CommandLine, tmp_path: Path) -> None:
    def spending() -> list[tuple[str, str, int]]:
        with sqlite3.connect(tmp_path / "interactions.sqlite3") as connection:
            found = connection.execute("SELECT account, day, nano_usd FROM spending ORDER BY nano_usd").fetchall()
        connection.close()
        return found

    before = spending()
    assert [nano_usd for _, _, nano_usd in before] == [100, 450]
    assert all(len(account) == 64 for account, _, _ in before), "an account names nobody"
    assert upgraded.run("sweep_expired").returncode == 0
    assert spending() == [("", "2026-03-10", 550)]
    assert b"abandoned" in upgraded.run("export_interactions").stdout


def test_a_user_of_before_can_be_erased(upgraded: CommandLine, tmp_path: Path) -> None:
    assert upgraded.run("erase_user", "ana", "--yes").returncode == 0
    content = (tmp_path / "interactions.sqlite3").read_bytes()
    with sqlite3.connect(tmp_path / "interactions.sqlite3") as connection:
        dump = "\n".join(connection.iterdump())
    connection.close()
    assert content
    assert "'ana'" not in dump
    assert "'bia'" in dump
