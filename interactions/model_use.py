"""What a question has used of models, as a line of the log has it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from interactions.domain.interaction import Interaction
from interactions.domain.pricing import NANO
from interactions.providers.resilience import Candidate
from interactions.providers.selection import get_providers

# In place of a model that only the caller has named: nobody's words get into the log.
OTHER = "other"


def log_fields(recorded: Interaction, depth: int, candidates: Sequence[Candidate]) -> dict[str, Any]:
    """`outcome` is `completed`, or the type of the error; the breakers' states are those after it."""
    usage, cost = recorded.usage, recorded.cost
    breakers = {each.provider.name: each.breaker.state for each in candidates}
    return {
        "provider": recorded.provider,
        "model": _model(recorded),
        "outcome": recorded.error.type if recorded.error is not None else recorded.status.value,
        "model_ms": recorded.latency_ms,
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
        "cost_usd": None if cost is None else cost.nano_usd / NANO,
        "unpriced": int(recorded.response is not None and cost is None),
        "attempts": len(recorded.attempts),
        "fallback_depth": depth,
        "breakers": ",".join(f"{name}:{state}" for name, state in breakers.items()),
        "open_breakers": sum(state != "closed" for state in breakers.values()),
    }


def _model(recorded: Interaction) -> str | None:
    named = recorded.requested_model
    known = {name for each in get_providers() for name in each.config.named_models}
    return recorded.model if named is None or named in known else OTHER
