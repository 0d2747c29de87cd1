"""Recording: personal data masked, retention applied, priced, the size checked, and stored, in this one place.

What is stored is made by `draft` alone, so no caller can leave a step out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from interactions.conf import conf
from interactions.domain.errors import DomainError, Invalid
from interactions.domain.interaction import Interaction, Status, Usage, check_size
from interactions.domain.pricing import Cost
from interactions.redacting import counted, redacted_changes, redacted_fields
from interactions.repositories import get_repository
from interactions.repositories.base import Added, Idempotency

Fields = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Draft:
    """An interaction that may be stored as it is. Only `draft` makes one."""

    interaction: Interaction


def draft(fields: Fields) -> Draft:
    """What would be stored of an exchange; `fields` are those of `Interaction`, as far as they are known.

    Without `expires_at` and `content_expires_at` the settings' retention applies; without `cost` the price table does,
    while None says that the cost is not known. `created_at` may be there and is not read: the id has it.

    Raises:
        TooLarge: it would fit no store.
        Invalid: it has personal data that are refused, or that make it too long once they are masked.
    """
    redacted, counts = redacted_fields({name: value for name, value in fields.items() if name != "created_at"})
    interaction = counted(Interaction(**({"updated_at": datetime.now(UTC)} | redacted)), counts)
    if not {"expires_at", "content_expires_at"} & fields.keys():
        content_expires_at, expires_at = conf.retention.expiry(interaction.created_at)
        interaction = replace(interaction, content_expires_at=content_expires_at, expires_at=expires_at)
    if "cost" not in fields:
        interaction = _priced(interaction)
    check_size(interaction)
    return Draft(interaction)


def interaction_record(*, fields: Fields, idempotency: Idempotency | None = None) -> Added:
    """Record an exchange that happened elsewhere. Raises as `draft` and `InteractionRepository.add` do.

    Raises:
        Invalid: it is so old that its retention has passed.
    """
    return record(_unexpired(fields), idempotency)


def interactions_record(*, many: Iterable[Fields]) -> list[Interaction | DomainError]:
    """Record several, each for itself: one outcome an input, in order."""
    outcomes: list[Draft | DomainError] = []
    for fields in many:
        try:
            outcomes.append(_unexpired(fields))
        except DomainError as error:
            outcomes.append(error)
    stored = iter(record_many([outcome for outcome in outcomes if isinstance(outcome, Draft)]))
    return [next(stored) if isinstance(outcome, Draft) else outcome for outcome in outcomes]


def record(draft: Draft, idempotency: Idempotency | None = None, leased_until: datetime | None = None) -> Added:
    """Store it. Raises as `InteractionRepository.add` does."""
    return get_repository().add(draft.interaction, idempotency, leased_until)


def record_many(drafts: Sequence[Draft]) -> list[Interaction | DomainError]:
    """Store each that can be stored: one outcome an input, in order."""
    return get_repository().add_many([each.interaction for each in drafts])


def with_outcome(current: Interaction, outcome: Fields, *, at: datetime, refuses: bool = True) -> Interaction:
    """The interaction with the given fields of its outcome and its metadata; only what is new in them is masked.

    What ends it without a `cost` gets the price table's. What a model said is masked and never refused (`refuses`).
    The caller stores it, if the version is still the same.

    Raises:
        ForbiddenTransition, TooLarge
        Invalid: as `draft`.
    """
    redacted, counts = redacted_changes(outcome, current, refuses=refuses)
    fields = {name: value for name, value in redacted.items() if name != "metadata"}
    changed = current.with_outcome(fields, at=at) if fields else current
    changed = changed.with_metadata(redacted["metadata"], at=at) if "metadata" in redacted else changed
    if changed == current:
        return current  # the same again counts once
    if "cost" not in outcome and current.cost is None and current.status is not changed.status:
        changed = _priced(changed)
    changed = counted(changed, counts)
    check_size(changed)
    return changed


def _unexpired(fields: Fields) -> Draft:
    made = draft(fields)
    expires_at = made.interaction.expires_at
    if expires_at is not None and expires_at <= datetime.now(UTC):
        given = "created_at" if "created_at" in fields else "interaction_id"
        raise Invalid.field(f"#/{given}", "expired", "lies further back than interactions are kept")
    return made


def _priced(interaction: Interaction) -> Interaction:
    """With the cost that the price table says, where that is known; a repeated answer has none of its own."""
    if interaction.status is Status.PENDING or interaction.cached or interaction.cost is not None:
        return interaction
    provider, model, asked = interaction.provider, interaction.model, interaction.requested_model
    if provider is None or model is None:
        return interaction
    cost = cost_by_table(provider, model, interaction.usage, day=interaction.created_at.date(), asked=asked)
    return replace(interaction, cost=cost)


def cost_by_table(
    provider: str, model: str, usage: Usage, *, day: date, asked: str | None, tier: str | None = None
) -> Cost | None:
    """The cost of a call on that day by the price table; None if it has no price or the tokens are not known."""
    if usage.input_tokens is None or usage.output_tokens is None:
        return None
    # A call without tokens need not wait for the file of prices.
    from interactions.domain.price_file import price_table
    from interactions.domain.price_table import cost_of

    row = price_table(conf.prices_file).find(provider, model, day=day, asked=asked)
    return None if row is None else cost_of(usage, row, tier)
