"""Strict reading of JSON objects, instants and days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interactions.domain.fields import Fields, format_instant, parse_day, parse_instant, text_problem
from interactions.domain.interaction import MAX_INTEGER
from tests.domain.errors import wrong
from tests.strategies import instants, texts

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(instants())
def test_an_instant_is_read_back_as_it_was_written(instant: datetime) -> None:
    assert parse_instant(format_instant(instant)) == instant


@given(
    st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1)),  # noqa: DTZ001
    st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes))),
)
def test_an_instant_of_any_offset_is_read_as_the_utc_it_means(local: datetime, offset: timezone) -> None:
    instant = local.replace(tzinfo=offset)
    read = parse_instant(instant.isoformat())
    assert read == instant
    assert read is not None
    assert read.tzinfo is UTC


@given(instants(), instants())
def test_written_instants_sort_as_the_instants_do(one: datetime, other: datetime) -> None:
    assert (format_instant(one) < format_instant(other)) == (one < other)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-01-31T12:00:00Z", datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("2026-01-31t12:00:00z", datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("2026-01-31T12:00:00+00:00", datetime(2026, 1, 31, 12, tzinfo=UTC)),
        ("2026-01-31T12:00:00.5-03:00", datetime(2026, 1, 31, 15, 0, 0, 500_000, UTC)),
        ("2026-01-31T12:00:00.123456+05:30", datetime(2026, 1, 31, 6, 30, 0, 123_456, UTC)),
        ("2024-02-29T23:59:59Z", datetime(2024, 2, 29, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_rfc_3339_date_times_are_instants(text: str, instant: datetime) -> None:
    assert parse_instant(text) == instant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-01-31",
        "2026-01-31T12:00:00",  # no offset
        "2026-01-31 12:00:00Z",
        "2026-01-31T12:00Z",
        "2026-01-31T12:00:00,5Z",
        "2026-01-31T12:00:00.1234567Z",
        "2026-01-31T12:00:00.Z",
        "2026-02-29T12:00:00Z",
        "2026-01-31T24:00:00Z",
        "2026-01-31T12:00:60Z",
        "2026-01-31T12:00:00+0300",
        "2026-01-31T12:00:00+24:00",
        "2026-W05-6T12:00:00Z",
        "20260131T120000Z",
        "0001-01-01T00:00:00+01:00",  # before the calendar begins
        "9999-12-31T23:59:59-01:00",  # after it ends
        "٢026-01-31T12:00:00Z",
        "2026-01-31T12:00:00Z\n",
    ],
)
def test_what_is_no_rfc_3339_date_time_is_no_instant(text: str) -> None:
    assert parse_instant(text) is None


def test_an_instant_is_written_in_utc_whatever_its_zone() -> None:
    instant = datetime(2026, 1, 31, 9, 30, tzinfo=timezone(timedelta(hours=-3)))
    assert format_instant(instant) == "2026-01-31T12:30:00.000000Z"
    assert format_instant(instant, "milliseconds") == "2026-01-31T12:30:00.000Z"


@pytest.mark.parametrize(
    "text", ["2026-02-29", "2026-1-31", "20260131", "2026-W05", "2026-01-31T00:00", "", "2026-01-31\n"]
)
def test_what_is_no_day_is_none(text: str) -> None:
    assert parse_day(text) is None


@given(st.dates())
def test_a_day_is_read_back_as_it_was_written(day: date) -> None:
    assert parse_day(day.isoformat()) == day


@given(texts(max_size=10))
def test_any_text_without_nul_and_lone_surrogates_will_do(text: str) -> None:
    assert text_problem(text, max_length=10) is None


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, "type"),
        (7, "type"),
        (["a"], "type"),
        ("", "too-short"),
        ("abcdef", "too-long"),
        ("a\0", "nul"),
        ("\ud800", "surrogate"),
        ("a\udfff", "surrogate"),
        ("a b", "pattern"),
        ("ab\n", "pattern"),
    ],
)
def test_what_is_wrong_with_a_text_has_a_code(value: object, code: str) -> None:
    problem = text_problem(value, max_length=5, pattern="^[a-z]+$")
    assert problem is not None
    assert problem[0] == code


def test_characters_are_counted_not_bytes() -> None:
    assert text_problem("🙂" * 5, max_length=5) is None


@given(ANYTHING)
def test_readers_take_what_they_are_for_and_complain_of_all_else(value: Any) -> None:
    readers = {
        "text": lambda given: given.text("x", max_length=5, min_length=0),
        "integer": lambda given: given.integer("x"),
        "number": lambda given: given.number("x", minimum=-9, maximum=9),
        "boolean": lambda given: given.boolean("x"),
        "choice": lambda given: given.choice("x", ["a", "b"]),
        "instant": lambda given: given.instant("x"),
        "object": lambda given: given.object("x"),
        "objects": lambda given: given.objects("x", max_items=2),
        "members": lambda given: given.members("x"),
    }
    for name, read in readers.items():
        given_object = Fields({"x": value})
        result = read(given_object)
        given_object.close()
        if given_object.errors:
            assert result in (None, [], {}) or name in ("objects", "object"), name
            assert all(error.pointer.startswith("#/x") for error in given_object.errors)
        elif name in ("text", "number", "boolean", "choice", "members") and value is not None:
            assert result == value


@pytest.mark.parametrize("value", [0, 1, 1.0, MAX_INTEGER, float(2**53 - 1)])
def test_integers_may_be_written_with_a_point(value: float) -> None:
    fields = Fields({"n": value})
    assert fields.integer("n") == value
    assert fields.errors == []


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (True, "type"),
        ("1", "type"),
        (1.5, "type"),
        (-1, "range"),
        (MAX_INTEGER + 1, "range"),
        (1e300, "range"),
        (float("inf"), "type"),
    ],
)
def test_what_is_no_integer_in_range_is_complained_of(value: object, code: str) -> None:
    fields = Fields({"n": value})
    assert fields.integer("n") is None
    assert [error.code for error in fields.errors] == [code]


@pytest.mark.parametrize("value", [0, 1, 2, 0.0, 0.5, 2.0])
def test_numbers_may_be_written_without_a_point_and_are_read_as_floats(value: float) -> None:
    fields = Fields({"n": value})
    number = fields.number("n", minimum=0, maximum=2)
    assert number == value
    assert isinstance(number, float)
    assert fields.errors == []


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, "required"),
        (True, "type"),
        ("1", "type"),
        ([1], "type"),
        (-0.1, "range"),
        (3, "range"),
        (10**400, "range"),
        (float("inf"), "range"),
        (float("nan"), "range"),
    ],
)
def test_what_is_no_number_in_range_is_complained_of(value: object, code: str) -> None:
    fields = Fields({"n": value})
    assert fields.number("n", minimum=0, maximum=2, required=True) is None
    assert [error.code for error in fields.errors] == [code]


@pytest.mark.parametrize("value", [None, 7, "text", ["a"], True])
def test_what_is_no_object_is_complained_of_at_its_root(value: object) -> None:
    assert wrong(Fields(value).check) == {"#": "type"}


def test_everything_wrong_is_collected_and_what_nobody_asked_for_is_named() -> None:
    fields = Fields({"name": 7, "extra": 1, "version": 2, "inner": {"n": -1, "more": 0}, "list": [{}, {"n": "x"}, 3]})
    fields.text("name", max_length=5)
    fields.text("missing", max_length=5, required=True)
    inner = fields.object("inner")
    assert inner is not None
    inner.integer("n")
    inner.close()
    for item in fields.objects("list", max_items=3):
        item.integer("n")
    fields.close(read_only=["version"])
    assert wrong(fields.check) == {
        "#/name": "type",
        "#/missing": "required",
        "#/inner/n": "range",
        "#/inner/more": "unknown",
        "#/list/1/n": "type",
        "#/list/2": "type",
        "#/extra": "unknown",
        "#/version": "read-only",
    }


def test_null_is_as_good_as_absent_but_not_for_what_is_required() -> None:
    fields = Fields({"a": None, "b": None})
    assert fields.text("a", max_length=5) is None
    assert fields.errors == []
    assert fields.text("b", max_length=5, required=True) is None
    assert wrong(fields.check) == {"#/b": "required"}


@pytest.mark.parametrize(
    ("name", "pointer"),
    [
        ("plain_name", "#/plain_name"),
        ("a/b", "#/a~1b"),
        ("a~b", "#/a~0b"),
        ("~1", "#/~01"),
        ("", "#/"),
        ("a b", "#/a%20b"),
        ("100%", "#/100%25"),
        ("ação", "#/a%C3%A7%C3%A3o"),
        ("a\0", "#/a%00"),
        ('"<>', "#/%22%3C%3E"),
        ("\udfff", "#/?"),
        ("k" * 100, "#/" + "k" * 64),
    ],
)
def test_a_pointer_is_a_uri_fragment_whatever_the_name(name: str, pointer: str) -> None:
    fields = Fields({name: 1})
    fields.close()
    assert wrong(fields.check) == {pointer: "unknown"}
