"""Write requests for Bedrock's Converse, and read its answers: the text strictly, the rest as far as it makes sense.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

from interactions.domain.interaction import MAX_LABEL, Usage
from interactions.providers.answers import (
    MAX_TIER,
    count_of,
    finish_reason_of,
    finished,
    label_of,
    members_of,
    odd,
)
from interactions.providers.base import Answer, Message, ProviderFailed


def request_of(
    messages: Sequence[Message], *, model: str, max_tokens: int, temperature: float | None
) -> dict[str, Any]:
    # Roles must alternate, and do not where a turn was not answered.
    turns = [
        {"role": role, "content": [{"text": message.text} for message in of_one]}
        for role, of_one in groupby(messages, key=attrgetter("role"))
    ]
    inference: dict[str, Any] = {"maxTokens": max_tokens}
    if temperature is not None:
        inference["temperature"] = temperature
    return {"modelId": model, "messages": turns, "inferenceConfig": inference}


def read_converse(told: Mapping[str, Any], *, provider: str, model: str, request_id: str | None = None) -> Answer:
    """The answer. Bedrock names neither the model nor an id of the answer: they are those of the request.

    Raises:
        ProviderFailed: it has no text, too long a text, or another form.
    """
    answer = Answer(
        text="",
        model=model,
        usage=_usage(members_of(told.get("usage"))),
        finish_reason=finish_reason_of(told.get("stopReason")),
        response_id=label_of(request_id, MAX_LABEL),
        service_tier=_tier(told),
    )
    return finished(answer._replace(text=_text(told, provider, answer)), provider)


def _text(told: Mapping[str, Any], provider: str, answer: Answer) -> str:
    """The text of all blocks; reasoning and other blocks have none. A guardrail can leave no message."""
    found: Any = told.get("output", ())
    for name in ("message", "content"):
        if not isinstance(found, dict):
            raise malformed(provider, answer)
        if (found := found.get(name)) is None:
            return ""
    if not isinstance(found, list):
        raise malformed(provider, answer)
    texts = [members_of(block).get("text", "") for block in found]
    if not all(isinstance(text, str) for text in texts):
        raise malformed(provider, answer)
    return "".join(texts)


def _usage(usage: Mapping[str, Any]) -> Usage:
    """Bedrock counts what the cache reads and writes apart from the input, OpenTelemetry as part of it.

    https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
    """
    apart, out = count_of(usage.get("inputTokens")), count_of(usage.get("outputTokens"))
    read, written = count_of(usage.get("cacheReadInputTokens")), count_of(usage.get("cacheWriteInputTokens"))
    return Usage(
        input_tokens=None if apart is None else count_of(apart + (read or 0) + (written or 0)),
        output_tokens=out,
        cache_read_input_tokens=read,
        cache_creation_input_tokens=written,
    )


def _tier(told: Mapping[str, Any]) -> str | None:
    """The tier of service. An answer of optimized latency has a price of its own, and is a tier here too."""
    tier = label_of(members_of(told.get("serviceTier")).get("type"), MAX_TIER)
    is_fast = members_of(told.get("performanceConfig")).get("latency") == "optimized"
    return "optimized" if is_fast and tier in (None, "default") else tier


def malformed(provider: str, answer: Answer | None = None) -> ProviderFailed:
    return odd("malformed-answer", f"{provider} answered in another form than Converse does", answer=answer)
