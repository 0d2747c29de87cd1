"""Read the tokens and the cost of a chat completion, as far as they make sense.

https://platform.openai.com/docs/api-reference/chat/object, https://openrouter.ai/docs/use-cases/usage-accounting
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from interactions.domain.interaction import Usage
from interactions.domain.pricing import MAX_NANO_USD, NANO
from interactions.providers.answers import count_of, members_of


def usage_of(told: Mapping[str, Any]) -> Usage:
    """The tokens as OpenTelemetry counts them: input includes the cache, output includes the reasoning.

    Most endpoints count so. xAI and Gemini count the reasoning apart, others the cache; the total shows it.
    """
    into, out = members_of(told.get("prompt_tokens_details")), members_of(told.get("completion_tokens_details"))
    prompt, completion = count_of(told.get("prompt_tokens")), count_of(told.get("completion_tokens"))
    read = _first_count(
        into.get("cached_tokens"),
        told.get("cache_read_input_tokens"),
        told.get("prompt_cache_hit_tokens"),  # DeepSeek
        told.get("cached_tokens"),  # Moonshot
    )
    written = _first_count(
        into.get("cache_write_tokens"), into.get("cache_creation_tokens"), told.get("cache_creation_input_tokens")
    )
    reasoning = count_of(out.get("reasoning_tokens"))
    total = count_of(told.get("total_tokens"))
    cached = (read or 0) + (written or 0)
    if total is not None and prompt is not None and completion is not None and total > prompt + completion:
        beside = total - prompt - completion
        if beside == cached and beside != reasoning:
            prompt += cached
        elif beside == reasoning or not reasoning:
            completion += beside
    if prompt is not None and cached > prompt:
        prompt = None  # a whole that is smaller than its parts
    if completion is not None and (reasoning or 0) > completion:
        completion = None
    return Usage(
        input_tokens=prompt,
        output_tokens=completion,
        cache_read_input_tokens=read,
        cache_creation_input_tokens=written,
        reasoning_output_tokens=reasoning,
    )


def nano_usd_of(usage: Mapping[str, Any]) -> int | None:
    """The cost that OpenRouter states. With the caller's own key that is a fee, and the model's cost is added."""
    amounts = [usage.get("cost")]
    if usage.get("is_byok") is True:
        amounts.append(members_of(usage.get("cost_details")).get("upstream_inference_cost"))
    costs = [Decimal(each) for each in amounts if type(each) is int or isinstance(each, Decimal)]
    if len(costs) < len(amounts) or not all(0 <= each < MAX_NANO_USD for each in costs):
        return None
    nano_usd = int(sum(costs, Decimal(0)).quantize(Decimal(1) / NANO, ROUND_HALF_UP) * NANO)
    return nano_usd if nano_usd <= MAX_NANO_USD else None


def _first_count(*values: object) -> int | None:
    return next((count for value in values if (count := count_of(value)) is not None), None)
