"""Both wires to one table, and items that hold whatever may be taken for something else."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

import pytest
from botocore.exceptions import ClientError
from hypothesis import strategies as st

from interactions.aws.service import LostAnswer, NotConnected
from interactions.dynamodb.connection import Wire

Document = dict[str, Any]
TABLE: Document = {
    "TableName": "wires",
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [{"AttributeName": "B", "AttributeType": "B"}],
    "KeySchema": [{"AttributeName": "B", "KeyType": "HASH"}],
}
KEY: Document = {"B": {"B": b"\x00key\xff"}}

# What the format of an attribute's value itself is made of, and what JSON and Python write in special ways.
names = st.sampled_from(
    ["B", "BS", "M", "L", "S", "SS", "N", "NS", "NULL", "BOOL", "Item", "__type", "\\u0042", "é", "🙂", "\u2028", '"B"']
) | st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6)
texts = st.sampled_from(["", "B", '"B":"YQ=="', "\u2028", "\x00", "🙂"]) | st.text(max_size=20)
numbers = st.sampled_from(["0", "-0", "1e3", "0.1", "-12345678901234567890123456789012345678", "1E-130", "9.9E+125"])
scalars = st.one_of(
    st.builds(lambda text: {"S": text}, texts),
    st.builds(lambda number: {"N": number}, numbers | st.integers().map(lambda n: str(n % 10**38))),
    st.builds(lambda data: {"B": data}, st.binary(max_size=20)),
    st.builds(lambda truth: {"BOOL": truth}, st.booleans()),
    st.just({"NULL": True}),
    st.builds(lambda some: {"SS": some}, st.lists(texts, min_size=1, max_size=3, unique=True)),
    st.builds(lambda some: {"NS": some}, st.lists(st.integers(0, 99).map(str), min_size=1, max_size=3, unique=True)),
    st.builds(lambda some: {"BS": some}, st.lists(st.binary(max_size=9), min_size=1, max_size=3, unique=True)),
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda some: {"L": some})
        | st.dictionaries(names, inner, max_size=3).map(lambda some: {"M": some})
    ),
    max_leaves=8,
)
items = st.dictionaries(names.filter(lambda name: name != "B"), values, max_size=5).map(lambda rest: KEY | rest)


class Wires(NamedTuple):
    lean: Wire
    botocore: Wire

    def said(self, operation: str, **arguments: Any) -> Any:
        """What both say."""
        lean, botocore = (told(wire, operation, arguments) for wire in self)
        assert lean == botocore
        return lean


def told(wire: Wire, operation: str, arguments: Document) -> Any:
    try:
        answer = wire.call(operation, arguments)
    except ClientError as error:
        response = error.response
        parts = {part: response.get(part) for part in ("Error", "CancellationReasons", "Item")}
        return error.operation_name, response["ResponseMetadata"]["HTTPStatusCode"], parts
    except (LostAnswer, NotConnected) as error:
        return type(error)
    answer.pop("ResponseMetadata", None)
    return _comparable(answer)


def _comparable(value: Any) -> Any:
    """Dates are numbers."""
    match value:
        case dict():
            return {name: _comparable(part) for name, part in value.items()}
        case list():
            return [_comparable(part) for part in value]
        case datetime():
            return pytest.approx(value.timestamp(), abs=0.002)
    return value
