"""What all providers' answers are held to: a text that can be stored, counts that make sense."""

from __future__ import annotations

import re

from interactions.domain.interaction import MAX_INTEGER, MAX_TEXT
from interactions.providers.base import ProviderFailed

# Reasons for which an answer ends without a text, as OpenAI names them; others are not repeated.
REASONS = {
    "length": "the tokens were used up: allow more",
    "content_filter": "its filter of contents left nothing over",
    "tool_calls": "it wants to call a tool",
}
_NOT_STORED = re.compile("[\0\ud800-\udfff]")


def stored_text(text: str, provider: str) -> str:
    """The text, in which NUL and half a surrogate pair have become U+FFFD: the rest has been paid for.

    Raises:
        ProviderFailed: it is too long for the record.
    """
    if len(text) > MAX_TEXT:
        raise odd("answer-too-large", f"{provider} answered more than {MAX_TEXT} characters", counts=False)
    return _NOT_STORED.sub("\ufffd", text)


def without_text(provider: str, reason: object) -> ProviderFailed:
    """What was asked decides about it: it says nothing about the provider."""
    why = f": {REASONS[reason]}" if isinstance(reason, str) and reason in REASONS else ""
    return odd("empty-answer", f"{provider} answered without a text{why}", counts=False)


def count_of(value: object) -> int | None:
    return value if type(value) is int and 0 <= value <= MAX_INTEGER else None


def odd(type: str, message: str, *, counts: bool = True) -> ProviderFailed:
    """The failure of an answer that has come, and has been paid for."""
    return ProviderFailed(type, message, billable=True, counts=counts)
