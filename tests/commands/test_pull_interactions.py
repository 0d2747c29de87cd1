"""`pull_interactions`: the local database becomes what production is, and stays it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain, islice
from typing import Any

import pytest

from interactions.domain.interaction import Feedback, Interaction
from interactions.dynamodb.connection import DynamoDBConnection
from interactions.dynamodb.tables import Tables
from interactions.management import demo
from interactions.models import InteractionRow
from interactions.recording import draft
from interactions.repositories.dynamodb import DynamoDBRepository
from interactions.repositories.dynamodb.codec import item_of
from interactions.repositories.orm import OrmRepository
from tests.commands.pulling import PREFIX, REGION, Production, contents, local_contents
from tests.commands.running import Commands
from tests.conformance.builders import DAY, HOUR, an_interaction, some

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
LATER = datetime.now(UTC) + 400 * DAY


def varied() -> Iterator[Interaction]:
    """Over a month, several users, with everything that interactions can have; and ids that several users share."""
    made = chain.from_iterable(demo.conversations(seed=4, until=NOON, users=demo.USERS))
    yield from (draft(fields).interaction for fields in islice(made, 100))
    for day, count in enumerate((70, 5, 5)):
        for user in ("ana", "bob", "carl"):
            for n in range(count):
                talk = f"talk {n % 3}".replace(" ", "-") if n % 2 else None
                yield an_interaction(n, user_id=user, at=NOON + day * DAY, conversation_id=talk)


@pytest.fixture
def commands(commands: Commands, settings: Any) -> Commands:
    settings.INTERACTIONS_TABLE_PREFIX = PREFIX
    settings.INTERACTIONS_AWS_REGION = REGION
    return commands


def counts(said: str) -> dict[str, list[int]]:
    """New, updated, unchanged, removed."""
    lines = re.findall(r"^  (\w+): (\d+) new, (\d+) updated, (\d+) unchanged, (\d+) removed$", said, re.MULTILINE)
    return {name: [*map(int, numbers)] for name, *numbers in lines}


def test_the_copy_is_what_production_is_and_a_second_pull_changes_nothing(
    commands: Commands, production: Production
) -> None:
    production.add(varied())
    production.store.rename_conversation("ana", "talk-1", "Trams")
    said = commands.run("pull_interactions").out
    here = local_contents()
    assert here == contents(production.store)
    assert len(here[0]) == 100 + 240
    assert "Trams" in {conversation.title for conversation in here[1]}
    assert counts(said) == {"interactions": [340, 0, 0, 0], "conversations": [len(here[1]), 0, 0, 0]}
    said = commands.run("pull_interactions").out
    assert counts(said) == {"interactions": [0, 0, 340, 0], "conversations": [0, 0, len(here[1]), 0]}
    assert local_contents() == here


def test_what_changes_and_what_goes_in_production_follows(commands: Commands, production: Production) -> None:
    turns = [*some(6, conversation_id="c"), *some(3, user_id="bob", conversation_id="c")]
    production.add([*turns, an_interaction(7), *some(4, user_id="erased", at=NOON - DAY, conversation_id="mine")])
    commands.run("pull_interactions")
    store = production.store
    store.update(replace(turns[0], feedback=Feedback(score=1, at=NOON, comment="good")), expected_version=1)
    store.delete(turns[1].interaction_id, "ana")
    store.delete_conversation("bob", "c")
    store.erase_user("erased")
    store.rename_conversation("ana", "c", "Trams")
    # Deleted and recorded again under the same id and version, with another text.
    store.delete(turns[2].interaction_id, "ana")
    store.add(replace(turns[2], prompt="masked"))
    said = commands.run("pull_interactions").out
    assert counts(said) == {"interactions": [0, 2, 4, 1 + 3 + 4], "conversations": [0, 1, 0, 2]}
    assert local_contents() == contents(store)
    assert {row.user_id for row in InteractionRow.objects.all()} == {"ana"}
    assert OrmRepository().list_conversations("erased", limit=10).items == []


def test_the_times_of_expiry_come_too_and_what_has_expired_does_not(commands: Commands, production: Production) -> None:
    soon = datetime.now(UTC) + HOUR
    texts = an_interaction(1, content_expires_at=soon, expires_at=LATER)
    gone = an_interaction(2, expires_at=NOON + HOUR)
    silent = an_interaction(3, content_expires_at=NOON + HOUR, expires_at=LATER, conversation_id="c")
    tables = production.tables
    production.add([texts, silent])
    item_of(gone, tables.interactions).save()
    item_of(silent, tables.interactions).save()  # with its texts: not swept yet
    OrmRepository().add_many([gone, silent])
    commands.run("pull_interactions", "--remove-missing")
    assert local_contents() == contents(production.store)
    found = {row.interaction_id: row for row in InteractionRow.objects.all()}
    assert found.keys() == {texts.interaction_id, silent.interaction_id}
    assert found[silent.interaction_id].prompt is None
    assert found[texts.interaction_id].content_expires_at == soon


def test_one_users_can_be_pulled_alone(commands: Commands, production: Production) -> None:
    production.add([*some(50, conversation_id="c"), *some(3, user_id="bob", conversation_id="c")])
    commands.run("pull_interactions", "--user", "ana")
    assert local_contents() == ([*some(50, conversation_id="c")], contents(production.store)[1][:1])
    commands.run("pull_interactions")
    production.store.erase_user("ana")
    production.store.erase_user("bob")
    said = commands.run("pull_interactions", "--user", "ana").out
    assert counts(said) == {"interactions": [0, 0, 0, 50], "conversations": [0, 0, 0, 1]}
    assert {i.user_id for i in local_contents()[0]} == {"bob"}


@pytest.mark.parametrize(
    ("arguments", "days"),
    [
        (["--since", "2026-03-10"], {10, 11, 12}),
        (["--since", "2026-03-10T12:00:00Z"], {10, 11, 12}),
        (["--since", "2026-03-10T12:00:00.003Z"], {11, 12}),
        (["--until", "2026-03-10"], {9, 10}),
        (["--until", "2026-03-10T12:00:00Z"], {9}),
        (["--until", "9999-12-31"], {9, 10, 11, 12}),
        (["--since", "2026-03-10T09:00:00-03:00", "--until", "2026-03-11T00:00:00Z"], {10}),
        (["--until", "1969-12-31"], set()),
    ],
)
@pytest.mark.parametrize("user", [None, "ana"])
def test_a_range_is_pulled_and_the_rest_is_left_as_it_is(
    commands: Commands, production: Production, arguments: list[str], days: set[int], user: str | None
) -> None:
    """Nothing is brought, changed or removed outside; all of it inside."""
    times = {day: NOON.replace(day=day) for day in (9, 10, 11, 12)}
    production.add(an_interaction(at=at, conversation_id=f"c{day}") for day, at in times.items())
    arguments += ["--user", user] if user else []
    commands.run("pull_interactions", *arguments)
    assert {i.created_at.day for i in local_contents()[0]} == days
    commands.run("pull_interactions")
    production.store.erase_user("ana")
    commands.run("pull_interactions", *arguments)
    assert {i.created_at.day for i in local_contents()[0]} == times.keys() - days
    kept = OrmRepository().list_conversations("ana", limit=10).items
    assert {c.conversation_id for c in kept} == {f"c{day}" for day in times.keys() - days}


def test_interactions_of_the_databases_own_go_only_when_that_is_asked_for(
    commands: Commands, production: Production
) -> None:
    own, pulled = an_interaction(1, user_id="own", conversation_id="c"), an_interaction(2)
    OrmRepository().add(own)
    production.add([pulled])
    refused = commands.fail("pull_interactions").message
    assert "--keep-missing" in refused
    assert "--remove-missing" in refused
    assert local_contents()[0] == [own]
    commands.run("pull_interactions", "--keep-missing")
    assert local_contents()[0] == [own, pulled]
    commands.fail("pull_interactions")
    production.store.delete(pulled.interaction_id, "ana")
    commands.run("pull_interactions", "--keep-missing")
    assert local_contents()[0] == [own, pulled]
    assert len(local_contents()[1]) == 1
    said = commands.run("pull_interactions", "--remove-missing").out
    assert counts(said) == {"interactions": [0, 0, 0, 2], "conversations": [0, 0, 0, 1]}
    OrmRepository().add(own)
    assert counts(commands.run("pull_interactions").out)["interactions"] == [0, 0, 0, 1]


def test_a_copy_of_one_deployment_is_not_overwritten_by_another(commands: Commands, production: Production) -> None:
    production.add([an_interaction()])
    commands.run("pull_interactions")
    before = local_contents()
    assert "not pulled from there" in commands.fail("pull_interactions", "--table-prefix", "staging-").message
    assert local_contents() == before


def test_what_an_index_does_not_show_yet_is_not_removed(commands: Commands, production: Production) -> None:
    """What was written over the lagging wire is not in the index, and is in the table."""
    production.wire.copy.lag = 1000
    over_the_wire = some(45)
    connection = DynamoDBConnection(
        region=REGION, endpoint=production.wire.endpoint, access_key=production.environment["AWS_ACCESS_KEY_ID"]
    )
    DynamoDBRepository(tables=Tables.bound(connection, PREFIX)).add_many(over_the_wire)
    commands.run("pull_interactions", "--user", "ana")
    assert local_contents()[0] == over_the_wire
    said = commands.run("pull_interactions").out
    assert local_contents()[0] == over_the_wire
    assert counts(said)["interactions"] == [0, 0, 45, 0]
    connection.client.close()


def test_a_range_that_is_none_is_refused(commands: Commands, production: Production) -> None:
    assert (
        "--until lies before"
        in commands.fail("pull_interactions", "--since", "2026-03-10", "--until", "2026-03-09").message
    )
    for wrong in ("yesterday", "2026-02-30", "2026-03-10T12:00:00"):
        assert "as 2026-01-31" in commands.fail("pull_interactions", "--since", wrong).message
    assert production.wire.exchanges == []


def test_a_store_that_is_no_local_database_is_no_place_for_a_copy(commands: Commands, settings: Any) -> None:
    settings.INTERACTIONS_REPOSITORY = "interactions.repositories.dynamodb.DynamoDBRepository"
    assert "run this with the local settings" in commands.fail("pull_interactions").message


def test_a_short_range_says_what_it_did_not_compare(commands: Commands, production: Production) -> None:
    production.add([an_interaction()])
    assert "has not been compared" in commands.run("pull_interactions", "--since", "2026-03-01").out
    assert "has not been compared" not in commands.run("pull_interactions").out


def test_days_that_production_never_knew_are_compared_too(commands: Commands, production: Production) -> None:
    production.add([an_interaction()])
    commands.run("pull_interactions")
    OrmRepository().add_many([an_interaction(at=NOON + timedelta(days=n)) for n in (-900, 30)])
    assert counts(commands.run("pull_interactions").out)["interactions"] == [0, 0, 1, 2]
