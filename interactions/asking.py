"""The use case of asking an assistant: recorded before a model is asked, and whatever becomes of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, cast

from interactions import answer_cache
from interactions.conf import conf
from interactions.domain.context import turns_within
from interactions.domain.errors import ForbiddenTransition, InFlight, TooLarge, VersionConflict
from interactions.domain.identifiers import new_interaction_id
from interactions.domain.interaction import (
    ABANDONED,
    ABANDONED_AFTER,
    MAX_ERROR_MESSAGE,
    MAX_LABEL,
    CallError,
    Interaction,
    Status,
    check_size,
)
from interactions.domain.query import Filter
from interactions.domain.redaction import redact
from interactions.metering import current_use
from interactions.model_use import log_fields
from interactions.providers.base import Message
from interactions.providers.resilience import Candidate, Outcome, ask
from interactions.providers.selection import candidates_for
from interactions.redacting import counted
from interactions.repositories import get_repository
from interactions.repositories.base import Idempotency
from interactions.services import interaction_prepare, request_deadline
from interactions.spending import Spending

DEADLINE_EXCEEDED = "deadline-exceeded"
# What is left of a request's time when the models' is over, to record what they have said.
RECORDING_SECONDS = 0.5
# Longer than any request takes: Lambda ends one after 30 s. Whoever repeats it then finds that its first one has died.
LEASE = timedelta(minutes=1)
# Of a conversation no more is looked through for turns that go along.
TURNS_AT_ONCE, MOST_PAGES = 20, 5


class Asked(NamedTuple):
    """What was recorded; `replayed` when an earlier request of the same key has asked."""

    interaction: Interaction
    replayed: bool = False


def interaction_ask(
    *,
    user_id: str,
    prompt: str,
    conversation_id: str | None = None,
    model: str | None = None,
    max_tokens: int | None = None,
    temperature: float | None = None,
    metadata: Mapping[str, str],
    trace_id: str | None = None,
    idempotency: Idempotency | None = None,
) -> Asked:
    """Ask, and record the answer or why there is none; a repeat of the same key never starts a call.

    Raises:
        NoProvider, Invalid, TooLarge: nobody can be asked this, and nothing is recorded.
        SpendingLimitExceeded: it could cost more than is left of the day; nothing is recorded.
        InFlight: the first request of the key has not ended.
        IdempotencyConflict, NotFound: as `InteractionRepository.add`.
    """
    candidates = candidates_for(model)
    max_tokens = max_tokens or conf.max_output_tokens
    pending = _pending(user_id, prompt, conversation_id, model, metadata, trace_id)
    repository = get_repository()
    if idempotency is not None and (earlier := repository.of_key(user_id, idempotency)) is not None:
        return Asked(_ended(earlier), replayed=True)
    question = answer_cache.Question(user_id, pending.prompt or "", candidates[0].model, max_tokens, temperature)
    if conversation_id is None and (known := answer_cache.find(question)) is not None:
        added = repository.add(_answered_before(pending, known), idempotency)
        return Asked(_ended(added.interaction) if added.replayed else added.interaction, added.replayed)
    messages = [*_earlier(pending), Message("user", pending.prompt or "")]
    spending = Spending(user_id, messages, max_tokens)
    spending.hold(candidates)
    try:
        added = repository.add(pending, idempotency, pending.created_at + ABANDONED_AFTER)
        if added.replayed:
            return Asked(_ended(added.interaction), replayed=True)
        outcome = ask(
            candidates,
            messages,
            max_tokens=max_tokens,
            temperature=temperature,
            deadline=request_deadline() - RECORDING_SECONDS,
            guard=spending,
        )
    finally:
        spending.release()
    recorded = _recorded(added.interaction, *_result(outcome, spending))
    _meter(recorded, outcome, candidates)
    if conversation_id is None and recorded.status is Status.COMPLETED:
        answer_cache.keep(question, recorded.interaction_id)
    return Asked(recorded)


def _pending(
    user_id: str,
    prompt: str,
    conversation_id: str | None,
    model: str | None,
    metadata: Mapping[str, str],
    trace_id: str | None,
) -> Interaction:
    fields = {
        "interaction_id": new_interaction_id(),
        "user_id": user_id,
        "conversation_id": conversation_id,
        "status": Status.PENDING,
        "prompt": prompt,
        "requested_model": model,
        "metadata": metadata,
        "trace_id": trace_id,
    }
    return interaction_prepare(fields=fields, now=datetime.now(UTC))


def _ended(interaction: Interaction) -> Interaction:
    """What an earlier request of the key has recorded; where it has died, that it has."""
    if interaction.status is not Status.PENDING:
        return interaction
    if interaction.created_at + LEASE > datetime.now(UTC):
        raise InFlight("the first request of this key has not ended yet")
    return _recorded(interaction, {"status": Status.FAILED, "error": ABANDONED})


def _earlier(pending: Interaction) -> list[Message]:
    """The turns of the conversation that go along, without what was stored before personal data was masked."""
    if pending.conversation_id is None:
        return []
    turns = turns_within(_newest_first(pending.user_id, pending.conversation_id), conf.context_tokens)
    policy = conf.redaction
    return [
        message
        for turn in turns
        for message in (
            Message("user", redact(turn.prompt or "", policy).text),
            Message("assistant", redact(turn.response or "", policy).text),
        )
    ]


def _newest_first(user_id: str, conversation_id: str) -> Iterator[Interaction]:
    after = None
    for _ in range(MOST_PAGES):
        page = get_repository().list_page(
            Filter(user_id=user_id, conversation_id=conversation_id), limit=TURNS_AT_ONCE, after=after
        )
        yield from page.items
        after = page.next
        if after is None:
            return


def _answered_before(pending: Interaction, known: Interaction) -> Interaction:
    outcome = {
        "status": Status.COMPLETED,
        "response": known.response,
        "provider": known.provider,
        "model": known.model,
        "usage": known.usage,
        "cost": answer_cache.NOTHING,
        "cached": True,
    }
    return pending.with_outcome(outcome, at=pending.updated_at)


def _result(outcome: Outcome, spending: Spending) -> tuple[dict[str, Any], Mapping[str, int]]:
    """The fields that an interaction gets of what came of asking, and how much was masked in them."""
    common = {"provider": outcome.provider, "attempts": outcome.attempts, "latency_ms": outcome.latency_ms}
    if outcome.answer is None:
        return {**common, "status": Status.FAILED, "error": _error(outcome)}, {}
    response = redact(outcome.answer.text, conf.redaction)
    answered = {
        **common,
        "status": Status.COMPLETED,
        "response": response.text,
        "model": outcome.answer.model[:MAX_LABEL],
        "usage": outcome.answer.usage,
        "cost": spending.cost,
    }
    return answered, cast(Mapping[str, int], response.counts)


def _error(outcome: Outcome) -> CallError:
    failure = outcome.failure
    message = failure.message if failure is not None else "no call was made"
    if outcome.is_late:
        return CallError(type=DEADLINE_EXCEEDED, message=f"no answer came in time: {message}"[:MAX_ERROR_MESSAGE])
    return CallError(type=failure.type if failure is not None else "failed", message=message[:MAX_ERROR_MESSAGE])


def _recorded(current: Interaction, outcome: Mapping[str, Any], masked: Mapping[str, int] | None = None) -> Interaction:
    """Record the outcome; where somebody else has ended the interaction meanwhile, theirs stands."""
    repository = get_repository()
    while True:
        try:
            return repository.update(_with(current, outcome, masked or {}), current.version)
        except VersionConflict:
            current = repository.get(current.interaction_id, current.user_id)
        except ForbiddenTransition:
            return current


def _with(current: Interaction, outcome: Mapping[str, Any], masked: Mapping[str, int]) -> Interaction:
    """The interaction with its outcome, which is a failure where the answer does not fit into the record."""
    changed = counted(current.with_outcome(outcome, at=datetime.now(UTC)), masked)
    try:
        check_size(changed)
    except TooLarge:
        error = CallError(type="answer-too-large", message="the answer is too large to be stored with its prompt")
        return replace(changed, status=Status.FAILED, response=None, error=error)
    return changed


def _meter(recorded: Interaction, outcome: Outcome, candidates: list[Candidate]) -> None:
    if (use := current_use()) is not None:
        use.model_call = log_fields(recorded, outcome.depth, candidates)
