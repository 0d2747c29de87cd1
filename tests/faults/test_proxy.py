"""The proxy passes everything on as it is, but for the faults of its plan; a raw client sees both."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, IncompleteRead
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from tests.dynamodb_local import DynamoDBLocal
from tests.faults import kinds
from tests.faults.kinds import Fault, short_page
from tests.faults.plans import always, at_random, in_turn
from tests.faults.proxy import FaultyDynamoDB
from tests.faults.turns import get, item, key, numbers, of_colour, put, query
from tests.faults.wire import Answer, Call


def error_of(call: Callable[..., Any], *arguments: Any, **options: Any) -> dict[str, Any]:
    with pytest.raises(ClientError) as caught:
        call(*arguments, **options)
    response: dict[str, Any] = caught.value.response
    return response


def a_call(operation: str = "PutItem", number: int = 0, **body: Any) -> Call:
    return Call(number, operation, {}, json.dumps(body).encode())


def test_without_a_plan_everything_is_passed_on(client: Any, dynamodb: Any, wire: FaultyDynamoDB) -> None:
    put(client, *range(5))
    direct, through = query(dynamodb, Limit=3), query(client, Limit=3)
    for answer in (direct, through):
        for header in ("date", "server", "x-amzn-requestid"):
            answer["ResponseMetadata"]["HTTPHeaders"].pop(header)
        answer["ResponseMetadata"].pop("RequestId")
    assert through == direct
    assert "x-amz-crc32" in through["ResponseMetadata"]["HTTPHeaders"]
    assert wire.faults() == []


def test_dynamodbs_own_errors_are_passed_on(client: Any, wire: FaultyDynamoDB) -> None:
    response = error_of(put, client, 1, ConditionExpression="attribute_exists(colour)")
    assert response["Error"]["Code"] == "ConditionalCheckFailedException"
    (exchange,) = wire.exchanges
    assert (exchange.outcome, exchange.fault, exchange.carried_out) == ("ConditionalCheckFailedException", None, False)


def test_every_exchange_is_recorded(client: Any, wire: FaultyDynamoDB) -> None:
    put(client, 1)
    of_colour(client)
    client.transact_write_items(TransactItems=[{"Delete": {"TableName": "turns", "Key": key(1)}}])
    client.batch_write_item(RequestItems={"turns": [{"PutRequest": {"Item": item(2)}}]})
    assert [e.operation for e in wire.said()] == ["PutItem", "Query", "TransactWriteItems", "BatchWriteItem"]
    assert {e.call.tables for e in wire.exchanges} == {frozenset({"turns"})}
    assert [e.call.number for e in wire.exchanges] == [0, 1, 2, 3]
    assert [e.call.index for e in wire.said("PutItem", "Query")] == [None, "by-colour"]
    assert {(e.outcome, e.carried_out) for e in wire.exchanges} == {("ok", True)}


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (kinds.THROTTLED, 400, "ProvisionedThroughputExceededException"),
        (kinds.SLOWED_DOWN, 400, "ThrottlingException"),
        (kinds.INTERNAL_ERROR, 500, "InternalServerError"),
        (kinds.UNAVAILABLE, 503, "503"),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_what_is_refused_is_not_carried_out(
    client: Any, dynamodb: Any, wire: FaultyDynamoDB, fault: Fault, status: int, code: str
) -> None:
    wire.plan = always(fault, "PutItem")
    response = error_of(put, client, 1)
    assert response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert response["Error"]["Code"] == code
    assert get(client, 1) is None
    (refused,) = wire.said("PutItem")
    assert (refused.fault, refused.outcome, refused.carried_out) == (fault.name, code, False)


def test_a_connection_cut_before_the_request_leaves_nothing_behind(client: Any, wire: FaultyDynamoDB) -> None:
    wire.plan = in_turn([kinds.CUT_BEFORE], "PutItem")
    with pytest.raises(ConnectionClosedError):
        put(client, 1)
    assert get(client, 1) is None
    assert [(e.outcome, e.carried_out) for e in wire.said("PutItem")] == [("cut", False)]
    put(client, 1)
    assert get(client, 1) == item(1)


def test_a_connection_cut_after_the_request_leaves_it_carried_out(client: Any, wire: FaultyDynamoDB) -> None:
    wire.plan = in_turn([kinds.CUT_AFTER], "PutItem")
    with pytest.raises(ConnectionClosedError):
        put(client, 1)
    assert get(client, 1) == item(1)
    assert [(e.outcome, e.carried_out) for e in wire.said("PutItem")] == [("cut", True)]


def test_an_answer_can_break_off_in_the_middle(client: Any, wire: FaultyDynamoDB) -> None:
    put(client, 1)
    wire.plan = in_turn([kinds.CUT_WITHIN], "GetItem")
    asked = {**wire.exchanges[0].call.headers, "X-Amz-Target": "DynamoDB_20120810.GetItem"}
    connection = HTTPConnection(wire.endpoint.removeprefix("http://"))
    body = json.dumps({"TableName": "turns", "Key": key(1)})
    connection.request("POST", "/", body, {name: asked[name] for name in asked if name != "Content-Length"})
    answer = connection.getresponse()
    with pytest.raises(IncompleteRead):
        answer.read()
    assert answer.status == 200
    connection.close()
    assert [(e.outcome, e.carried_out) for e in wire.said("GetItem")] == [("cut", True)]


def test_a_500_can_come_after_the_write(client: Any, wire: FaultyDynamoDB) -> None:
    wire.plan = in_turn([kinds.FAILED_AFTER], "PutItem")
    assert error_of(put, client, 1)["ResponseMetadata"]["HTTPStatusCode"] == 500
    assert get(client, 1) == item(1)
    assert [(e.outcome, e.carried_out) for e in wire.said("PutItem")] == [("InternalServerError", True)]


@pytest.mark.parametrize(
    ("fault", "reason"),
    [(kinds.TRANSACTION_CONFLICT, "TransactionConflict"), (kinds.TRANSACTION_THROTTLED, "ThrottlingError")],
    ids=lambda value: getattr(value, "name", None),
)
def test_a_cancelled_transaction_says_why_and_leaves_nothing_behind(
    client: Any, wire: FaultyDynamoDB, fault: Fault, reason: str
) -> None:
    wire.plan = always(fault)
    puts = [{"Put": {"TableName": "turns", "Item": item(n)}} for n in (1, 2)]
    response = error_of(client.transact_write_items, TransactItems=puts)
    assert response["Error"]["Code"] == "TransactionCanceledException"
    assert [part["Code"] for part in response["CancellationReasons"]] == ["None", reason]
    assert numbers(query(client)) == []


def test_a_short_page_goes_on_where_it_ended(client: Any, wire: FaultyDynamoDB) -> None:
    put(client, *range(4))
    wire.plan = always(short_page(3))
    page = query(client, Limit=50)
    assert numbers(page) == [0, 1, 2]
    assert numbers(query(client, ExclusiveStartKey=page["LastEvaluatedKey"])) == [3]
    assert numbers(of_colour(client)) == [0, 1, 2]


def test_a_page_may_be_short_of_what_was_asked_but_never_longer(client: Any, wire: FaultyDynamoDB) -> None:
    put(client, *range(4))
    wire.plan = always(short_page(3))
    assert numbers(query(client, Limit=2)) == [0, 1]


def test_a_filtered_page_may_be_empty_and_go_on(client: Any, wire: FaultyDynamoDB) -> None:
    put(client, 0, 1, colour="blue")
    put(client, 2)
    wire.plan = always(kinds.SHORT_PAGE)
    red = {"FilterExpression": "colour = :red", "values": {":red": {"S": "red"}}}
    pages = [query(client, **red)]
    while "LastEvaluatedKey" in pages[-1]:
        pages.append(query(client, ExclusiveStartKey=pages[-1]["LastEvaluatedKey"], **red))
    assert [numbers(page) for page in pages] == [[], [], [2], []]


def test_half_of_a_batch_of_writes_comes_back_unprocessed(client: Any, wire: FaultyDynamoDB) -> None:
    wire.plan = always(kinds.UNPROCESSED)
    rest = {"turns": [{"PutRequest": {"Item": item(n)}} for n in range(5)]}
    sizes = []
    while rest:
        sizes.append(len(rest["turns"]))
        rest = client.batch_write_item(RequestItems=rest)["UnprocessedItems"]
    assert sizes == [5, 2, 1]
    assert numbers(query(client)) == [0, 1, 2, 3, 4]


def test_half_of_a_batch_of_reads_comes_back_unprocessed_as_it_was_asked(client: Any, wire: FaultyDynamoDB) -> None:
    put(client, *range(3))
    wire.plan = always(kinds.UNPROCESSED)
    asked = {"Keys": [key(n) for n in range(3)], "ConsistentRead": True}
    answer = client.batch_get_item(RequestItems={"turns": asked})
    assert len(answer["Responses"]["turns"]) == 2
    assert answer["UnprocessedKeys"] == {"turns": asked | {"Keys": [key(2)]}}


def test_a_batch_over_several_tables_is_halved_in_order() -> None:
    writes = {"first": [{"n": n} for n in range(3)], "second": [{"n": 3}]}
    seen: list[dict[str, Any]] = []

    def forward(body: dict[str, Any]) -> Answer:
        seen.append(body["RequestItems"])
        return Answer.of({"UnprocessedItems": {"first": [{"n": 1}]}})

    answer = kinds.UNPROCESSED.apply(a_call("BatchWriteItem", RequestItems=writes), forward)
    assert seen == [{"first": [{"n": 0}, {"n": 1}]}]
    assert answer.document["UnprocessedItems"] == {"first": [{"n": 1}, {"n": 2}], "second": [{"n": 3}]}


def test_a_batch_of_one_is_never_unprocessed() -> None:
    one = a_call("BatchWriteItem", RequestItems={"turns": [{"PutRequest": {"Item": item(1)}}]})
    assert not kinds.UNPROCESSED.befalls(one)


def test_an_altered_answer_has_the_crc_of_its_body() -> None:
    answer = Answer.of({"Count": 1})
    assert int(answer.headers["x-amz-crc32"]) == zlib.crc32(answer.raw)


def test_faults_in_turn_end(client: Any, wire: FaultyDynamoDB) -> None:
    wire.plan = in_turn([kinds.THROTTLED, None, kinds.INTERNAL_ERROR], "PutItem")
    codes = []
    for n in range(5):
        try:
            put(client, n)
        except ClientError as error:
            codes.append((n, error.response["Error"]["Code"]))
    assert codes == [(0, "ProvisionedThroughputExceededException"), (2, "InternalServerError")]


def test_a_random_plan_is_the_same_for_one_seed_and_keeps_its_share() -> None:
    calls = [a_call("TransactWriteItems", n, TransactItems=[]) for n in range(5000)]
    first, again, other = ([plan(call) for call in calls] for plan in (at_random(1), at_random(1), at_random(2)))
    assert first == again != other
    befallen = [fault for fault in first if fault]
    assert 900 < len(befallen) < 1100
    assert {fault.name for fault in befallen} == {
        fault.name for fault in kinds.ALL if fault not in (kinds.SHORT_PAGE, kinds.UNPROCESSED)
    }


def test_plans_that_name_no_operation_leave_the_making_of_tables_alone() -> None:
    for plan in (always(kinds.THROTTLED), in_turn([kinds.THROTTLED]), at_random(1, share=1)):
        assert plan(a_call("CreateTable")) is None
        assert plan(a_call("PutItem")) is not None


def test_a_hundred_calls_from_twenty_threads_arrive(client: Any, wire: FaultyDynamoDB) -> None:
    with ThreadPoolExecutor(20) as threads:
        list(threads.map(lambda n: put(client, n), range(100)))
    assert numbers(query(client)) == [*range(100)]
    assert sorted(e.call.number for e in wire.exchanges) == [*range(101)]


def test_what_is_wrong_with_a_plan_is_not_kept_from_the_test(dynamodb_local: DynamoDBLocal, connect: Any) -> None:
    def broken(call: Call) -> Fault | None:
        raise KeyError("a mistake in the plan")

    proxy = FaultyDynamoDB(dynamodb_local.endpoint, broken)
    with pytest.raises(KeyError, match="a mistake in the plan"), proxy, pytest.raises(ConnectionClosedError):
        connect(proxy.endpoint).list_tables()
