"""What the domain takes, DynamoDB holds: the longest everything beside texts and metadata at the domain's limit."""

from __future__ import annotations

import random
import string
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interactions.domain.errors import TooLarge
from interactions.domain.identifiers import interaction_id_at
from interactions.domain.interaction import (
    MAX_ATTEMPTS,
    MAX_ERROR_MESSAGE,
    MAX_ERROR_TYPE,
    MAX_FEEDBACK_COMMENT,
    MAX_FEEDBACK_LABEL,
    MAX_INTEGER,
    MAX_LABEL,
    MAX_METADATA_KEY,
    MAX_METADATA_PAIRS,
    MAX_METADATA_VALUE,
    MAX_REDACTION_KINDS,
    MAX_TEXT,
    USAGE_FIELDS,
    Attempt,
    CallError,
    Feedback,
    Interaction,
    Status,
    Usage,
    check_size,
)
from interactions.domain.pricing import Cost
from interactions.repositories.base import InteractionRepository
from tests.conformance.clock import NOW, Clock
from tests.conformance.dynamodb.item_sizes import MAX_ITEM, attributes, item_size
from tests.conformance.stores import LOCAL_TABLES
from tests.strategies import in_depth

WIDE = "🙂"
ODD = NOW.replace(microsecond=1)


def text_of(alphabet: str) -> Callable[[int, int], str]:
    return lambda length, seed: "".join(random.Random(seed).choices(alphabet, k=length))


# How to make so many characters; the greater the alphabet, the less there is to compress.
TEXTS = {
    "the same again": lambda length, seed: WIDE * length,
    "words": lambda length, seed: " ".join(random.Random(seed).choices(["the", "value", "of", "ação"], k=length))[
        :length
    ],
    "hexadecimal": text_of(string.hexdigits[:16]),
    "base64": text_of(string.ascii_letters + string.digits + "+/"),
    "ASCII": text_of(string.printable),
    "Greek": text_of("".join(map(chr, range(0x370, 0x400)))),
    "Chinese": text_of("".join(map(chr, range(0x4E00, 0x9FFF)))),
    "emoji": text_of("".join(map(chr, range(0x1F300, 0x1F700)))),
    "all planes": text_of("".join(map(chr, range(0x10000, 0x10FFFF, 7)))),
}
LONGEST = Interaction(
    interaction_id=interaction_id_at(NOW),
    user_id="u" * 128,
    conversation_id="c" * 128,
    status=Status.FAILED,
    prompt="?",
    updated_at=ODD,
    provider=WIDE * MAX_LABEL,
    model=WIDE * MAX_LABEL,
    requested_model=WIDE * MAX_LABEL,
    usage=Usage(**dict.fromkeys(USAGE_FIELDS, MAX_INTEGER)),
    cost=Cost(nano_usd=10**15 - 1, source="price-table", price_id=WIDE * MAX_LABEL),
    latency_ms=MAX_INTEGER,
    error=CallError(type=WIDE * MAX_ERROR_TYPE, message=WIDE * MAX_ERROR_MESSAGE),
    trace_id="f" * 32,
    feedback=Feedback(score=-1, at=ODD, label=WIDE * MAX_FEEDBACK_LABEL, comment=WIDE * MAX_FEEDBACK_COMMENT),
    cached=True,
    attempts=(Attempt(provider=WIDE * MAX_LABEL, error_type=WIDE * MAX_ERROR_TYPE, latency_ms=MAX_INTEGER),)
    * MAX_ATTEMPTS,
    redaction={WIDE * (MAX_METADATA_KEY - 2) + f"{n:02}": MAX_INTEGER for n in range(MAX_REDACTION_KINDS)},
    version=MAX_INTEGER,
    content_expires_at=ODD.replace(year=9000),
    expires_at=ODD.replace(year=9001),
)
METADATA = {WIDE * (MAX_METADATA_KEY - 2) + f"{n:02}": WIDE * MAX_METADATA_VALUE for n in range(MAX_METADATA_PAIRS)}


def fits(interaction: Interaction) -> bool:
    try:
        check_size(interaction)
    except TooLarge:
        return False
    return True


def at_the_limit(prompt: str, response: str) -> Interaction:
    """With as much of the response, and then of the prompt, as the domain takes."""
    whole = replace(LONGEST, prompt=prompt, response=response, metadata=METADATA)
    if fits(whole):
        return whole
    if fits(replace(whole, response="")):
        return replace(whole, response=_longest(response, lambda text: fits(replace(whole, response=text))))
    return replace(
        whole, response="", prompt=_longest(prompt, lambda text: fits(replace(whole, prompt=text, response="")))
    )


def _longest(text: str, may_be: Callable[[str], bool]) -> str:
    return text[: bisect_left(range(len(text)), True, key=lambda length: not may_be(text[: length + 1]))]


@pytest.fixture(scope="module")
def store(local_tables: None) -> InteractionRepository:
    LOCAL_TABLES.empty()
    return LOCAL_TABLES.repository(Clock())


@pytest.mark.parametrize(
    ("prompt", "response"),
    [
        ("words", "emoji"),
        ("base64", "base64"),
        ("Chinese", "Chinese"),
        ("emoji", "all planes"),
        ("all planes", "words"),
        ("the same again", "hexadecimal"),
    ],
)
def test_dynamodb_holds_what_the_domain_takes_with_the_longest_of_all_else(
    store: InteractionRepository, prompt: str, response: str
) -> None:
    largest = at_the_limit(TEXTS[prompt](MAX_TEXT, 1), TEXTS[response](MAX_TEXT, 2))
    try:
        assert store.add(largest).interaction == largest
        assert store.get(largest.interaction_id, largest.user_id) == largest
    finally:
        store.delete(largest.interaction_id, largest.user_id)


pieces = st.tuples(st.sampled_from(sorted(TEXTS)), st.sampled_from([10, 3_000, 20_000, 70_000, MAX_TEXT]))
passages = st.lists(pieces, min_size=1, max_size=6)


@settings(max_examples=in_depth(12))
@given(passages, passages, st.integers(0, 9))
def test_whatever_the_texts_are_made_of_the_item_fits(
    prompt: list[tuple[str, int]], response: list[tuple[str, int]], seed: int
) -> None:
    def whole(passages: list[tuple[str, int]]) -> str:
        return "".join(TEXTS[kind](length, seed) for kind, length in passages)[:MAX_TEXT]

    size = item_size(attributes(at_the_limit(whole(prompt), whole(response))))
    assert size <= MAX_ITEM
