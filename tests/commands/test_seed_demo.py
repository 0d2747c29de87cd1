"""`seed_demo`."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from interactions.domain.fields import parse_instant
from interactions.domain.parsing import parse_stored
from tests.commands.running import Commands

UNTIL = ["--until", "2026-03-01T00:00:00Z"]


def test_the_same_seed_gives_the_same_and_running_it_again_adds_nothing(commands: Commands) -> None:
    assert commands.run("seed_demo", "--count", 300, *UNTIL).out == "300 interactions recorded, 0 already there.\n"
    first = commands.export()
    assert commands.run("seed_demo", "--count", 300, *UNTIL).out == "0 interactions recorded, 300 already there.\n"
    assert commands.export() == first
    more = commands.run("seed_demo", "--count", 500, *UNTIL).out
    assert more == "200 interactions recorded, 300 already there.\n"
    other = commands.run("seed_demo", "--count", 100, "--seed", "2", *UNTIL).out
    assert other == "100 interactions recorded, 0 already there.\n"


def test_two_stores_are_given_equal_interactions(commands: Commands) -> None:
    commands.run("seed_demo", "--count", 200, *UNTIL)
    first = commands.export()
    for user in {i["user_id"] for i in first}:
        commands.run("erase_user", user, "--yes")
    assert commands.export() == []
    commands.run("seed_demo", "--count", 200, *UNTIL)
    assert commands.export() == first


def test_it_shows_everything_there_is_to_see(commands: Commands) -> None:
    commands.run("seed_demo", "--count", 1000, *UNTIL)
    found = commands.export()
    assert len(found) == 1000
    statuses = Counter(i["status"] for i in found)
    assert statuses.keys() == {"pending", "completed", "failed"}
    assert statuses["completed"] > 800
    for name, least in (("user_id", 6), ("model", 4), ("provider", 3), ("conversation_id", 100)):
        assert len({i[name] for i in found}) >= least, name
    assert {i["metadata"]["language"] for i in found} >= {"en", "pt", "es", "de", "fr", "ja", "zh", "ar", "hi", "ru"}
    assert {i["feedback"]["score"] for i in found if i["feedback"]} == {-1, 0, 1}
    assert all(i["error"] for i in found if i["status"] == "failed")
    assert {i["cost"]["amount"] for i in found if i["cached"]} == {"0"}
    assert any(i["cost"] is None for i in found if i["status"] == "completed")
    assert all(i["latency_ms"] is not None for i in found if i["status"] != "pending")
    days = {i["created_at"][:10] for i in found}
    assert len(days) == 30
    assert (min(days), max(days)) == ("2026-01-30", "2026-02-28")


def test_each_is_what_an_import_would_take(commands: Commands) -> None:
    commands.run("seed_demo", "--count", 300, *UNTIL)
    for document in commands.export():
        parse_stored(document, user_id=None, now=datetime.now(UTC))
        assert document["updated_at"] < "2026-03-01"


def test_only_the_users_that_were_named(commands: Commands) -> None:
    commands.run("seed_demo", "--count", 50, "--user", "ana", "--user", "bob")
    assert {i["user_id"] for i in commands.export()} == {"ana", "bob"}


def test_it_ends_with_yesterday_when_nothing_is_said(commands: Commands) -> None:
    commands.run("seed_demo", "--count", 50)
    latest = parse_instant(commands.export()[-1]["created_at"])
    assert latest is not None
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    assert midnight - timedelta(days=31) < latest < midnight


@pytest.mark.parametrize("count", [1, 2, 7])
def test_it_records_as_many_as_were_asked_for(commands: Commands, count: int) -> None:
    commands.run("seed_demo", "--count", count, *UNTIL)
    assert len(commands.export()) == count


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ([], "--count"),
        (["--count", "0"], "--count"),
        (["--count", "many"], "--count"),
        (["--count", "1", "--seed", "-1"], "--seed"),
        (["--count", "1", "--until", "tomorrow"], "--until"),
        (["--count", "1", "--until", "2999-01-01T00:00:00Z"], "--until"),
        (["--count", "1", "--until", "1970-01-02T00:00:00Z"], "--until"),
        (["--count", "1", "--user", "a b"], "--user"),
    ],
)
def test_a_wrong_argument_is_named(commands: Commands, arguments: list[str], named: str) -> None:
    assert named in commands.fail("seed_demo", *arguments).message
    assert commands.export() == []
