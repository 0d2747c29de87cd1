"""The committed measurements say what the code does now: its routes, metrics, indexes, sizes and units."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from benchmarks.lambda_function import exchanges, routes
from benchmarks.population import Population
from interactions.api.throttling import Policy, take
from interactions.domain.query import Filter
from interactions.domain.rates import Rate
from interactions.dynamodb.connection import DynamoDBConnection
from interactions.dynamodb.tables import Tables, get_tables
from interactions.management.production.cost.consumption import FILE, read_measured
from interactions.repositories.base import Idempotency
from interactions.repositories.dynamodb import DynamoDBRepository
from project.logging import METRICS, VERSION_METRICS, JsonFormatter
from tests.conformance.dynamodb.item_sizes import DAY_INDEX, USER_INDEX, attributes, item_size, summary_size, units
from tests.conformance.dynamodb.metering import Consumed, metered
from tests.dynamodb_local import DynamoDBLocal
from tests.dynamodb_tables import REGION, forget

TOLD: dict[str, Any] = json.loads(FILE.read_text())
KEEPING = 100  # bytes beside each item, and each entry of an index
RECORD, TURN, KEYED = (
    f"POST /v1/interactions{more}" for more in ("", " in a conversation", " with an Idempotency-Key")
)


@pytest.fixture(scope="session")
def measured_database(dynamodb_local: DynamoDBLocal) -> str:
    """An access key with all tables, which are made once."""
    access_key = dynamodb_local.new_database()
    Tables.bound(
        DynamoDBConnection(region=REGION, endpoint=dynamodb_local.endpoint, access_key=access_key), ""
    ).create()
    return access_key


@pytest.fixture
def tables(dynamodb_local: DynamoDBLocal, measured_database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tables]:
    """Those of a process of production, with nothing in them."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", measured_database)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "none")
    monkeypatch.setenv("AWS_DEFAULT_REGION", REGION)
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", dynamodb_local.endpoint)
    forget()
    made = get_tables()
    yield made
    for model in made:
        with model.batch_write() as batch:
            for item in model.scan():
                batch.delete(item)
    made.connection.wire.disconnect()
    forget()


def test_the_routes_are_those_of_the_bench_with_its_numbers() -> None:
    assert TOLD["routes"].keys() == routes._events("a-key").keys()
    numbers = {"function_ms", "store_ms", *routes.COUNTS}
    assert all(numbers <= each.keys() for each in TOLD["routes"].values())
    assert TOLD["further_routes"].keys() == {KEYED}


def test_the_mix_is_of_measured_routes_and_has_reasons() -> None:
    assert sum(read_measured().shares.values()) == 1
    assert TOLD["mix"]["shares"].keys() <= TOLD["routes"].keys() | TOLD["further_routes"].keys()
    assert all(each["why"] for each in TOLD["assumed"].values())
    assert TOLD["mix"]["why"]


def test_the_metrics_are_those_that_the_service_logs() -> None:
    assert TOLD["metrics"] == [*METRICS]
    assert TOLD["version_metrics"] == [*VERSION_METRICS]


def test_the_indexes_are_those_of_the_tables(tables: Tables) -> None:
    client = tables.connection.client
    described = [client.describe_table(TableName=model.Meta.table_name)["Table"] for model in tables]
    assert len(described) == 7
    assert sum(len(each.get("GlobalSecondaryIndexes", [])) for each in described) == TOLD["indexes"]


def test_what_is_stored_has_the_sizes_that_were_measured() -> None:
    item = attributes(exchanges.FIRST)
    keys = {"interaction_id", "user_id"}
    entries = [keys, keys | {"conversation_key"}, USER_INDEX, DAY_INDEX]
    assert TOLD["stored"]["item_bytes"] == item_size(item) + KEEPING
    assert TOLD["stored"]["index_bytes"] == sum(summary_size(item, each) + KEEPING for each in entries)


def test_a_line_of_the_log_is_as_long_as_was_measured() -> None:
    said = {
        "request_id": "e4eea32f-53db-4c3f-bbaf-f97d9d4e9e2a",
        "trace_id": "234bc86ce23da44477b7bfd4c2c51fe1",
        "lambda_request_id": "8f7a2c1e-0000-4000-8000-000000000000",
        "cold_start": False,
        "client_address": "198.51.100.7",
        "user_id": exchanges.USER,
        "key_id": exchanges.KEY_ID,
        "method": "GET",
        "route": "/v1/interactions/<str:interaction_id>",
        "status": 200,
        "duration_ms": 5.1,
        "store_ms": 4.0,
        "store_calls": 1,
        "read_units": 1.0,
        "write_units": 0.0,
        "request_bytes": 0,
        "response_bytes": 1938,
    }
    record = logging.LogRecord("interactions.requests", logging.INFO, __file__, 1, "request", (), None)
    vars(record).update(said)
    written = len(JsonFormatter("interactions", "12").format(record).encode())
    assert TOLD["routes"]["GET /v1/interactions/{id}"]["log_bytes"] == pytest.approx(written, rel=0.02)


def test_recording_takes_the_item_and_its_indexes_as_the_capacity_tests_have_it() -> None:
    without = units(item_size(attributes(replace(exchanges.FIRST, conversation_id=None))))
    assert TOLD["routes"][RECORD]["write_units"] == without + 3
    assert TOLD["routes"][TURN]["write_units"] == without + 4 + 3
    assert TOLD["routes"]["POST /v1/interactions/bulk of 20"]["write_units"] == 20 * (without + 3)
    assert TOLD["further_routes"][KEYED]["write_units"] == 2 * without + 2 + 3


def test_the_store_takes_the_units_that_were_measured(tables: Tables) -> None:
    store = DynamoDBRepository(tables=tables)
    store.add_many(exchanges.STORED)
    user, item = exchanges.USER, exchanges.FIRST.interaction_id
    reading = {
        "GET /v1/interactions/{id}": lambda: store.get(item, user),
        "GET /v1/interactions": lambda: store.list_page(Filter(user_id=user), limit=20),
        "GET /v1/interactions?view=summary": lambda: store.list_page(Filter(user_id=user), limit=20, view="summary"),
        "GET /v1/conversations": lambda: store.list_conversations(user, limit=20),
    }
    for route, read in reading.items():
        with metered(tables.connection) as consumed:
            read()
        assert consumed.read_units == TOLD["routes"][route]["read_units"], route


def test_recording_takes_the_units_that_were_measured(tables: Tables) -> None:
    store = DynamoDBRepository(tables=tables)
    made = [Population(exchanges.PAGE, users=1).interaction(exchanges.PAGE + number) for number in range(5)]
    store.add(made[0])
    with metered(tables.connection) as consumed:
        store.add(made[1])
    assert consumed.write_units == TOLD["routes"][RECORD]["write_units"]
    with metered(tables.connection) as consumed:
        store.add(made[2], Idempotency("a-key", "its content"))
    assert _as_on_aws(consumed) == TOLD["further_routes"][KEYED]["write_units"]
    assert consumed.read_units == TOLD["further_routes"][KEYED]["read_units"]
    store.add(replace(made[3], conversation_id="c"))
    with metered(tables.connection) as consumed:
        store.add(replace(made[4], conversation_id="c"))
    assert consumed.write_units == TOLD["routes"][TURN]["write_units"]


def test_counting_takes_two_units_in_a_new_window_and_one_in_the_same(tables: Tables, settings: Any) -> None:
    settings.CACHES = {"default": {"BACKEND": "interactions.cache.DynamoDBCache"}}
    policy = Policy("user", Rate(600, 60), "ana")
    with metered(tables.connection) as consumed:
        take([policy], 1_000_000.0)
    assert consumed.write_units == TOLD["rate_limit"]["write_units"] == 2
    with metered(tables.connection) as consumed:
        take([policy], 1_000_001.0)
    assert consumed.write_units == 1


def test_a_sweep_of_nothing_reads_what_was_measured(tables: Tables) -> None:
    store = DynamoDBRepository(tables=tables)
    store.add_many(exchanges.STORED[:2])
    store.sweep_expired()  # the first of a day writes the total of the day before
    with metered(tables.connection) as consumed:
        store.sweep_expired()
    assert (consumed.read_units, consumed.write_units) == (TOLD["task"]["read_units"], TOLD["task"]["write_units"])


def test_probing_reads_half_a_unit_of_each_table() -> None:
    expected = Decimal(7) / 2
    assert read_measured().routes["GET /ready"].read_units == expected == read_measured().numbers["start.read_units"]


def _as_on_aws(consumed: Consumed) -> float:
    """DynamoDB Local counts what a transaction writes to an index twice."""
    indexes = sum(consumed.writes[name] for name in consumed.writes if name.startswith("interactions/"))
    return consumed.write_units - indexes / 2
