"""Over either wire DynamoDB is told the same and says the same, whatever the attributes are called and hold."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interactions.aws.service import LostAnswer, NotConnected
from interactions.dynamodb.connection import DynamoDBConnection, Wire
from tests.aws.server import Reply, serving, whole
from tests.conformance.dynamodb.wires import KEY, TABLE, Document, Wires, items, told
from tests.dynamodb_local import DynamoDBLocal
from tests.faults import kinds
from tests.faults.kinds import Fault
from tests.faults.plans import always
from tests.faults.proxy import FaultyDynamoDB

NOT_THERE = {"ConditionExpression": "attribute_not_exists(B)", "ReturnValuesOnConditionCheckFailure": "ALL_OLD"}


def story(wire: Wire, first: Document, second: Document) -> Iterator[Any]:
    """A short life of an item, in every operation that the service uses, and what each says."""

    def tell(operation: str, **arguments: Any) -> Any:
        return operation, told(wire, operation, arguments)

    put, key = {"TableName": "wires", "Item": first}, {"TableName": "wires", "Key": KEY}
    change = {"UpdateExpression": "SET #B = :B", "ExpressionAttributeNames": {"#B": "BS"}}
    condition = {"KeyConditionExpression": "B = :B", "ExpressionAttributeValues": {":B": KEY["B"]}}
    value = second.get("M", {"BS": [b"\xff", b""]})
    yield tell("PutItem", **put, ReturnConsumedCapacity="INDEXES")
    yield tell("GetItem", **key, ConsistentRead=True)
    yield tell("GetItem", **key, ProjectionExpression="#B", ExpressionAttributeNames={"#B": "M"})
    yield tell("PutItem", **put, **NOT_THERE)
    yield tell("TransactWriteItems", TransactItems=[{"Put": put | NOT_THERE}])
    yield tell("PutItem", TableName="wires", Item=second, ReturnValues="ALL_OLD")
    yield tell("UpdateItem", **key, **change, ExpressionAttributeValues={":B": value}, ReturnValues="ALL_NEW")
    yield tell("Query", TableName="wires", **condition, ReturnConsumedCapacity="TOTAL")
    yield tell("Scan", TableName="wires")
    yield tell("BatchGetItem", RequestItems={"wires": {"Keys": [KEY, {"B": {"B": b"absent"}}]}})
    yield tell("TransactGetItems", TransactItems=[{"Get": key}, {"Get": key | {"Key": {"B": {"B": b"absent"}}}}])
    yield tell("TransactWriteItems", TransactItems=[{"Delete": key}], ReturnConsumedCapacity="TOTAL")
    yield tell("BatchWriteItem", RequestItems={"wires": [{"PutRequest": {"Item": first}}]})
    yield tell("DeleteItem", **key, ReturnValues="ALL_OLD")
    yield tell("GetItem", **key)


@pytest.fixture(scope="module")
def connect(dynamodb_local: DynamoDBLocal) -> Iterator[Callable[[str], Wires]]:
    """Both wires to an endpoint, before which there is the table."""
    access_key = dynamodb_local.new_database()
    made: list[DynamoDBConnection] = []

    def make(endpoint: str) -> Wires:
        both = [
            DynamoDBConnection(region="us-east-1", endpoint=endpoint, access_key=access_key, wire=wire)
            for wire in ("lean", "botocore")
        ]
        made.extend(both)
        return Wires(*(connection.wire for connection in both))

    yield make
    for connection in made:
        connection.wire.disconnect()


@pytest.fixture(scope="module")
def wires(connect: Callable[[str], Wires], dynamodb_local: DynamoDBLocal) -> Wires:
    wires = connect(dynamodb_local.endpoint)
    wires.lean.call("CreateTable", TABLE)
    return wires


@pytest.fixture(scope="module")
def proxy(dynamodb_local: DynamoDBLocal) -> Iterator[FaultyDynamoDB]:
    with FaultyDynamoDB(dynamodb_local.endpoint) as proxy:
        yield proxy


@pytest.fixture(scope="module")
def through(proxy: FaultyDynamoDB, connect: Callable[[str], Wires], wires: Wires) -> Wires:
    """Both wires to the same table through the proxy."""
    return connect(proxy.endpoint)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(items, items)
def test_the_same_is_said_whatever_an_item_holds(wires: Wires, first: Document, second: Document) -> None:
    lean, botocore = [*story(wires.lean, first, second)], [*story(wires.botocore, first, second)]
    assert lean == botocore
    operation, answer = lean[1]
    assert (operation, answer["Item"].keys()) == ("GetItem", first.keys())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(items, st.booleans())
def test_what_one_writes_the_other_reads(wires: Wires, item: Document, lean_writes: bool) -> None:
    writer, reader = wires if lean_writes else reversed(wires)
    writer.call("PutItem", {"TableName": "wires", "Item": item})
    found = reader.call("GetItem", {"TableName": "wires", "Key": KEY})["Item"]
    assert _unordered(found) == _unordered(item)


def _unordered(value: Any) -> Any:
    match value:
        case {"SS": list(members)} | {"NS": list(members)} | {"BS": list(members)} if len(value) == 1:
            return frozenset(members)
        case {"N": str(number)} if len(value) == 1:
            return float(number)
        case dict():
            return {name: _unordered(part) for name, part in value.items()}
        case list():
            return [_unordered(part) for part in value]
    return value


@pytest.mark.parametrize(
    "body",
    [
        rb'{"Item": {"a": {"\u0042": "YQ=="}, "\u0042": {"\u0042S": ["YQ==", "Yg=="]}}}',
        rb'{"Item": {"a": {"B\u0053": ["YQ=="]}, "B": {"S": "\u0042"}, "BS": {"M": {"B": {"BOOL": true}}}}}',
        rb' {"Item":{"a":{ "B" :"YQ==\n"},"b":{"B":""}}}',
    ],
)
def test_json_is_read_however_it_is_written(connect: Callable[[str], Wires], body: bytes) -> None:
    with serving(lambda request: Reply(whole(body))) as server:
        wires = connect(server.endpoint)
        item = wires.said("GetItem", TableName="wires", Key=KEY)["Item"]
        assert item["a"] in ({"B": b"a"}, {"BS": [b"a"]})
        for wire in wires:
            wire.disconnect()


@pytest.mark.parametrize("body", [b'{"Item": {"a": {"S": "\xff"}}}', b'{"Item": {', b'{"B": "Y"}', b"[]", b"null", b""])
def test_an_answer_that_is_no_json_is_lost(connect: Callable[[str], Wires], body: bytes) -> None:
    with serving(lambda request: Reply(whole(body))) as server:
        lean = connect(server.endpoint).lean  # botocore crashes, or sees no item
        assert told(lean, "GetItem", {"TableName": "wires", "Key": KEY}) is LostAnswer
        lean.disconnect()


def test_binaries_may_be_any_kind_of_bytes_and_their_sets_sets(wires: Wires) -> None:
    item: Document = KEY | {"a": {"B": bytearray(b"\x01")}, "b": {"L": [{"B": b"\x02"}, {"BS": [bytearray(b"\x03")]}]}}
    for wire in wires:
        wire.call("PutItem", {"TableName": "wires", "Item": item | {"b": {"L": [{"B": b"\x02"}, {"BS": {b"\x03"}}]}}})
        assert wires.said("GetItem", TableName="wires", Key=KEY)["Item"] == item


@pytest.mark.parametrize("value", [5j, object()])
def test_what_is_no_json_is_not_sent(wires: Wires, value: object) -> None:
    for wire in wires:
        with pytest.raises(TypeError):
            wire.call("PutItem", {"TableName": "wires", "Item": KEY | {"a": {"BS": value}}})


REFUSED: dict[str, tuple[str, Document]] = {
    "no such table": ("GetItem", {"TableName": "absent", "Key": KEY}),
    "no such operation's argument": ("GetItem", {"TableName": "wires", "Key": {"another": {"S": "a"}}}),
    "an expression that is none": ("Scan", {"TableName": "wires", "FilterExpression": "B <> <>"}),
    "a reserved word": ("Scan", {"TableName": "wires", "FilterExpression": "name = :a"}),
    "a number that is none": ("PutItem", {"TableName": "wires", "Item": KEY | {"a": {"N": "one"}}}),
    "an item that is too large": ("PutItem", {"TableName": "wires", "Item": KEY | {"a": {"S": "x" * 410_000}}}),
    "a table that is there": ("CreateTable", TABLE),
    "a transaction twice on an item": (
        "TransactWriteItems",
        {"TransactItems": [{"Delete": {"TableName": "wires", "Key": KEY}}] * 2},
    ),
    "an empty batch": ("BatchWriteItem", {"RequestItems": {"wires": []}}),
    "a transaction of which a part fails": (
        "TransactWriteItems",
        {
            "TransactItems": [
                {"Put": {"TableName": "wires", "Item": {"B": {"B": b"another"}}}},
                {
                    "ConditionCheck": {
                        "TableName": "wires",
                        "Key": {"B": {"B": b"absent"}},
                        "ConditionExpression": "attribute_exists(B)",
                    }
                },
            ]
        },
    ),
}


@pytest.mark.parametrize(("operation", "arguments"), REFUSED.values(), ids=REFUSED)
def test_the_same_is_refused_in_the_same_words(wires: Wires, operation: str, arguments: Document) -> None:
    name, status, parts = wires.said(operation, **arguments)
    assert (name, status) == (operation, 400)
    assert parts["Error"]["Code"].endswith("Exception")


def test_tables_are_made_described_and_expire_alike(wires: Wires) -> None:
    name = {"TableName": "another"}
    expiry = {"TimeToLiveSpecification": {"Enabled": True, "AttributeName": "expires"}}
    histories = []
    for wire in wires:
        made = told(wire, "CreateTable", TABLE | name)["TableDescription"]
        described = wires.said("DescribeTable", **name)["Table"]
        assert made.keys() == described.keys()
        histories.append(
            [
                made["KeySchema"],
                told(wire, "UpdateTimeToLive", name | expiry),
                wires.said("DescribeTimeToLive", **name),
                wires.said("ListTables"),
                told(wire, "DeleteTable", name)["TableDescription"]["TableName"],
                wires.said("DescribeTable", **name),
            ]
        )
    assert histories[0] == histories[1]


@pytest.mark.parametrize("fault", kinds.ALL, ids=lambda fault: fault.name)
def test_what_goes_wrong_goes_wrong_alike(proxy: FaultyDynamoDB, through: Wires, fault: Fault) -> None:
    operation, arguments = _what_befalls(fault)
    proxy.plan = always(fault)
    lean, botocore = (told(wire, operation, arguments) for wire in through)
    if fault is kinds.UNAVAILABLE:  # botocore takes the whole page for the message
        botocore[2]["Error"]["Message"] = ""
    assert lean == botocore
    assert proxy.faults() == [fault.name] * 2
    proxy.reset()
    through.said("GetItem", TableName="wires", Key=KEY)


def test_an_address_at_which_no_server_listens_is_not_connected(connect: Callable[[str], Wires]) -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        wires = connect(f"http://127.0.0.1:{bound.getsockname()[1]}")
        assert wires.said("GetItem", TableName="wires", Key=KEY) is NotConnected


def _what_befalls(fault: Fault) -> tuple[str, Document]:
    """A call that the fault can befall."""
    put = {"Put": {"TableName": "wires", "Item": KEY}}
    puts = [{"PutRequest": {"Item": {"B": {"B": name}}}} for name in (b"a", b"b", b"c")]
    if fault is kinds.SHORT_PAGE:
        return "Scan", {"TableName": "wires"}
    if fault is kinds.UNPROCESSED:
        return "BatchWriteItem", {"RequestItems": {"wires": puts}}
    return "TransactWriteItems", {"TransactItems": [put]}
