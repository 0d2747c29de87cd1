"""Hypothesis strategies of what the domain knows."""

from __future__ import annotations

import string
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from interactions.domain.identifiers import EPOCH, interaction_id_at
from interactions.domain.interaction import (
    MAX_INTEGER,
    USAGE_FIELDS,
    Attempt,
    CallError,
    Feedback,
    Interaction,
    Status,
    Usage,
)
from interactions.domain.pricing import COST_SOURCES, Cost

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def in_depth(count: int) -> int:
    """The count in the profile `thorough`, in which hypothesis tries 100 examples; a quarter of it in `fast`."""
    return ceil(count * settings().max_examples / 100)


def texts(min_size: int = 1, max_size: int = 40) -> st.SearchStrategy[str]:
    """Any text that may be stored: no NUL, no lone surrogate."""
    alphabet = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
    return st.text(alphabet, min_size=min_size, max_size=max_size)


def names() -> st.SearchStrategy[str]:
    """Ids of users and conversations."""
    return st.text(string.ascii_letters + string.digits + "._@:+-", min_size=1, max_size=128)


def instants(min_value: datetime = EPOCH, max_value: datetime | None = None) -> st.SearchStrategy[datetime]:
    latest = (max_value or datetime.max.replace(tzinfo=UTC)).replace(tzinfo=None)
    return st.datetimes(min_value.replace(tzinfo=None), latest, timezones=st.just(UTC))


def counts() -> st.SearchStrategy[int]:
    return st.integers(0, MAX_INTEGER)


def interaction_ids(max_value: datetime | None = None) -> st.SearchStrategy[str]:
    return st.builds(
        lambda at, sequence, entropy: interaction_id_at(at, sequence=sequence, entropy=entropy),
        instants(max_value=max_value),
        st.integers(0, 4095),
        st.binary(min_size=8, max_size=8),
    )


def usages() -> st.SearchStrategy[Usage]:
    return st.builds(Usage, **{name: st.none() | counts() for name in USAGE_FIELDS})


def costs() -> st.SearchStrategy[Cost]:
    return st.builds(
        Cost,
        nano_usd=st.integers(0, 10**15 - 1),
        source=st.sampled_from(COST_SOURCES),
        price_id=st.none() | texts(),
    )


def feedbacks() -> st.SearchStrategy[Feedback]:
    optional = st.none() | texts()
    return st.builds(Feedback, score=st.integers(-1, 1), at=instants(), label=optional, comment=optional)


def attempts() -> st.SearchStrategy[Attempt]:
    return st.builds(Attempt, provider=texts(), error_type=st.none() | texts(), latency_ms=st.none() | counts())


def call_errors() -> st.SearchStrategy[CallError]:
    return st.builds(CallError, type=texts(), message=texts(min_size=0))


@st.composite
def interactions(draw: st.DrawFn, /, *, now: datetime = NOW, expired_texts: bool = True, **fixed: Any) -> Interaction:
    """A record as it may be stored at `now`, its state rules kept, its texts perhaps expired, itself not."""
    optional = st.none() | texts()
    status = draw(st.sampled_from(Status))
    gone = expired_texts and draw(st.booleans())
    response = {
        Status.PENDING: st.none(),
        Status.COMPLETED: texts(min_size=0),
        Status.FAILED: st.none() | texts(min_size=0),
    }[status]
    later = instants(now + timedelta(microseconds=1), now + timedelta(days=3650))
    expires_at = draw(st.none() | later)
    fields = {
        "interaction_id": draw(interaction_ids(max_value=now)),
        "user_id": draw(names()),
        "conversation_id": draw(st.none() | names()),
        "status": status,
        "prompt": None if gone else draw(texts()),
        "response": None if gone else draw(response),
        "provider": draw(optional),
        "model": draw(optional),
        "requested_model": draw(optional),
        "usage": draw(usages()),
        "cost": draw(st.none() | costs()),
        "latency_ms": draw(st.none() | counts()),
        "finish_reason": draw(st.none() | texts(max_size=32)),
        "response_id": draw(optional),
        "context_turns": draw(st.none() | counts()),
        "error": draw(call_errors()) if status is Status.FAILED else None,
        "trace_id": draw(st.none() | st.text("0123456789abcdef", min_size=32, max_size=32)),
        "metadata": draw(st.dictionaries(texts(), texts(min_size=0), max_size=16)),
        "feedback": draw(st.none() | feedbacks()),
        "cached": draw(st.booleans()),
        "attempts": tuple(draw(st.lists(attempts(), max_size=3))),
        "redaction": draw(st.dictionaries(texts(), counts(), max_size=3)),
        "updated_at": draw(instants()),
        "version": draw(st.integers(1, MAX_INTEGER)),
        "content_expires_at": draw(instants(max_value=now) if gone else st.none() | later),
        "expires_at": expires_at,
    }
    return Interaction(**(fields | fixed))
