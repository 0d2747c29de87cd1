"""Read a chat completion: its text strictly, the rest as far as it makes sense.

https://platform.openai.com/docs/api-reference/chat/object
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from interactions.domain.interaction import MAX_LABEL
from interactions.providers.answers import (
    MAX_TIER,
    finish_reason_of,
    finished,
    label_of,
    members_of,
    odd,
)
from interactions.providers.base import Answer, ProviderFailed
from interactions.providers.completion_usage import nano_usd_of, usage_of
from interactions.providers.refusals import reveals

# Keys of local endpoints are words, such as "none" or "ollama", and no secrets.
SHORTEST_KEY = 12
_TEXT_PARTS = {"text": "text", "output_text": "text", "refusal": "refusal"}


def error_in(document: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The error that the document has in place of an answer, or of the rest of one; an error's text as its message."""
    choice = _first(document.get("choices"))
    told = members_of(choice).get("error") or (None if choice else document.get("error"))
    if isinstance(told, str):
        return {"message": told}
    return told if isinstance(told, dict) else None


def read_completion(document: Mapping[str, Any], *, provider: str, model: str, key: str) -> Answer:
    """The answer. `model` is its model if the document names none.

    Raises:
        ProviderFailed: it has no text, too long a text, or another form.
    """
    answer = labels_of(document, model=model, key=key)
    return finished(answer._replace(text=_text(document, provider, answer)), provider)


def labels_of(document: Mapping[str, Any], *, model: str, key: str) -> Answer:
    """Everything but the text: model, tokens, cost, finish reason, id and tier.

    Labels are logged and shown. One that repeats the key is left out.
    """

    def harmless(label: str | None) -> str | None:
        return None if label is not None and len(key) >= SHORTEST_KEY and reveals(label, key) else label

    usage = members_of(document.get("usage"))
    tier = document.get("service_tier") or usage.get("service_tier")
    choice = members_of(_first(document.get("choices")))
    return Answer(
        text="",
        model=harmless(label_of(document.get("model"), MAX_LABEL)) or model,
        usage=usage_of(usage),
        nano_usd=nano_usd_of(usage),
        finish_reason=harmless(finish_reason_of(choice.get("finish_reason"))),
        response_id=harmless(label_of(document.get("id"), MAX_LABEL)),
        service_tier=harmless(label_of(tier, MAX_TIER)),
    )


def _text(document: Mapping[str, Any], provider: str, answer: Answer) -> str:
    """The text of the first choice. A filter can leave no choice, or a choice without a message: then it is empty."""
    choices = document.get("choices", ())
    choice = _first(choices) if choices else {}
    message = choice.get("message") if isinstance(choice, dict) else ()
    message = {} if message is None else message
    if choices == () or not isinstance(message, dict):
        raise _malformed(provider, answer)
    content = message.get("content")
    if isinstance(content, list):
        content = "".join(_part(part, provider, answer) for part in content)
    content = content or message.get("refusal") or content
    if content is None:
        return ""
    if not isinstance(content, str):
        raise _malformed(provider, answer)
    return content


def _part(part: object, provider: str, answer: Answer) -> str:
    """The text of one part of a content; parts of other types, such as reasoning, have none."""
    kind = members_of(part).get("type")
    if not isinstance(kind, str):
        raise _malformed(provider, answer)
    if kind not in _TEXT_PARTS:
        return ""
    text = members_of(part).get(_TEXT_PARTS[kind])
    if not isinstance(text, str):
        raise _malformed(provider, answer)
    return text


def _first(choices: object) -> Any:
    return choices[0] if isinstance(choices, list) and choices else None


def _malformed(provider: str, answer: Answer) -> ProviderFailed:
    return odd("malformed-answer", f"{provider} answered what is no chat completion", answer=answer)
