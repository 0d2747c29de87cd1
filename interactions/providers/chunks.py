"""Put the chunks of a streamed chat completion together. The service asks for no stream; some endpoints stream anyway.

https://platform.openai.com/docs/api-reference/chat-streaming
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from interactions.providers.answers import members_of


def whole_of(chunks: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """The chat completion of the chunks; None if there is none, or if the stream broke off before its end.

    A document that is whole, or an error, is returned as it is.
    """
    for chunk in chunks:
        choice = _choice(chunk)
        if error := chunk.get("error") or choice.get("error"):
            return {**chunk, "choices": [], "error": error}
        if choice.get("message"):
            return chunk
    if len(chunks) == 1 and "delta" not in _choice(chunks[0]):
        return chunks[0]
    told: dict[str, Any] = {}
    message: dict[str, str] = {}
    reason = None
    for chunk in chunks:
        told |= {name: value for name, value in chunk.items() if value is not None and name != "choices"}
        choice = _choice(chunk)
        reason = choice.get("finish_reason") or reason
        for name, text in members_of(choice.get("delta")).items():
            if name in {"content", "refusal"} and isinstance(text, str):
                message[name] = message.get(name, "") + text
    if reason is None:
        return None
    return {**told, "choices": [{"message": message, "finish_reason": reason}]}


def _choice(chunk: dict[str, Any]) -> dict[str, Any]:
    """The first choice. The service asks for one, and a stream's last chunk can have none."""
    choices = chunk.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    return members_of(first) if members_of(first).get("index") in (None, 0) else {}
