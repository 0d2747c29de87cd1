"""JSON by RFC 8259 alone."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interactions.domain.errors import Invalid
from interactions.domain.strict_json import ndjson_line, parse_json
from tests.domain.errors import wrong
from tests.strategies import texts

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts(min_size=0),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts(min_size=0), inner, max_size=3),
)


@given(values)
def test_json_is_read_as_what_it_says(value: Any) -> None:
    assert parse_json(json.dumps(value).encode()) == value
    assert parse_json(json.dumps(value, ensure_ascii=False).encode()) == value


@given(st.dictionaries(texts(), values, max_size=3))
def test_a_document_is_one_line_and_read_back_as_it_was(document: dict[str, Any]) -> None:
    line = ndjson_line(document)
    assert line.endswith(b"\n")
    assert b"\n" not in line[:-1]
    assert parse_json(line) == document


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"{'a': 1}",
        b'{"a": 1,}',
        b"[1 2]",
        b"nul",
        b"NaN",
        b"[Infinity]",
        b'{"a": -Infinity}',
        b"1e400",
        b"-1e400",
        b"01",
        b"+1",
        b".5",
        b'"a\nb"',
        b'"\\x41"',
        b"{} {}",
        b"// comment\n{}",
        b'"\xff"',
        b"\xff\xfe{\x00}\x00",  # UTF-16
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"1" * 5000,
    ],
)
def test_what_is_no_json_is_refused(text: bytes) -> None:
    assert wrong(lambda: parse_json(text)) == {"#": "json"}


def test_the_refusal_tells_the_place_and_nothing_of_the_text() -> None:
    with pytest.raises(Invalid) as refused:
        parse_json(b'{"a": 1,\n "secret word"}')
    assert "line 2" in str(refused.value)
    assert "secret" not in str(refused.value)
