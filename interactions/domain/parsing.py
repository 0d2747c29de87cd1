"""Interactions, patches and verdicts out of JSON, strictly: the inverse of `document`, for the API and the import."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from interactions.domain.document import to_document
from interactions.domain.errors import ForbiddenTransition
from interactions.domain.fields import Fields
from interactions.domain.identifiers import (
    EPOCH,
    NAME_PATTERN,
    created_at_of,
    interaction_id_at,
    new_interaction_id,
    parse_interaction_id,
)
from interactions.domain.interaction import (
    MAX_ATTEMPTS,
    MAX_CLOCK_AHEAD,
    MAX_FINISH_REASON,
    MAX_LABEL,
    MAX_TEXT,
    Feedback,
    Interaction,
    Status,
)
from interactions.domain.parts import (
    read_attempt,
    read_cost,
    read_counts,
    read_error,
    read_feedback,
    read_metadata,
    read_usage,
)
from interactions.domain.pricing import COST_SOURCES, GIVEN_COST_SOURCES, CostSource

TRACE_ID_PATTERN = r"^[0-9a-f]{32}$"
# Known to the API but never taken from a caller.
READ_ONLY_FIELDS = (
    "feedback",
    "context_turns",
    "cached",
    "attempts",
    "redaction",
    "updated_at",
    "version",
    "content_expires_at",
    "expires_at",
)


def parse_new(document: object, *, now: datetime) -> dict[str, Any]:
    """The fields of an interaction that a caller wants recorded, ready for `Interaction(**fields)`.

    `user_id` and `created_at` stay in the result as given, for the caller to check against the credential; the id is
    the given one, else one made from `created_at`, else a new one. What is null or left out is not in the result, but
    for a `cost` that is null: it says that the cost is not known.

    Raises:
        Invalid: with every field that is wrong, of which no value is repeated.
    """
    given = Fields(document)
    fields = {
        "user_id": given.text("user_id", max_length=128, pattern=NAME_PATTERN),
        "conversation_id": given.text("conversation_id", max_length=128, pattern=NAME_PATTERN),
        "prompt": given.text("prompt", max_length=MAX_TEXT, required=True),
        "requested_model": given.text("requested_model", max_length=MAX_LABEL),
        "trace_id": given.text("trace_id", max_length=32, pattern=TRACE_ID_PATTERN),
        "metadata": read_metadata(given),
        **_outcome(given),
    }
    fields["created_at"] = given.instant("created_at")
    fields["interaction_id"] = _interaction_id(given, fields["created_at"], now) or new_interaction_id()
    fields["status"] = _status(given, fields)
    given.close(read_only=READ_ONLY_FIELDS)
    given.check()
    unknown = {"cost"} if _is_null(document, "cost") else set()
    return {name: value for name, value in fields.items() if value is not None or name in unknown}


def parse_stored(document: object, *, user_id: str | None, now: datetime) -> Interaction:
    """An interaction as `to_document` wrote it in full: with it, `parse_stored(to_document(i)) == i`.

    What another writer left out takes its default; `user_id` owns what names no owner.

    Raises:
        Invalid: with every field that is wrong.
    """
    return Interaction(**stored_fields(document, user_id=user_id, now=now))


def stored_fields(document: object, *, user_id: str | None, now: datetime) -> dict[str, Any]:
    """The fields for `parse_stored`. Without a cost, or without both times of expiry, these are not in the result.

    Raises:
        Invalid: with every field that is wrong.
    """
    given = Fields(document)
    left_out = {"cost"} if "cost" not in given else set()
    if "expires_at" not in given and "content_expires_at" not in given:
        left_out |= {"expires_at", "content_expires_at"}
    created_at = given.instant("created_at")
    interaction_id = _interaction_id(given, created_at, now, required=True) or ""
    expired = _is_null(document, "prompt")
    fields = {
        "interaction_id": interaction_id,
        "user_id": given.text("user_id", max_length=128, pattern=NAME_PATTERN) or user_id,
        "conversation_id": given.text("conversation_id", max_length=128, pattern=NAME_PATTERN),
        "prompt": given.text("prompt", max_length=MAX_TEXT, required=not expired),
        "requested_model": given.text("requested_model", max_length=MAX_LABEL),
        "trace_id": given.text("trace_id", max_length=32, pattern=TRACE_ID_PATTERN),
        "metadata": read_metadata(given),
        **_outcome(given, COST_SOURCES),
        "feedback": read_feedback(given.object("feedback")),
        "context_turns": given.integer("context_turns"),
        "cached": given.boolean("cached") or False,
        "attempts": tuple(filter(None, map(read_attempt, given.objects("attempts", max_items=MAX_ATTEMPTS)))),
        "redaction": read_counts(given),
        "updated_at": given.instant("updated_at"),
        "version": given.integer("version", minimum=1) or 1,
        "content_expires_at": given.instant("content_expires_at"),
        "expires_at": given.instant("expires_at"),
    }
    fields["status"] = _status(given, fields, texts_expired=expired)
    if fields["user_id"] is None:
        given.error("user_id", "required", "is required")
    if expired and not (fields["content_expires_at"] and fields["content_expires_at"] <= now):
        given.error("prompt", "required", "is required until content_expires_at has passed")
    given.close()
    given.check()
    fields["updated_at"] = fields["updated_at"] or created_at_of(interaction_id)
    return {name: value for name, value in fields.items() if name not in left_out}


def parse_patch(document: object, current: Interaction) -> dict[str, Any]:
    """The fields that a JSON merge patch (RFC 7396) sets: those of the outcome that it names, and the metadata merged.

    Raises:
        Invalid: with every field that is wrong or may not be changed.
        ForbiddenTransition: the fields are right, but not for the status the interaction has.
    """
    given = Fields(document)
    document = document if isinstance(document, dict) else {}
    patch: dict[str, Any] = {}
    merged = dict(document)
    for name in ("usage", "cost", "error"):
        before = to_document(current)[name]
        if isinstance(document.get(name), dict) and isinstance(before, dict):
            merged[name] = {k: v for k, v in {**before, **document[name]}.items() if v is not None}
    if "metadata" in given:
        if document["metadata"] is None:
            merged["metadata"] = {}
        elif isinstance(document["metadata"], dict):
            both = {**current.metadata, **document["metadata"]}
            merged["metadata"] = {k: v for k, v in both.items() if v is not None}
    patched = Fields(merged, errors=given.errors)
    metadata = read_metadata(patched)
    if "metadata" in document:
        patch["metadata"] = metadata
    outcome = _outcome(patched)
    patch |= {name: outcome[name] for name in outcome if name in document}
    status = patched.choice("status", (status.value for status in Status))
    if status is not None:
        # A status comes with what it needs, so that the patch is right or wrong whatever it is applied to.
        patch["status"] = Status(status)
        for name, code, detail in _conflicts(patch["status"], outcome):
            patched.error(name, code, detail)
    for name in ("interaction_id", "user_id", "conversation_id", "prompt", "requested_model", "trace_id", "created_at"):
        if name in patched:
            patched.take(name)
            patched.error(name, "read-only", "never changes")
    patched.close(read_only=READ_ONLY_FIELDS)
    patched.check()
    if "status" not in patch and patch.keys() - {"metadata"}:
        patch["status"] = _implied(patch, current)
    return patch


def parse_feedback(document: object, *, at: datetime) -> Feedback:
    """A verdict of `at`: score, label, comment.

    Raises:
        Invalid: with every field that is wrong.
    """
    given = Fields(document)
    feedback = read_feedback(given, at=at)
    given.check()
    assert feedback is not None
    return feedback


def _interaction_id(given: Fields, created_at: datetime | None, now: datetime, required: bool = False) -> str | None:
    value = given.text("interaction_id", max_length=36, required=required and created_at is None)
    if value is not None:
        interaction_id = parse_interaction_id(value)
        if interaction_id is None:
            given.error("interaction_id", "uuid7", "must be a UUID of version 7")
            return None
        if created_at is not None and created_at_of(interaction_id) != _millisecond(created_at):
            given.error("created_at", "mismatch", "must be the millisecond that interaction_id carries")
            return None
        name = "interaction_id"
    elif created_at is not None:
        if created_at < EPOCH:
            given.error("created_at", "range", "must not lie before 1970")
            return None
        interaction_id = interaction_id_at(created_at)
        name = "created_at"
    else:
        return None
    if created_at_of(interaction_id) > now + MAX_CLOCK_AHEAD:
        given.error(name, "future", "lies more than five minutes ahead of the service's clock")
        return None
    return interaction_id


def _millisecond(instant: datetime) -> datetime:
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)


def _outcome(given: Fields, cost_sources: Iterable[CostSource] = GIVEN_COST_SOURCES) -> dict[str, Any]:
    return {
        "response": given.text("response", max_length=MAX_TEXT, min_length=0),
        "provider": given.text("provider", max_length=MAX_LABEL),
        "model": given.text("model", max_length=MAX_LABEL),
        "usage": read_usage(given.object("usage")),
        "cost": read_cost(given.object("cost"), cost_sources),
        "latency_ms": given.integer("latency_ms"),
        "finish_reason": given.text("finish_reason", max_length=MAX_FINISH_REASON),
        "response_id": given.text("response_id", max_length=MAX_LABEL),
        "error": read_error(given.object("error")),
    }


def _status(given: Fields, outcome: Mapping[str, Any], *, texts_expired: bool = False) -> Status:
    """The status that was given, else the one that follows; complains when the rest does not fit it."""
    value = given.choice("status", (status.value for status in Status))
    implied = Status.COMPLETED if outcome["response"] is not None else Status.PENDING
    status = Status(value) if value else implied
    for name, code, detail in _conflicts(status, outcome, texts_expired=texts_expired):
        given.error(name, code, detail)
    return status


def _implied(patch: Mapping[str, Any], current: Interaction) -> Status:
    """The status after a patch that names none: a response completes what is pending."""
    after = {name: patch.get(name, getattr(current, name)) for name in ("response", "error")}
    completes = current.status is Status.PENDING and after["response"] is not None
    status = Status.COMPLETED if completes else current.status
    for name, _, detail in _conflicts(status, after, texts_expired=current.prompt is None):
        raise ForbiddenTransition(f"{name} {detail}")
    return status


def _conflicts(
    status: Status, outcome: Mapping[str, Any], *, texts_expired: bool = False
) -> Iterator[tuple[str, str, str]]:
    """Field, code and detail of each way in which the response or the error does not fit the status."""
    if status is Status.COMPLETED and outcome["response"] is None and not texts_expired:
        yield "response", "required", "is required when the status is completed"
    if status is Status.PENDING and outcome["response"] is not None:
        yield "response", "forbidden", "must be null while the status is pending"
    if status is Status.FAILED and outcome["error"] is None:
        yield "error", "required", "is required when the status is failed"
    if status is not Status.FAILED and outcome["error"] is not None:
        yield "error", "forbidden", "must be null unless the status is failed"


def _is_null(document: object, name: str) -> bool:
    return isinstance(document, dict) and name in document and document[name] is None
