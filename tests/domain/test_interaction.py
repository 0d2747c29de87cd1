"""The rules of an interaction's life: states, verdicts, entity tags, expiry, and the size that stores can hold."""

from __future__ import annotations

import random
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interactions.domain.errors import ForbiddenTransition, TooLarge
from interactions.domain.identifiers import interaction_id_at
from interactions.domain.interaction import (
    MAX_STORED_BYTES,
    MAX_TEXT,
    CallError,
    Feedback,
    Interaction,
    Retention,
    Status,
    check_size,
)
from tests.strategies import NOW, instants, interactions

LATER = NOW + timedelta(hours=1)
MICROSECOND = timedelta(microseconds=1)
PENDING = Interaction(
    interaction_id=interaction_id_at(NOW, entropy=bytes(8)),
    user_id="ana",
    status=Status.PENDING,
    prompt="How far is the moon?",
    updated_at=NOW,
)
COMPLETED = replace(PENDING, status=Status.COMPLETED, response="384 400 km")
FAILED = replace(PENDING, status=Status.FAILED, error=CallError(type="timeout", message=""))


@pytest.mark.parametrize("outcome", [COMPLETED, FAILED])
def test_a_pending_interaction_takes_an_outcome(outcome: Interaction) -> None:
    fields = {name: getattr(outcome, name) for name in ("status", "response", "error")}
    assert PENDING.with_outcome(fields, at=LATER) == replace(outcome, updated_at=LATER)


@pytest.mark.parametrize("final", [COMPLETED, FAILED])
@pytest.mark.parametrize("outcome", [{"status": Status.PENDING}, {"response": "another"}, {"model": "m"}])
def test_an_outcome_is_final(final: Interaction, outcome: Mapping[str, Any]) -> None:
    with pytest.raises(ForbiddenTransition):
        final.with_outcome(outcome, at=LATER)


@pytest.mark.parametrize("interaction", [PENDING, COMPLETED, FAILED])
def test_the_same_outcome_again_changes_nothing(interaction: Interaction) -> None:
    fields = {name: getattr(interaction, name) for name in ("status", "response", "error", "model")}
    assert interaction.with_outcome(fields, at=LATER) is interaction


@pytest.mark.parametrize("interaction", [PENDING, COMPLETED, FAILED])
def test_a_verdict_can_be_given_changed_and_taken_back_in_any_state(interaction: Interaction) -> None:
    verdict = Feedback(score=-1, at=LATER, comment="no")
    rated = interaction.with_feedback(verdict, at=LATER)
    assert rated == replace(interaction, feedback=verdict, updated_at=LATER)
    assert rated.with_feedback(None, at=LATER) == replace(interaction, updated_at=LATER)


@pytest.mark.parametrize("interaction", [PENDING, COMPLETED, FAILED])
def test_metadata_can_be_changed_in_any_state_and_the_same_again_changes_nothing(interaction: Interaction) -> None:
    changed = interaction.with_metadata({"a": "b"}, at=LATER)
    assert changed == replace(interaction, metadata={"a": "b"}, updated_at=LATER)
    assert changed.with_metadata({"a": "b"}, at=LATER + MICROSECOND) is changed


@given(interactions())
def test_the_creation_time_is_the_ids_own(interaction: Interaction) -> None:
    assert interaction.created_at.microsecond % 1000 == 0
    assert (
        interaction.interaction_id[:13].replace("-", "") == f"{round(interaction.created_at.timestamp() * 1000):012x}"
    )


def test_the_etag_is_strong_and_changes_with_the_version_and_the_expiry_of_the_texts() -> None:
    bare = replace(COMPLETED, prompt=None, response=None)
    tags = {
        i.etag for version in (1, 2, 11) for i in (replace(COMPLETED, version=version), replace(bare, version=version))
    }
    assert len(tags) == 6
    assert all(tag.startswith('"') and tag.endswith('"') for tag in tags)


def test_without_expiry_an_interaction_is_seen_for_ever() -> None:
    assert COMPLETED.seen_at(datetime.max.replace(tzinfo=NOW.tzinfo)) is COMPLETED


def test_at_the_moment_of_their_expiry_the_texts_and_then_the_record_are_gone() -> None:
    fleeting = replace(COMPLETED, content_expires_at=NOW, expires_at=LATER)
    assert fleeting.seen_at(NOW - MICROSECOND) is fleeting
    assert fleeting.seen_at(NOW) == replace(fleeting, prompt=None, response=None)
    assert fleeting.seen_at(LATER - MICROSECOND) == replace(fleeting, prompt=None, response=None)
    assert fleeting.seen_at(LATER) is None


@given(interactions(), instants())
def test_looking_twice_shows_the_same(interaction: Interaction, now: datetime) -> None:
    seen = interaction.seen_at(now)
    assert seen is None or seen.seen_at(now) == seen


days = st.none() | st.integers(1, 3650).map(lambda n: timedelta(days=n))


@given(days, days, instants(max_value=NOW))
def test_texts_never_outlive_their_record(
    content: timedelta | None, record: timedelta | None, created_at: datetime
) -> None:
    content_expires_at, expires_at = Retention(content=content, record=record).expiry(created_at)
    assert expires_at == (None if record is None else created_at + record)
    kept = [created_at + span for span in (content, record) if span is not None]
    assert content_expires_at == min(kept, default=None)


@pytest.mark.parametrize(
    "alphabet", ["ação é não ", "the quick brown fox ", "知之為知之，不知為不知，是知也。", "🙂🌍 "]
)
def test_ordinary_texts_of_the_greatest_length_fit(alphabet: str) -> None:
    words = random.Random(1)
    prompt, response = ("".join(words.choices(alphabet, k=MAX_TEXT)) for _ in range(2))
    check_size(replace(COMPLETED, prompt=prompt, response=response))


@pytest.fixture(scope="module")
def noise() -> str:
    """As long as a text may be, and not to be compressed."""
    return "".join(map(chr, random.Random(1).choices(range(0x4E00, 0x9FFF), k=MAX_TEXT)))


def fits(interaction: Interaction) -> bool:
    try:
        check_size(interaction)
    except TooLarge:
        return False
    return True


def test_texts_that_cannot_be_compressed_are_refused_beyond_what_stores_hold(noise: str) -> None:
    assert fits(replace(COMPLETED, prompt=noise[: MAX_STORED_BYTES // 3 - 10]))
    assert not fits(replace(COMPLETED, prompt=noise))
    assert not fits(replace(COMPLETED, response=noise))


def test_the_refusal_does_not_repeat_the_text(noise: str) -> None:
    with pytest.raises(TooLarge) as refused:
        check_size(replace(COMPLETED, prompt=noise))
    assert noise[:5] not in str(refused.value)


def test_prompt_response_and_metadata_count_together(noise: str) -> None:
    half = MAX_TEXT // 2
    assert fits(replace(COMPLETED, prompt=noise[:half]))
    assert fits(replace(COMPLETED, prompt="?", response=noise[half:]))
    assert not fits(replace(COMPLETED, prompt=noise[:half], response=noise[half:]))
    longest = bisect_left(range(MAX_TEXT), True, key=lambda n: not fits(replace(COMPLETED, prompt=noise[:n]))) - 1
    metadata = {str(n): noise[n * 512 :][:512] for n in range(16)}
    assert fits(replace(COMPLETED, prompt=noise[:longest]))
    assert not fits(replace(COMPLETED, prompt=noise[:longest], metadata=metadata))


def test_expired_texts_take_no_room() -> None:
    check_size(replace(COMPLETED, prompt=None, response=None))
