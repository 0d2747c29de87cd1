"""The objects inside an interaction, out of JSON: usage, cost, error, feedback, attempts, metadata.

Each reader complains to the `Fields` it reads from, and returns a value that is good enough to go on looking for more.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import cast

from interactions.domain.fields import Fields, text_problem
from interactions.domain.interaction import (
    MAX_ERROR_MESSAGE,
    MAX_ERROR_TYPE,
    MAX_FEEDBACK_COMMENT,
    MAX_FEEDBACK_LABEL,
    MAX_LABEL,
    MAX_METADATA_KEY,
    MAX_METADATA_PAIRS,
    MAX_METADATA_VALUE,
    MAX_REDACTION_KINDS,
    USAGE_FIELDS,
    Attempt,
    CallError,
    Feedback,
    Usage,
)
from interactions.domain.pricing import AMOUNT_PATTERN, Cost, CostSource, nano_usd_of


def read_usage(given: Fields | None) -> Usage:
    if given is None:
        return Usage()
    usage = Usage(**{name: given.integer(name) for name in USAGE_FIELDS})
    given.close()
    return usage


def read_cost(given: Fields | None, sources: Iterable[CostSource]) -> Cost | None:
    if given is None:
        return None
    amount = given.text("amount", max_length=32, required=True, pattern=AMOUNT_PATTERN)
    given.choice("currency", ["USD"], required=True)
    source = given.choice("source", sources, required=True)
    price_id = given.text("price_id", max_length=MAX_LABEL)
    given.close()
    nano_usd = nano_usd_of(amount) if amount else None
    if nano_usd is None or source is None:
        return None
    return Cost(nano_usd=nano_usd, source=cast(CostSource, source), price_id=price_id)


def read_error(given: Fields | None) -> CallError | None:
    if given is None:
        return None
    error_type = given.text("type", max_length=MAX_ERROR_TYPE, required=True)
    message = given.text("message", max_length=MAX_ERROR_MESSAGE, min_length=0)
    given.close()
    return CallError(type=error_type or "", message=message or "")


def read_feedback(given: Fields | None, at: datetime | None = None) -> Feedback | None:
    if given is None:
        return None
    score = given.integer("score", minimum=-1, maximum=1, required=True)
    label = given.text("label", max_length=MAX_FEEDBACK_LABEL)
    comment = given.text("comment", max_length=MAX_FEEDBACK_COMMENT)
    if at is None and (at := given.instant("at")) is None:
        given.error("at", "required", "is required")
    given.close(read_only=("at",))
    return None if score is None or at is None else Feedback(score=score, at=at, label=label, comment=comment)


def read_attempt(given: Fields) -> Attempt | None:
    provider = given.text("provider", max_length=MAX_LABEL, required=True)
    error_type = given.text("error_type", max_length=MAX_ERROR_TYPE)
    latency_ms = given.integer("latency_ms")
    given.close()
    return (provider and Attempt(provider=provider, error_type=error_type, latency_ms=latency_ms)) or None


def read_metadata(given: Fields) -> dict[str, str]:
    members = given.members("metadata")
    if len(members) > MAX_METADATA_PAIRS:
        given.error("metadata", "too-many", f"has {len(members)} pairs; {MAX_METADATA_PAIRS} are allowed")
        return {}
    inside = Fields({}, f"{given.pointer}/metadata", given.errors)
    for key, value in members.items():
        if problem := text_problem(key, max_length=MAX_METADATA_KEY):
            inside.error(key, f"key-{problem[0]}", f"as a key, {problem[1]}")
        elif problem := text_problem(value, min_length=0, max_length=MAX_METADATA_VALUE):
            inside.error(key, *problem)
    return dict(members)


def read_counts(given: Fields) -> dict[str, int]:
    inside = given.object("redaction")
    if inside is None:
        return {}
    names = inside.names()
    if len(names) > MAX_REDACTION_KINDS or any(len(name) > MAX_METADATA_KEY for name in names):
        given.error("redaction", "too-many", f"may have {MAX_REDACTION_KINDS} names of {MAX_METADATA_KEY} characters")
        return {}
    for name in names:
        if problem := text_problem(name, max_length=MAX_METADATA_KEY):
            inside.error(name, f"key-{problem[0]}", f"as a key, {problem[1]}")
    counts = {name: inside.integer(name) for name in names}
    return {name: count for name, count in counts.items() if count is not None}
