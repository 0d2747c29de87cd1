"""`create_tables`: made in an emulator, refused in AWS."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.session import Session

from interactions.dynamodb.connection import get_connection
from interactions.dynamodb.tables import get_tables
from tests.commands.running import Commands
from tests.dynamodb_local import DynamoDBLocal

REGION = "eu-central-1"
TABLES = {"interactions", "conversations", "idempotency", "cache", "sessions", "accounts", "api_keys"}
EXPIRING = {"interactions", "conversations", "idempotency", "cache", "sessions"}


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Commands]:
    """In this process, which knows nothing yet of DynamoDB."""
    settings.INTERACTIONS_AWS_REGION = REGION
    settings.INTERACTIONS_TABLE_PREFIX = "t-"
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "none")
    monkeypatch.delenv("AWS_ENDPOINT_URL_DYNAMODB", raising=False)
    _forget()
    yield Commands(monkeypatch)
    _forget()


def _forget() -> None:
    get_tables.cache_clear()
    get_connection.cache_clear()


@pytest.fixture
def client(commands: Commands) -> Iterator[Callable[[], Any]]:
    """A client of whatever the environment leads to."""
    made: list[Any] = []

    def make() -> Any:
        made.append(Session().create_client("dynamodb", region_name=REGION))
        return made[-1]

    yield make
    for each in made:
        each.close()


def expiring(client: Any) -> set[str]:
    """The tables that have an expiry, by the attribute `ttl`."""
    described = {name: client.describe_time_to_live(TableName=f"t-{name}") for name in TABLES}
    found = {name: each["TimeToLiveDescription"].get("AttributeName") for name, each in described.items()}
    return {name for name, attribute in found.items() if attribute == "ttl"}


def names(said: str, heading: str) -> set[str]:
    found = re.search(rf"^{heading} at \S+: (.+)\.$", said, re.MULTILINE)
    return {name.removeprefix("t-") for name in found[1].split(", ")} if found else set()


def test_an_emulator_gets_the_tables_once(
    commands: Commands,
    dynamodb_local: DynamoDBLocal,
    client: Callable[[], Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", dynamodb_local.new_database())
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", dynamodb_local.endpoint)
    said = commands.run("create_tables").out
    assert dynamodb_local.endpoint in said
    assert (names(said, "Made"), names(said, "Already there")) == (TABLES, set())
    dynamodb = client()
    assert {*dynamodb.list_tables()["TableNames"]} == {f"t-{name}" for name in TABLES}
    assert expiring(dynamodb) == EXPIRING
    dynamodb.delete_table(TableName="t-cache")
    said = commands.run("create_tables").out
    assert (names(said, "Made"), names(said, "Already there")) == ({"cache"}, TABLES - {"cache"})
    assert names(commands.run("create_tables").out, "Already there") == TABLES


def test_aws_is_refused_unless_forced(commands: Commands, client: Callable[[], Any]) -> None:
    from moto import mock_aws

    with mock_aws():
        refused = commands.fail("create_tables")
        assert "dynamodb.eu-central-1.amazonaws.com" in refused.message
        assert "--force" in refused.message
        dynamodb = client()
        assert dynamodb.list_tables()["TableNames"] == []
        assert names(commands.run("create_tables", "--force").out, "Made") == TABLES
        assert expiring(dynamodb) == EXPIRING


def test_where_nothing_answers_the_address_is_named(commands: Commands, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as bound:  # and not listening
        bound.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{bound.getsockname()[1]}"
        monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", endpoint)
        message = commands.fail("create_tables").message
    assert f"does not answer at {endpoint}" in message


def test_an_address_that_is_none_is_named(commands: Commands, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", "somewhere")
    assert "AWS_ENDPOINT_URL_DYNAMODB: Invalid endpoint: somewhere." in commands.fail("create_tables").message


def test_a_missing_credential_is_said_in_words(
    commands: Commands, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:9")
    assert "Unable to locate credentials" in commands.fail("create_tables").message
