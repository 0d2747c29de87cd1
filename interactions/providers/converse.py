"""What Bedrock's Converse is asked with, and what it answers: its text strictly, its tokens as far as they make sense.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

from interactions.domain.interaction import Usage
from interactions.providers.answers import count_of, odd, stored_text, without_text
from interactions.providers.base import Answer, Message, ProviderFailed

# Why an answer ends without a text, in OpenAI's words.
_STOPS = {
    "max_tokens": "length",
    "content_filtered": "content_filter",
    "guardrail_intervened": "content_filter",
    "tool_use": "tool_calls",
}


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


def read_converse(told: Mapping[str, Any], *, provider: str, model: str) -> Answer:
    """The answer, of which Bedrock does not tell the model.

    Raises:
        ProviderFailed: it has no text, too long a one, or another form.
    """
    text = _text(told, provider)
    if not text:
        raise without_text(provider, _STOPS.get(str(told.get("stopReason"))))
    return Answer(text=stored_text(text, provider), model=model, usage=_usage(told.get("usage")))


def _text(told: Mapping[str, Any], provider: str) -> str:
    """That of all blocks; reasoning, and what else there may be, has none."""
    found: Any = told
    for name in ("output", "message", "content"):
        found = found.get(name) if isinstance(found, Mapping) else None
    texts = [block.get("text", "") for block in found or () if isinstance(block, Mapping)]
    if found is None or not all(isinstance(text, str) for text in texts):
        raise malformed(provider)
    return "".join(texts)


def _usage(told: object) -> Usage:
    """Bedrock counts what the cache reads and writes apart from the input, OpenTelemetry as part of it.

    https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html
    """
    usage = told if isinstance(told, Mapping) else {}
    apart, out = count_of(usage.get("inputTokens")), count_of(usage.get("outputTokens"))
    read, written = count_of(usage.get("cacheReadInputTokens")), count_of(usage.get("cacheWriteInputTokens"))
    return Usage(
        input_tokens=None if apart is None else count_of(apart + (read or 0) + (written or 0)),
        output_tokens=out,
        cache_read_input_tokens=read,
        cache_creation_input_tokens=written,
    )


def malformed(provider: str) -> ProviderFailed:
    return odd("malformed-answer", f"{provider} answered in another form than Converse does")
