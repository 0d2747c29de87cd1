"""What tests of commands share."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from interactions.dynamodb.connection import DynamoDBConnection
from interactions.dynamodb.tables import Tables
from tests.commands.pulling import PREFIX, REGION, MeteredDynamoDB, Production
from tests.commands.running import CommandLine, Commands
from tests.dynamodb_local import DynamoDBLocal, keep_expired


@pytest.fixture
def commands(db: None, monkeypatch: pytest.MonkeyPatch) -> Commands:
    return Commands(monkeypatch)


@pytest.fixture(scope="session")
def migrated_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("migrated")
    done = CommandLine(directory).run("migrate", "--verbosity", "0")
    assert done.returncode == 0, done.stderr
    return directory


@pytest.fixture
def command_line(tmp_path: Path, migrated_directory: Path) -> Callable[..., CommandLine]:
    """Make a command line over a new, empty database: `command_line("first", RECORD_RETENTION_DAYS="30")`."""

    def make(name: str = "data", **environment: str) -> CommandLine:
        shutil.copytree(migrated_directory, tmp_path / name)
        return CommandLine(tmp_path / name, **environment)

    return make


@pytest.fixture(scope="session")
def production_tables(dynamodb_local: DynamoDBLocal) -> Iterator[tuple[Tables, str]]:
    access_key = dynamodb_local.new_database()
    connection = DynamoDBConnection(
        region=REGION, endpoint=dynamodb_local.endpoint, access_key=access_key, retry_seconds=60
    )
    tables = Tables.bound(connection, PREFIX)
    tables.create()
    keep_expired(connection.client)
    yield tables, access_key
    connection.client.close()


@pytest.fixture
def production(
    dynamodb_local: DynamoDBLocal, production_tables: tuple[Tables, str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Production]:
    """Empty tables, to which the environment leads over a wire that knows what was said."""
    with MeteredDynamoDB(dynamodb_local.endpoint) as wire:
        found = Production(wire, *production_tables)
        for name, value in found.environment.items():
            monkeypatch.setenv(name, value)
        found.empty()
        yield found
