"""Rules for the answers of every kind of provider: texts that can be stored, plausible counts, known reasons."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from interactions.domain.fields import text_problem
from interactions.domain.interaction import MAX_FINISH_REASON, MAX_INTEGER, MAX_TEXT
from interactions.domain.reasoning import without_reasoning
from interactions.providers.base import NO_USAGE, Answer, ProviderFailed

MAX_TIER = 32
# Why an answer ended without a text, by OpenAI's finish reason.
REASONS = {
    "length": "the tokens were used up: allow more",
    "content_filter": "its filter of contents left nothing over",
    "tool_calls": "it wants to call a tool",
}
# OpenAI's finish reasons, by the words of others in small letters: Anthropic, Bedrock, Cohere, Gemini, Hugging Face.
_FINISH_REASONS = {
    **dict.fromkeys(("stop", "complete", "completed", "end_turn", "eos", "eos_token", "stop_sequence"), "stop"),
    **dict.fromkeys(("length", "max_output_tokens", "max_tokens", "model_context_window_exceeded"), "length"),
    **dict.fromkeys(
        ("blocklist", "content_filter", "content_filtered", "guardrail_intervened", "prohibited_content", "recitation"),
        "content_filter",
    ),
    **dict.fromkeys(("refusal", "safety", "sensitive", "spii"), "content_filter"),
    **dict.fromkeys(("function_call", "tool_call", "tool_calls", "tool_use"), "tool_calls"),
}
_NOT_STORED = re.compile("[\0\ud800-\udfff]")
_DIGITS = re.compile(r"[0-9]{1,16}(\.0{1,16})?")


def finished(answer: Answer, provider: str) -> Answer:
    """The answer with a text that can be stored and without the model's reasoning.

    Characters that no store takes (NUL, half of a surrogate pair) become U+FFFD, since the rest has been paid for.

    Raises:
        ProviderFailed: no text is left, or it is too long for the record. The request caused it, not the provider.
    """
    text = without_reasoning(answer.text)
    if not text:
        reason = answer.finish_reason
        why = f": {REASONS[reason]}" if reason in REASONS else ""
        raise odd("empty-answer", f"{provider} answered without a text{why}", counts=False, answer=answer)
    if len(text) > MAX_TEXT:
        message = f"{provider} answered more than {MAX_TEXT} characters"
        raise odd("answer-too-large", message, counts=False, answer=answer)
    return answer._replace(text=_NOT_STORED.sub("\ufffd", text))


def finish_reason_of(value: object) -> str | None:
    """Why the model stopped, in OpenAI's word if one fits, else the first characters of the provider's word."""
    if not isinstance(value, str):
        return None
    return _FINISH_REASONS.get(value.lower()) or label_of(value[:MAX_FINISH_REASON], MAX_FINISH_REASON)


def label_of(value: object, max_length: int) -> str | None:
    """The text if it can be stored and is not too long, else None."""
    return value if isinstance(value, str) and text_problem(value, max_length=max_length) is None else None


def count_of(value: object) -> int | None:
    """The count, also if it is written as `12.0` or `"12"`; None if it is no count that can be stored."""
    if isinstance(value, str) and _DIGITS.fullmatch(value):
        value = Decimal(value)
    if isinstance(value, float | Decimal) and 0 <= value <= MAX_INTEGER and value == int(value):
        value = int(value)
    return value if type(value) is int and 0 <= value <= MAX_INTEGER else None


def odd(type: str, message: str, *, counts: bool = True, answer: Answer | None = None) -> ProviderFailed:
    """The failure for an answer that came, may have cost money, and cannot be used.

    `answer` has what the provider said about its usage; the failure carries it, so that its tokens and cost count.
    """
    return ProviderFailed(type, message, billable=True, counts=counts, billed=billed_of(answer))


def billed_of(answer: Answer | None) -> Answer | None:
    """The answer without its text, None if it says nothing about tokens and cost."""
    if answer is None or (answer.usage == NO_USAGE and answer.nano_usd is None):
        return None
    return answer._replace(text="")


def members_of(value: Any) -> dict[str, Any]:
    """The members of a JSON object, none if it is another type."""
    return value if isinstance(value, dict) else {}
