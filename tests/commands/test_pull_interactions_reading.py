"""`pull_interactions` at the wire: reads alone, what they cost, and what is said when they are refused."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from interactions.domain.interaction import Interaction
from interactions.dynamodb.connection import DynamoDBConnection
from interactions.dynamodb.read_only import NotARead, ReadOnlyConnection
from interactions.dynamodb.tables import Tables
from interactions.repositories.dynamodb import DynamoDBRepository
from interactions.repositories.orm import OrmRepository
from tests.commands.pulling import PREFIX, PULL, REGION, Production, contents, local_contents
from tests.commands.running import CommandLine, Commands
from tests.conformance.builders import DAY, an_interaction, some
from tests.conformance.clock import NOW
from tests.faults.kinds import THROTTLED, UNPROCESSED, refusal
from tests.faults.plans import in_turn

DENIED = refusal("AccessDeniedException", "User: ana is not authorized to perform: dynamodb:Query")
MAX_MEMORY = 135_000_000


def two_days() -> list[Interaction]:
    return [
        an_interaction(n, user_id=user, at=NOW + day * DAY, conversation_id=f"c{n % 4}")
        for day in range(2)
        for n in range(60)
        for user in ("ana", "bob")
    ]


def every_way(commands: Commands, production: Production) -> None:
    """Pull whatever can be pulled: all, one user's, with something to remove and something that is late."""
    production.add_again(two_days)
    commands.run(*PULL, "--user", "ana")
    OrmRepository().add_many(some(3, user_id="gone", conversation_id="c"))
    commands.run(*PULL)


def allowed(printed: str) -> set[tuple[str, str]]:
    """The operations of a policy, each with what of DynamoDB it may be done to."""
    statements = json.loads(printed)["Statement"]
    return {
        (action.removeprefix("dynamodb:"), resource.partition(":table/")[2])
        for statement in statements
        for action in statement["Action"]
        for resource in statement["Resource"]
        if action.startswith("dynamodb:")
    }


def test_the_policy_that_it_prints_is_what_it_does(commands: Commands, production: Production) -> None:
    every_way(commands, production)
    done = {
        (e.operation, table + (f"/index/{e.call.index}" if e.call.index else ""))
        for e in production.wire.exchanges
        for table in e.call.tables
    }
    assert {operation for operation, _ in done} == {"BatchGetItem", "Query"}
    printed = commands.run(*PULL, "--print-policy").out
    assert allowed(printed) == done
    assert f"arn:aws:dynamodb:{REGION}:*:table/{PREFIX}" in printed
    # Of the table that holds what is remembered beside the interactions, one partition.
    (narrowed,) = (s for s in json.loads(printed)["Statement"] if s["Resource"][0].endswith("idempotency"))
    assert narrowed["Condition"] == {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["#days"]}}
    asked = [e.call.body for e in production.wire.said("Query") if e.call.tables == {f"{PREFIX}idempotency"}]
    assert asked
    assert all({"S": "#days"} in body["ExpressionAttributeValues"].values() for body in asked)


@pytest.mark.parametrize("readme", ["README.md", "README.pt-BR.md"])
def test_the_policy_is_in_the_documents(commands: Commands, settings: Any, readme: str) -> None:
    text = (settings.BASE_DIR / readme).read_text()
    listed = re.search(r"^```json\n(.*?\"dynamodb:LeadingKeys\".*?)^```", text, re.MULTILINE | re.DOTALL)
    assert listed
    printed = commands.run(
        "pull_interactions", "--print-policy", "--region", "sa-east-1", "--table-prefix", "interactions-prod-"
    ).out
    assert json.loads(listed[1]) == json.loads(printed)


@pytest.fixture
def read_only(production: Production) -> Iterator[ReadOnlyConnection]:
    connection = ReadOnlyConnection(region=REGION, threads=2)
    yield connection
    connection.client.close()


def test_its_connection_refuses_whatever_is_no_read(production: Production, read_only: ReadOnlyConnection) -> None:
    tables = Tables.bound(read_only, PREFIX)
    store = DynamoDBRepository(tables=tables)
    (there,) = some(1)
    production.add([there])
    name = f"{PREFIX}interactions"
    attempts: list[Callable[[], object]] = [
        lambda: store.add(an_interaction(2)),
        lambda: store.delete(there.interaction_id, "ana"),
        lambda: store.update(there, 1),
        lambda: store.erase_user("ana"),
        lambda: tables.interactions.delete_table(),
        lambda: [*tables.interactions.scan()],
        lambda: tables.create(),
        lambda: read_only.client.put_item(TableName=name, Item={"user_id": {"S": "x"}}),
        lambda: read_only.client.execute_statement(Statement="a DELETE, perhaps"),
        lambda: read_only.impatient.client.delete_table(TableName=name),
    ]
    production.empty_record()
    for attempt in attempts:
        with pytest.raises(Exception, match="is no read") as refused:
            attempt()
        chain = [refused.value, refused.value.__cause__, refused.value.__context__]
        assert any(isinstance(error, NotARead) for error in chain)
    assert {e.operation for e in production.wire.exchanges} <= {"Query", "BatchGetItem"}
    assert contents(production.store)[0] == [there]


def test_the_read_units_are_those_that_dynamodb_charges(commands: Commands, production: Production) -> None:
    """Those of throttled and halved calls too, and of each pull its own."""
    production.add_again(two_days)
    for _ in range(2):
        production.empty_record()
        production.wire.plan = in_turn([None, None, THROTTLED, UNPROCESSED, UNPROCESSED], "BatchGetItem")
        said = commands.run(*PULL).out
        assert production.wire.faults() != []
        told = re.search(r"^  ([\d.]+) read units, [\d.]+ seconds$", said, re.MULTILINE)
        assert told
        assert float(told[1]) == production.wire.read_units > 100


def test_where_it_may_not_read_that_is_said(commands: Commands, production: Production) -> None:
    production.wire.plan = lambda call: DENIED
    message = commands.fail(*PULL).message
    assert "not authorized to perform: dynamodb:Query" in message
    assert "\n" not in message
    assert len(production.wire.exchanges) == 1


def test_a_table_that_is_not_there_is_named(commands: Commands, production: Production) -> None:
    message = commands.fail("pull_interactions", "--region", REGION, "--table-prefix", "nothing-").message
    assert "ResourceNotFoundException" in message
    assert "nothing-" in message
    assert "\n" not in message


def test_where_nothing_answers_the_address_is_named(commands: Commands, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "none")
    with socket.socket() as bound:  # and not listening
        bound.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{bound.getsockname()[1]}"
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", endpoint)
        assert f"does not answer at {endpoint}" in commands.fail(*PULL).message


def test_an_address_that_is_none_is_named(commands: Commands, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", "somewhere")
    assert "Invalid endpoint: somewhere." in commands.fail(*PULL).message


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An environment that says nothing of AWS."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))


def test_missing_credentials_are_said_in_words(
    commands: Commands, nobody: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:9")
    message = commands.fail(*PULL).message
    assert "Unable to locate credentials" in message


def test_a_profile_that_is_not_there_is_named(
    commands: Commands, nobody: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "staging")
    assert "The config profile (staging) could not be found" in commands.fail(*PULL).message


def test_the_region_is_asked_for_and_a_profile_may_have_it(
    commands: Commands, nobody: None, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings.INTERACTIONS_AWS_REGION = None
    assert "Give --region or AWS_REGION." in commands.fail("pull_interactions").message
    (tmp_path / "config").write_text("[profile staff]\nregion = eu-west-3\n")
    monkeypatch.setenv("AWS_PROFILE", "staff")
    assert "arn:aws:dynamodb:eu-west-3:" in commands.run("pull_interactions", "--print-policy").out
    settings.INTERACTIONS_AWS_REGION = "eu-north-1"
    assert "arn:aws:dynamodb:eu-north-1:" in commands.run("pull_interactions", "--print-policy").out


def test_it_reads_from_aws_itself_where_no_other_address_is_set(
    commands: Commands, nobody: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from moto import mock_aws

    monkeypatch.delenv("AWS_ENDPOINT_URL_DYNAMODB", raising=False)
    with mock_aws():
        connection = DynamoDBConnection(region=REGION)
        tables = Tables.bound(connection, PREFIX)
        tables.create()
        store = DynamoDBRepository(tables=tables)
        store.add_many(some(30, conversation_id="c"))
        said = commands.run(*PULL).out
        assert f"From https://dynamodb.{REGION}.amazonaws.com, region {REGION}, tables {PREFIX}*:" in said
        assert local_contents() == contents(store)


@pytest.mark.system
def test_long_texts_take_no_more_memory_the_more_there_are(
    command_line: Callable[..., CommandLine], production: Production
) -> None:
    """Texts of 400,000 characters, 60 MB in all; two threads hold a few each."""
    text = "não há solução única: às vezes é preciso medir " * 4_000
    texts = {"prompt": text[:199_000], "response": text[-199_000:]}
    production.add(an_interaction(n, at=NOW + n % 2 * DAY, **texts) for n in range(150))
    line = command_line(**production.environment)
    assert line.peak_bytes("pull_interactions", "--workers", "2") < MAX_MEMORY
    again = line.run("pull_interactions").stdout.decode()
    assert "interactions: 0 new, 0 updated, 150 unchanged, 0 removed" in again
