"""What tests of commands share."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from interactions.dynamodb.connection import DynamoDBConnection
from interactions.dynamodb.tables import Tables
from tests.commands.pulling import PREFIX, REGION, MeteredDynamoDB, Production, Written
from tests.commands.running import CommandLine, Commands
from tests.dynamodb_local import DynamoDBLocal, keep_expired
from tests.e2e.filling import filled_directory
from tests.once import shared_folder

__all__ = ["filled_directory", "shared_folder"]


@pytest.fixture
def commands(db: None, monkeypatch: pytest.MonkeyPatch) -> Commands:
    return Commands(monkeypatch)


@pytest.fixture
def command_line(tmp_path: Path, filled_directory: Path) -> Callable[..., CommandLine]:
    """Make a command line over a new database without interactions: `command_line("first", LC_ALL="C")`."""

    def make(name: str = "data", **environment: str) -> CommandLine:
        shutil.copytree(filled_directory, tmp_path / name)
        return CommandLine(tmp_path / name, **environment)

    return make


@pytest.fixture(scope="session")
def production_tables(dynamodb_local: DynamoDBLocal) -> Iterator[tuple[Tables, str, Written]]:
    access_key = dynamodb_local.new_database()
    connection = DynamoDBConnection(
        region=REGION, endpoint=dynamodb_local.endpoint, access_key=access_key, retry_seconds=60
    )
    tables = Tables.bound(connection, PREFIX)
    tables.create()
    keep_expired(connection.client)
    yield tables, access_key, {}
    connection.client.close()


@pytest.fixture
def production(
    dynamodb_local: DynamoDBLocal, production_tables: tuple[Tables, str, Written], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Production]:
    """Empty tables, to which the environment leads over a wire that knows what was said."""
    with MeteredDynamoDB(dynamodb_local.endpoint) as wire:
        found = Production(wire, *production_tables)
        for name, value in found.environment.items():
            monkeypatch.setenv(name, value)
        found.empty()
        yield found
