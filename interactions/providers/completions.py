"""What a chat completion says: its text strictly, its tokens and cost as far as they make sense.

https://platform.openai.com/docs/api-reference/chat/object, https://openrouter.ai/docs/use-cases/usage-accounting
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NoReturn

from interactions.domain.fields import text_problem
from interactions.domain.interaction import MAX_LABEL, Usage
from interactions.domain.pricing import MAX_NANO_USD, NANO
from interactions.providers.answers import count_of, odd, stored_text, without_text
from interactions.providers.base import Answer, ProviderFailed


def parse(body: bytes) -> Any:
    """The JSON's value, numbers with a fraction as decimals; None where it is no JSON."""
    try:
        return _DECODER.decode(body.decode())
    except (ValueError, RecursionError):
        return None


def error_in(document: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The error that is told in place of an answer, or of its rest."""
    choice = _first(document.get("choices"))
    for told in (choice.get("error") if isinstance(choice, dict) else None, None if choice else document.get("error")):
        if isinstance(told, dict):
            return told
    return None


def read_completion(document: Mapping[str, Any], *, provider: str, model: str) -> Answer:
    """The answer, of the model that was asked where none is told.

    Raises:
        ProviderFailed: it has no text, too long a one, or another form.
    """
    text = stored_text(_text(document, provider), provider)
    told = document.get("model")
    usage = document.get("usage")
    usage = usage if isinstance(usage, dict) else {}
    return Answer(
        text=text,
        model=told if isinstance(told, str) and text_problem(told, max_length=MAX_LABEL) is None else model,
        usage=_usage(usage),
        nano_usd=_nano_usd(usage),
    )


def _text(document: Mapping[str, Any], provider: str) -> str:
    choices = document.get("choices")
    if choices is None or choices == []:
        raise odd("empty-answer", f"{provider} answered without a choice")
    choice = _first(choices)
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(message, dict):
        raise _malformed(provider)
    content = message.get("content")
    if isinstance(content, list):
        content = "".join(_part(part, provider) for part in content)
    if not content:
        content = message.get("refusal") or content
    if not content and content in (None, ""):
        raise without_text(provider, choice.get("finish_reason"))
    if not isinstance(content, str):
        raise _malformed(provider)
    return content


def _part(part: object, provider: str) -> str:
    """The text of one part of a content; reasoning that is shown as one is none."""
    kind = part.get("type") if isinstance(part, dict) else None
    if kind not in {"text", "refusal"}:
        if isinstance(kind, str):
            return ""
        raise _malformed(provider)
    assert isinstance(part, dict)
    text = part.get(kind)
    if not isinstance(text, str):
        raise _malformed(provider)
    return text


def _usage(told: Mapping[str, Any]) -> Usage:
    """The tokens as OpenTelemetry counts them: input with what the cache read or wrote, output with the reasoning.

    Most endpoints count so, but for xAI and Gemini the reasoning, for others the cache, stands beside; the total tells.
    """
    into, out = _object(told, "prompt_tokens_details"), _object(told, "completion_tokens_details")
    prompt, completion = count_of(told.get("prompt_tokens")), count_of(told.get("completion_tokens"))
    read = _first_count(into.get("cached_tokens"), told.get("cache_read_input_tokens"))
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


def _nano_usd(usage: Mapping[str, Any]) -> int | None:
    """What OpenRouter says that the call cost; with one's own key that is its fee, and the model comes on top."""
    amounts = [usage.get("cost")]
    if usage.get("is_byok") is True:
        amounts.append(_object(usage, "cost_details").get("upstream_inference_cost"))
    costs = [Decimal(each) for each in amounts if type(each) is int or isinstance(each, Decimal)]
    if len(costs) < len(amounts) or not all(0 <= each < MAX_NANO_USD for each in costs):
        return None
    nano_usd = int(sum(costs, Decimal(0)).quantize(Decimal(1) / NANO, ROUND_HALF_UP) * NANO)
    return nano_usd if nano_usd <= MAX_NANO_USD else None


def _object(value: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = value.get(name)
    return found if isinstance(found, dict) else {}


def _first_count(*values: object) -> int | None:
    return next((count for value in values if (count := count_of(value)) is not None), None)


def _first(choices: object) -> Any:
    return choices[0] if isinstance(choices, list) and choices else None


def _malformed(provider: str) -> ProviderFailed:
    return odd("malformed-answer", f"{provider} answered what is no chat completion")


def _decimal(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except ArithmeticError:  # an exponent of twenty digits
        return None


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(parse_float=_decimal, parse_constant=_no_constant)
