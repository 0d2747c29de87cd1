"""Ids whose order is time order, and the alphabet of names."""

from __future__ import annotations

import subprocess
import sys
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from interactions.domain.identifiers import (
    EPOCH,
    INTERACTION_ID_PATTERN,
    created_at_of,
    interaction_id_at,
    interaction_id_floor,
    is_name,
    new_interaction_id,
    parse_interaction_id,
)
from tests.strategies import instants, interaction_ids, names

MILLISECOND = timedelta(milliseconds=1)
LAST_ID = "e677d21f-dbff-7fff-bfff-ffffffffffff"  # the last millisecond of the year 9999


def cut(instant: datetime) -> datetime:
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)


def test_a_new_id_is_a_uuid_of_version_7_and_of_now() -> None:
    before = cut(datetime.now(UTC))
    new = new_interaction_id()
    after = datetime.now(UTC)
    assert uuid.UUID(new).version == 7
    assert uuid.UUID(new).variant == uuid.RFC_4122
    assert str(uuid.UUID(new)) == new == parse_interaction_id(new)
    assert before <= created_at_of(new) <= after


def test_new_ids_are_different_and_in_the_order_they_were_made_within_a_millisecond_too() -> None:
    made = [new_interaction_id() for _ in range(5000)]
    assert len({created_at_of(new) for new in made}) < len(made)
    assert made == sorted(set(made))


@pytest.mark.system
def test_new_ids_are_in_order_across_processes() -> None:
    program = "from interactions.domain.identifiers import new_interaction_id as new; print(new()); print(new())"
    made: list[str] = []
    for _ in range(3):
        made += subprocess.run(
            [sys.executable, "-c", program], check=True, capture_output=True, text=True
        ).stdout.split()
        made.append(new_interaction_id())
    assert made == sorted(made)
    assert len(set(made)) == 9


@given(instants(), st.integers(0, 4095), st.binary(min_size=8, max_size=16))
def test_an_id_carries_its_millisecond(at: datetime, sequence: int, entropy: bytes) -> None:
    made = interaction_id_at(at, sequence=sequence, entropy=entropy)
    assert created_at_of(made) == cut(at)
    assert parse_interaction_id(made) == made
    assert uuid.UUID(made).version == 7


@given(instants(), st.integers(0, 5000), st.binary(min_size=8, max_size=8))
def test_the_same_time_sequence_and_entropy_make_the_same_id(at: datetime, sequence: int, entropy: bytes) -> None:
    one, other = (interaction_id_at(at, sequence=sequence, entropy=entropy) for _ in range(2))
    assert one == other


def test_ids_of_one_time_differ_when_no_entropy_is_given() -> None:
    assert len({interaction_id_at(EPOCH) for _ in range(100)}) == 100


@given(instants(), instants(), st.tuples(st.integers(0, 4095), st.integers(0, 4095)))
def test_ids_are_ordered_by_time_and_then_by_sequence(
    one: datetime, other: datetime, sequences: tuple[int, int]
) -> None:
    ids = [interaction_id_at(at, sequence=sequence) for at, sequence in zip((one, other), sequences, strict=True)]
    keys = [(cut(one), sequences[0]), (cut(other), sequences[1])]
    if keys[0] != keys[1]:
        assert (ids[0] < ids[1]) == (keys[0] < keys[1])


@given(instants(max_value=datetime(9999, 1, 1, tzinfo=UTC)), st.integers(0, 20_000), st.integers(1, 20_000))
def test_a_sequence_past_a_millisecond_runs_on_into_the_next(at: datetime, sequence: int, step: int) -> None:
    one = interaction_id_at(at, sequence=sequence)
    later = interaction_id_at(at, sequence=sequence + step)
    assert one < later
    assert created_at_of(one) == cut(at) + sequence // 4096 * MILLISECOND


@given(instants(), interaction_ids())
@example(EPOCH, interaction_id_at(EPOCH, entropy=bytes(8)))
def test_the_floor_of_an_instant_parts_earlier_ids_from_later_ones(instant: datetime, interaction_id: str) -> None:
    floor = interaction_id_floor(instant)
    assert (interaction_id >= floor) == (created_at_of(interaction_id) >= instant)


@given(instants(), st.integers(-3, 3))
def test_the_floor_is_exact_around_its_millisecond(instant: datetime, offset: int) -> None:
    near = cut(instant) + offset * MILLISECOND if EPOCH + 3 * MILLISECOND < instant < _late() else cut(instant)
    for entropy in (bytes(8), b"\xff" * 8):
        interaction_id = interaction_id_at(near, entropy=entropy)
        assert (interaction_id >= interaction_id_floor(instant)) == (near >= instant)


def _late() -> datetime:
    return datetime(9999, 12, 31, tzinfo=UTC)


@pytest.mark.parametrize("instant", [datetime.min.replace(tzinfo=UTC), datetime(1969, 12, 31, tzinfo=UTC), EPOCH])
def test_no_id_lies_below_the_floor_of_the_epoch_or_before(instant: datetime) -> None:
    assert interaction_id_floor(instant) == "00000000-0000-7000-8000-000000000000"


def test_the_last_instant_of_the_calendar_has_a_floor() -> None:
    assert interaction_id_floor(datetime.max.replace(tzinfo=UTC)) > LAST_ID


@given(interaction_ids())
def test_ids_are_read_in_capitals_too_and_answered_in_lower_case(interaction_id: str) -> None:
    assert parse_interaction_id(interaction_id.upper()) == interaction_id


@pytest.mark.parametrize("interaction_id", ["00000000-0000-7000-8000-000000000000", LAST_ID])
def test_the_first_and_the_last_id_are_ids(interaction_id: str) -> None:
    assert parse_interaction_id(interaction_id) == interaction_id
    assert created_at_of(interaction_id) >= EPOCH


@pytest.mark.parametrize(
    "value",
    [
        "",
        "0",
        "019b7773-3e80-4000-8000-000000000000",  # version 4
        "019b7773-3e80-7000-7000-000000000000",  # not RFC 9562's variant
        "019b7773-3e80-7000-c000-000000000000",
        "019b77733e80700080000000000000000",
        "019b77733e8070008000000000000000",
        "{019b7773-3e80-7000-8000-000000000000}",
        " 019b7773-3e80-7000-8000-000000000000",
        "019b7773-3e80-7000-8000-000000000000\n",
        "019b7773-3e80-7000-8000-00000000000g",
        "٠19b7773-3e80-7000-8000-000000000000",  # an Arabic-Indic zero
        "e677d21f-dc00-7000-8000-000000000000",  # the year 10000
        "ffffffff-ffff-7fff-bfff-ffffffffffff",
    ],
)
def test_what_is_no_uuid_of_version_7_with_a_time_is_no_id(value: str) -> None:
    assert parse_interaction_id(value) is None


@given(st.from_regex(INTERACTION_ID_PATTERN, fullmatch=True, alphabet=st.characters(codec="ascii")))
def test_what_the_published_pattern_matches_is_an_id_if_it_has_a_time(value: str) -> None:
    assert parse_interaction_id(value) == (value if value <= LAST_ID else None)


@given(names())
def test_letters_digits_and_a_few_signs_make_a_name(value: str) -> None:
    assert is_name(value)


@pytest.mark.parametrize("value", ["", "a" * 129, "a/b", "a b", "ana\n", "ánа", "a\0", "a#b", "*", "a,b", '"a"'])
def test_what_has_other_characters_or_lengths_is_no_name(value: str) -> None:
    assert not is_name(value)
