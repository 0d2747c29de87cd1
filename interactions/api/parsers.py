"""Strict parsers: what is not JSON by RFC 8259, too deep or too large is refused with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any, ClassVar

from rest_framework.parsers import BaseParser

from interactions.api.problems import Problem
from interactions.domain import strict_json
from interactions.domain.errors import FieldError, Invalid

# Two texts of 200 000 characters in which each takes twelve bytes as an escaped surrogate pair, and the rest.
MAX_BODY_BYTES = 5_000_000
MAX_BULK_BYTES = 4_000_000


class StrictJSONParser(BaseParser):
    media_type = "application/json"
    max_bytes: ClassVar[int] = MAX_BODY_BYTES

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        return parse_json(self.read(stream, parser_context))

    def read(self, stream: IO[Any], parser_context: Mapping[str, Any] | None) -> bytes:
        """The body, of which no byte is read when its length is over the limit."""
        meta = parser_context["request"].META if parser_context else {}
        if int(meta.get("CONTENT_LENGTH") or 0) > self.max_bytes:
            found = FieldError("#", "too-large", f"may have {self.max_bytes} bytes")
            raise Problem("content-too-large", f"The body {found.detail}.", [found])
        body: bytes = stream.read()
        return body


class MergePatchParser(StrictJSONParser):
    media_type = "application/merge-patch+json"


class BulkJSONParser(StrictJSONParser):
    max_bytes = MAX_BULK_BYTES


class NDJSONParser(StrictJSONParser):
    """One value a line; a line that is no JSON becomes its `Problem`, so that the others can be told apart from it."""

    media_type = "application/x-ndjson"
    max_bytes = MAX_BULK_BYTES

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        lines = self.read(stream, parser_context).split(b"\n")
        return [_value_or_problem(line) for line in lines if line.strip()]


def parse_json(body: bytes) -> Any:
    """The value of a JSON text.

    Raises:
        Problem: malformed-body, with the place where it can be told.
    """
    try:
        return strict_json.parse_json(body)
    except Invalid as error:
        raise Problem("malformed-body", f"The body {error.errors[0].detail}.", error.errors) from error


def _value_or_problem(line: bytes) -> Any:
    try:
        return parse_json(line)
    except Problem as problem:
        return problem
