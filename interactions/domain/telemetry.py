"""An interaction as OpenTelemetry attributes, and back: `docs/opentelemetry.md` is the table of the names."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from interactions.domain.document import to_document
from interactions.domain.errors import FieldError, Invalid
from interactions.domain.fields import Fields
from interactions.domain.interaction import MAX_LABEL, MAX_TEXT, Interaction
from interactions.domain.parsing import parse_stored
from interactions.domain.pricing import MAX_NANO_USD, amount_of, nano_usd_of
from interactions.domain.strict_json import parse_json

AttributeValue = str | bool | int | float | list[str]

# The names that the GenAI conventions have, by the place in the document.
_CONVENTIONS = {
    "user_id": "user.id",
    "conversation_id": "gen_ai.conversation.id",
    "prompt": "gen_ai.input.messages",
    "response": "gen_ai.output.messages",
    "provider": "gen_ai.provider.name",
    "model": "gen_ai.response.model",
    "requested_model": "gen_ai.request.model",
    "usage/input_tokens": "gen_ai.usage.input_tokens",
    "usage/output_tokens": "gen_ai.usage.output_tokens",
    "usage/cache_read_input_tokens": "gen_ai.usage.cache_read.input_tokens",
    "usage/cache_creation_input_tokens": "gen_ai.usage.cache_write.input_tokens",
    "usage/reasoning_output_tokens": "gen_ai.usage.reasoning.output_tokens",
    "finish_reason": "gen_ai.response.finish_reasons",
    "response_id": "gen_ai.response.id",
    "error/type": "error.type",
    "feedback/score": "gen_ai.evaluation.score.value",
    "feedback/label": "gen_ai.evaluation.score.label",
    "feedback/comment": "gen_ai.evaluation.explanation",
}
# All else is named after its place.
_OWN = "interactions."
_LACKING = (
    "interaction_id",
    "status",
    "cost/source",
    "cost/price_id",
    "latency_ms",
    "error/message",
    "trace_id",
    "feedback/at",
    "context_turns",
    "cached",
    "attempts",
    "updated_at",
    "version",
    "content_expires_at",
    "expires_at",
)
_NAMES = {
    **_CONVENTIONS,
    **{place: _OWN + place.replace("/", ".") for place in _LACKING},
    "cost/amount": f"{_OWN}cost.nano_usd",
}
# Each of their members is an attribute.
_MAPS = ("metadata", "redaction")
# What other programs may still write.
_FORMER = {"gen_ai.usage.cache_creation.input_tokens": "gen_ai.usage.cache_write.input_tokens"}

_OPERATION = ("gen_ai.operation.name", "chat")
_EVALUATION = ("gen_ai.evaluation.name", "user_feedback")
# Providers that the conventions know by another name than a configuration does, whose names have no dots.
_WELL_KNOWN = {
    "azure-openai": "azure.ai.openai",
    "bedrock": "aws.bedrock",
    "gemini": "gcp.gemini",
    "mistral": "mistral_ai",
    "moonshot": "moonshot_ai",
    "vertex-ai": "gcp.vertex_ai",
    "watsonx": "ibm.watsonx.ai",
    "xai": "x_ai",
}
_OURS = {well_known: ours for ours, well_known in _WELL_KNOWN.items()}
# Says the provider's name where the well-known one would be read back as another.
_PROVIDER = f"{_OWN}provider"

_MAX_MESSAGES = 100_000


def attributes_of(interaction: Interaction) -> dict[str, AttributeValue]:
    """The attributes of an interaction, texts included: those of what it has, none of what it lacks."""
    document = to_document(interaction)
    attributes: dict[str, AttributeValue] = dict([_OPERATION])
    for place, name in _NAMES.items():
        value = _at(document, place)
        if value is not None and value != []:
            attributes[name] = _WRITERS[place](value) if place in _WRITERS else value
    for each in _MAPS:
        attributes |= {f"{_OWN}{each}.{key}": value for key, value in document[each].items()}
    if interaction.feedback is not None:
        attributes |= dict([_EVALUATION])
    if interaction.provider is not None and _our_name(_well_known(interaction.provider)) != interaction.provider:
        attributes[_PROVIDER] = interaction.provider
    return attributes


def interaction_of(attributes: Mapping[str, object], *, now: datetime) -> Interaction:
    """The interaction of these attributes: `interaction_of(attributes_of(i), now=now) == i`.

    Messages and attempts may be structured as well as JSON. Of a longer history the last message is the prompt, and
    attributes that say nothing about an interaction are passed over, but for unknown ones of our own names.

    Raises:
        Invalid: with every attribute that is wrong, as `#/gen_ai.usage.input_tokens`; no value is repeated.
    """
    former = {_FORMER[name]: value for name, value in attributes.items() if name in _FORMER}
    given = Fields({**former, **attributes})
    for name, only in (_OPERATION, _EVALUATION):
        given.choice(name, [only])
    document: dict[str, Any] = {"prompt": None}
    for place, name in _NAMES.items():
        value = _READERS.get(place, Fields.take)(given, name)
        if value is not None:
            _put(document, place, value)
    for each in _MAPS:
        prefix = f"{_OWN}{each}."
        names = [name for name in given.names() if name.startswith(prefix)]
        document[each] = {name.removeprefix(prefix): given.take(name) for name in names}
    if "cost" in document:
        document["cost"]["currency"] = "USD"
    for name in given.names():
        if name.startswith(_OWN):
            given.error(name, "unknown", "is not an attribute of an interaction")
    try:
        interaction = parse_stored(document, user_id=None, now=now)
    except Invalid as refused:
        unreadable = {error.pointer.split("/")[1] for error in given.errors}
        found = map(_renamed, refused.errors)
        given.errors += [error for error in found if error.pointer.split("/")[1] not in unreadable]
        raise Invalid(given.errors) from refused
    given.check()
    return interaction


def _at(document: dict[str, Any], place: str) -> Any:
    outer, _, inner = place.partition("/")
    value = document[outer]
    return value[inner] if inner and value is not None else value


def _put(document: dict[str, Any], place: str, value: Any) -> None:
    outer, _, inner = place.partition("/")
    if inner:
        document.setdefault(outer, {})[inner] = value
    else:
        document[outer] = value


def _renamed(error: FieldError) -> FieldError:
    """The error with a pointer to the attribute instead of the place in the document."""
    path = error.pointer.removeprefix("#/")
    outer, slash, inner = path.partition("/")
    if outer in _MAPS:
        return replace(error, pointer=f"#/{_OWN}{outer}" + (f".{inner}" if slash else ""))
    # An error of an object as a whole is said of the first of its attributes.
    place = next(place for place in _NAMES if f"{path}/".startswith(f"{place}/") or place.startswith(f"{path}/"))
    return replace(error, pointer=f"#/{_NAMES[place]}{path[len(place) :]}")


def _well_known(provider: str) -> str:
    return _WELL_KNOWN.get(provider, provider)


def _our_name(well_known: str) -> str:
    return _OURS.get(well_known, well_known)


def _json_text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _messages(text: str, *, role: str) -> str:
    return _json_text([{"role": role, "parts": [{"type": "text", "content": text}]}])


def _read_json(given: Fields, name: str) -> Any:
    value = given.take(name)
    if not isinstance(value, str):
        return value
    try:
        return parse_json(value.encode(errors="surrogatepass"))
    except Invalid as refused:
        for error in refused.errors:
            given.error(name, error.code, error.detail)
        return None


def _read_text(given: Fields, name: str, *, role: str, max_messages: int) -> str | None:
    value = _read_json(given, name)
    messages = Fields({name: value}, errors=given.errors).objects(name, max_items=max_messages)
    if not messages:
        return None
    last = messages[-1]
    last.choice("role", [role], required=True)
    if "parts" not in last:
        last.error("parts", "required", "is required")
    return "".join(map(_read_part, last.objects("parts", max_items=_MAX_MESSAGES)))


def _read_part(part: Fields) -> str:
    is_text = part.choice("type", ["text"], required=True)
    return (is_text and part.text("content", max_length=MAX_TEXT, min_length=0, required=True)) or ""


def _read_provider(given: Fields, name: str) -> Any:
    ours = given.text(_PROVIDER, max_length=MAX_LABEL)
    value = given.take(name)
    return ours or (_our_name(value) if isinstance(value, str) else value)


def _read_amount(given: Fields, name: str) -> str | None:
    nano_usd = given.integer(name, maximum=MAX_NANO_USD)
    return None if nano_usd is None else amount_of(nano_usd)


def _read_finish_reason(given: Fields, name: str) -> str | None:
    """There is one for each answer to choose from; a record has the first."""
    value = given.take(name)
    if value is None or value == []:
        return None
    if isinstance(value, list | tuple) and all(isinstance(each, str) for each in value):
        return str(value[0])
    given.error(name, "type", "must be an array of strings")
    return None


_WRITERS: dict[str, Callable[[Any], Any]] = {
    "prompt": partial(_messages, role="user"),
    "response": partial(_messages, role="assistant"),
    "provider": _well_known,
    "cost/amount": nano_usd_of,
    "finish_reason": lambda reason: [reason],
    "feedback/score": float,
    "attempts": _json_text,
}
_READERS: dict[str, Callable[[Fields, str], Any]] = {
    "prompt": partial(_read_text, role="user", max_messages=_MAX_MESSAGES),
    # Each message is an answer to choose from, of which a record has one.
    "response": partial(_read_text, role="assistant", max_messages=1),
    "provider": _read_provider,
    "cost/amount": _read_amount,
    "finish_reason": _read_finish_reason,
    "attempts": _read_json,
}
