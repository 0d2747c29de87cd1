"""The use case of asking an assistant: recorded before a model is asked, and whatever becomes of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple

from interactions import answer_cache
from interactions.conf import conf
from interactions.domain.context import Turn, turns_within
from interactions.domain.errors import ForbiddenTransition, Gone, InFlight, Invalid, NotFound, TooLarge, VersionConflict
from interactions.domain.identifiers import new_interaction_id
from interactions.domain.interaction import (
    ABANDONED,
    ABANDONED_AFTER,
    MAX_ERROR_MESSAGE,
    MAX_LABEL,
    CallError,
    Interaction,
    Status,
)
from interactions.domain.reasoning import without_reasoning
from interactions.domain.redaction import redact
from interactions.metering import current_use
from interactions.model_use import log_fields
from interactions.providers.base import Message
from interactions.providers.resilience import Candidate, Outcome, ask
from interactions.providers.selection import candidates_for
from interactions.recording import draft, record, with_outcome
from interactions.repositories import get_repository
from interactions.repositories.base import Idempotency
from interactions.services import request_deadline
from interactions.spending import Spending

DEADLINE_EXCEEDED = "deadline-exceeded"
# What is left of a request's time when the models' is over, to record what they have said.
RECORDING_SECONDS = 0.5
# Longer than any request takes: Lambda ends one after 30 s. Whoever repeats it then finds that its first one has died.
LEASE = timedelta(minutes=1)
# How many interactions of a conversation are looked through for turns that go along.
MOST_TURNS = 100


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
        Gone: what was recorded was deleted while the model was answering.
        IdempotencyConflict, NotFound: as `InteractionRepository.add`.
    """
    fields = _pending(user_id, prompt, conversation_id, model, metadata, trace_id)
    pending = draft(fields)
    asked = pending.interaction.prompt or ""
    if idempotency is not None and (earlier := get_repository().of_key(user_id, idempotency)) is not None:
        return Asked(_ended(earlier), replayed=True)
    candidates = candidates_for(model)
    max_tokens = max_tokens or conf.max_output_tokens
    question = answer_cache.Question(user_id, asked, candidates[0].model, max_tokens, temperature)
    if conversation_id is None and (known := answer_cache.find(question)) is not None:
        added = record(draft({**fields, **_answered_before(known)}), idempotency)
        return Asked(_ended(added.interaction) if added.replayed else added.interaction, added.replayed)
    turns = _earlier(user_id, conversation_id)
    messages = [*_messages(turns), Message("user", asked)]
    spending = Spending(user_id, messages, max_tokens)
    spending.hold(candidates)
    try:
        added = record(pending, idempotency, pending.interaction.created_at + ABANDONED_AFTER)
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
    recorded = _recorded(added.interaction, _result(outcome, spending, len(turns)), outcome, candidates)
    if conversation_id is None:
        answer_cache.keep(question, recorded)
    return Asked(recorded)


def _pending(
    user_id: str,
    prompt: str,
    conversation_id: str | None,
    model: str | None,
    metadata: Mapping[str, str],
    trace_id: str | None,
) -> dict[str, Any]:
    return {
        "interaction_id": new_interaction_id(),
        "user_id": user_id,
        "conversation_id": conversation_id,
        "status": Status.PENDING,
        "prompt": prompt,
        "requested_model": model,
        "metadata": metadata,
        "trace_id": trace_id,
    }


def _ended(interaction: Interaction) -> Interaction:
    """What an earlier request of the key has recorded; where it has died, that it has."""
    if interaction.status is not Status.PENDING:
        return interaction
    if interaction.created_at + LEASE > datetime.now(UTC):
        raise InFlight("the first request of this key has not ended yet")
    return _update(interaction, {"status": Status.FAILED, "error": ABANDONED})


def _earlier(user_id: str, conversation_id: str | None) -> list[Turn]:
    """The turns of the conversation that go along, masked, since some may be older than the policy."""
    if conversation_id is None:
        return []
    newest_first = islice(get_repository().turns(user_id, conversation_id), MOST_TURNS)
    said = (
        Turn(_masked(each.prompt), without_reasoning(_masked(each.response)))
        for each in newest_first
        if each.status is Status.COMPLETED
    )
    return turns_within(said, conf.context_tokens)


def _masked(text: str | None) -> str:
    return redact(text or "", conf.redaction).text


def _messages(turns: Sequence[Turn]) -> Iterator[Message]:
    for turn in turns:
        yield Message("user", turn.prompt)
        yield Message("assistant", turn.response)


def _answered_before(known: Interaction) -> dict[str, Any]:
    """The outcome that a repeated answer gives."""
    return {
        "status": Status.COMPLETED,
        "response": _masked(known.response),
        "provider": known.provider,
        "model": known.model,
        "usage": known.usage,
        "finish_reason": known.finish_reason,
        "cost": answer_cache.NOTHING,
        "cached": True,
    }


def _result(outcome: Outcome, spending: Spending, context_turns: int) -> dict[str, Any]:
    """The fields that an interaction gets of what came of asking; usage and cost are of all calls that were billed."""
    common = {
        "provider": outcome.provider,
        "attempts": outcome.attempts,
        "latency_ms": outcome.latency_ms,
        "usage": spending.usage,
        "cost": spending.cost,
        "context_turns": context_turns,
    }
    if outcome.answer is None:
        model = spending.model and spending.model[:MAX_LABEL]
        return {**common, "status": Status.FAILED, "model": model, "error": _error(outcome)}
    return {
        **common,
        "status": Status.COMPLETED,
        "response": outcome.answer.text,
        "model": outcome.answer.model[:MAX_LABEL],
        "finish_reason": outcome.answer.finish_reason,
        "response_id": outcome.answer.response_id,
    }


def _error(outcome: Outcome) -> CallError:
    failure = outcome.failure
    message = failure.message if failure is not None else "no call was made"
    if outcome.is_late:
        return CallError(type=DEADLINE_EXCEEDED, message=f"no answer came in time: {message}"[:MAX_ERROR_MESSAGE])
    return CallError(type=failure.type if failure is not None else "failed", message=message[:MAX_ERROR_MESSAGE])


def _recorded(
    pending: Interaction, result: Mapping[str, Any], outcome: Outcome, candidates: Sequence[Candidate]
) -> Interaction:
    """Record what came of asking, and meter it.

    Raises:
        Gone: the record was deleted, or its user erased, meanwhile; nothing is written.
    """
    try:
        recorded = _update(pending, result)
    except NotFound as error:
        _meter(replace(pending, **result), outcome, candidates)
        raise Gone("the interaction was deleted while the model was answering") from error
    _meter(recorded, outcome, candidates)
    return recorded


def _update(current: Interaction, outcome: Mapping[str, Any]) -> Interaction:
    """Record the outcome; where somebody else has ended the interaction meanwhile, theirs stands."""
    repository = get_repository()
    while True:
        try:
            return repository.update(_with(current, outcome), current.version)
        except VersionConflict:
            current = repository.get(current.interaction_id, current.user_id)
        except ForbiddenTransition:
            return current


def _with(current: Interaction, outcome: Mapping[str, Any]) -> Interaction:
    """The interaction with its outcome, which is a failure where the answer does not fit into the record."""
    now = datetime.now(UTC)
    try:
        return with_outcome(current, outcome, at=now, refuses=False)
    except (TooLarge, Invalid):
        error = CallError(type="answer-too-large", message="the answer is too large to be stored with its prompt")
        too_large = {"status": Status.FAILED, "response": None, "error": error}
        return with_outcome(current, {**outcome, **too_large}, at=now)


def _meter(recorded: Interaction, outcome: Outcome, candidates: Sequence[Candidate]) -> None:
    if (use := current_use()) is not None:
        use.model_call = log_fields(recorded, outcome.depth, candidates)
