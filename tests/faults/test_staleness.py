"""With a lag, what is not read consistently is some changed items behind, whichever way they were changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.faults import kinds
from tests.faults.plans import in_turn
from tests.faults.proxy import FaultyDynamoDB
from tests.faults.turns import get, item, key, numbers, of_colour, put, query


@pytest.fixture
def wire(wire: FaultyDynamoDB) -> FaultyDynamoDB:
    wire.copy.lag = 2
    return wire


def change_colour(client: Any, n: int, colour: str) -> None:
    client.update_item(
        TableName="turns",
        Key=key(n),
        UpdateExpression="SET colour = :colour",
        ExpressionAttributeValues={":colour": {"S": colour}},
    )


def test_an_index_does_not_see_the_last_writes(client: Any) -> None:
    put(client, *range(5))
    assert numbers(of_colour(client)) == [0, 1, 2]


def test_an_index_still_sees_what_was_deleted(client: Any, wire: FaultyDynamoDB) -> None:
    put(client, *range(3))
    wire.copy.catch_up()
    client.delete_item(TableName="turns", Key=key(1))
    assert numbers(of_colour(client)) == [0, 1, 2]
    put(client, 3, 4)
    assert numbers(of_colour(client)) == [0, 2]


def test_an_index_still_sees_what_an_item_was_before(client: Any, wire: FaultyDynamoDB) -> None:
    put(client, *range(3))
    wire.copy.catch_up()
    change_colour(client, 1, "blue")
    assert (numbers(of_colour(client)), numbers(of_colour(client, "blue"))) == ([0, 1, 2], [])
    wire.copy.catch_up()
    assert (numbers(of_colour(client)), numbers(of_colour(client, "blue"))) == ([0, 2], [1])


@pytest.mark.parametrize("consistent", [True, False])
def test_only_a_consistent_read_of_the_table_sees_everything(client: Any, consistent: bool) -> None:
    put(client, *range(5))
    expected = [*range(5)] if consistent else [0, 1, 2]
    batch = {"turns": {"Keys": [key(n) for n in range(5)], "ConsistentRead": consistent}}
    assert numbers(query(client, ConsistentRead=consistent)) == expected
    assert (get(client, 4, consistent=consistent) is not None) == consistent
    assert len(client.batch_get_item(RequestItems=batch)["Responses"]["turns"]) == len(expected)


@pytest.mark.parametrize(
    "write",
    [
        lambda client, items: client.batch_write_item(
            RequestItems={"turns": [{"PutRequest": {"Item": item}} for item in items]}
        ),
        lambda client, items: client.transact_write_items(
            TransactItems=[{"Put": {"TableName": "turns", "Item": item}} for item in items]
        ),
    ],
    ids=["batch", "transaction"],
)
def test_batches_and_transactions_come_late_too(client: Any, write: Callable[..., Any]) -> None:
    write(client, [item(n) for n in range(5)])
    assert numbers(query(client)) == [*range(5)]
    assert numbers(of_colour(client)) == [0, 1, 2]


def test_a_write_whose_condition_failed_counts_for_nothing(client: Any) -> None:
    put(client, 0, 1)
    for _ in range(3):
        with pytest.raises(client.exceptions.ConditionalCheckFailedException):
            put(client, 0, ConditionExpression="attribute_not_exists(colour)")
    assert numbers(of_colour(client)) == []


def test_pages_of_an_index_are_those_of_one_earlier_state(client: Any) -> None:
    put(client, *range(7))
    first = of_colour(client, Limit=3)
    assert numbers(first) == [0, 1, 2]
    assert numbers(of_colour(client, ExclusiveStartKey=first["LastEvaluatedKey"])) == [3, 4]


def test_what_was_there_before_the_proxy_is_seen(client: Any, dynamodb: Any) -> None:
    put(dynamodb, *range(3))
    assert numbers(of_colour(client)) == [0, 1, 2]


def test_what_a_faulty_call_has_carried_out_comes_late_too(client: Any, wire: FaultyDynamoDB) -> None:
    wire.plan = in_turn([kinds.FAILED_AFTER], "PutItem")
    with pytest.raises(client.exceptions.InternalServerError):
        put(client, 0)
    assert numbers(of_colour(client)) == []
    put(client, 1, 2)
    assert numbers(of_colour(client)) == [0]


def test_without_a_lag_left_nothing_is_late(client: Any, wire: FaultyDynamoDB) -> None:
    wire.copy.lag = 0
    put(client, *range(3))
    assert numbers(of_colour(client)) == [0, 1, 2]


def test_what_is_late_goes_with_its_table(client: Any, dynamodb: Any) -> None:
    description = dynamodb.describe_table(TableName="turns")["Table"]
    definition = {name: description[name] for name in ("TableName", "AttributeDefinitions", "KeySchema")}
    put(client, *range(3))
    client.delete_table(TableName="turns")
    unused = {"AttributeDefinitions": [a for a in definition["AttributeDefinitions"] if a["AttributeName"] != "colour"]}
    client.create_table(**definition | unused, BillingMode="PAY_PER_REQUEST")
    put(client, 5)
    assert numbers(query(client, ConsistentRead=False)) == []
    put(client, 6, 7)
    assert numbers(query(client, ConsistentRead=False)) == [5]


def test_a_table_that_is_not_there_is_not_found(client: Any) -> None:
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.get_item(TableName="nothing", Key=key(1))
    with pytest.raises(client.exceptions.ResourceNotFoundException):
        client.put_item(TableName="nothing", Item=item(1))
