"""A question to an assistant out of JSON, strictly."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from interactions.domain.errors import StreamingNotSupported
from interactions.domain.fields import Fields
from interactions.domain.identifiers import NAME_PATTERN
from interactions.domain.interaction import MAX_LABEL, MAX_TEXT, Interaction
from interactions.domain.parts import read_metadata

MAX_TEMPERATURE = 2
# What the record of a question has besides is known, but never taken from who asks.
READ_ONLY_FIELDS = ("created_at", *(field.name for field in fields(Interaction)))


def parse_question(document: object, *, max_tokens: int) -> dict[str, Any]:
    """The fields of a question, None where none was given; `max_tokens` is the most that may be asked for.

    `user_id` stays in the result as given, for the caller to check against the credential.

    Raises:
        StreamingNotSupported: it asks for a stream; whatever else is wrong is named too.
        Invalid: with every field that is wrong, of which no value is repeated.
    """
    given = Fields(document)
    question = {
        "user_id": given.text("user_id", max_length=128, pattern=NAME_PATTERN),
        "conversation_id": given.text("conversation_id", max_length=128, pattern=NAME_PATTERN),
        "prompt": given.text("prompt", max_length=MAX_TEXT, required=True),
        "model": given.text("model", max_length=MAX_LABEL),
        "max_tokens": given.integer("max_tokens", minimum=1, maximum=max_tokens),
        "temperature": given.number("temperature", minimum=0, maximum=MAX_TEMPERATURE),
        "metadata": read_metadata(given),
    }
    stream = given.boolean("stream")
    given.close(read_only=READ_ONLY_FIELDS)
    if stream:
        given.error("stream", "unsupported", "must be false: an answer comes whole")
        raise StreamingNotSupported(given.errors)
    given.check()
    return question
