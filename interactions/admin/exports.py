"""A selection as a file: JSON lines in the API's own shape, or CSV for a spreadsheet."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from django.db.models import QuerySet
from django.http import StreamingHttpResponse

from interactions.domain.document import to_document
from interactions.domain.interaction import Interaction
from interactions.domain.query import READ_AT_ONCE
from interactions.domain.strict_json import ndjson_line
from interactions.models import InteractionRow
from interactions.repositories.orm.codec import interaction_of

# What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
COLUMNS = (
    "interaction_id",
    "user_id",
    "conversation_id",
    "status",
    "created_at",
    "updated_at",
    "prompt",
    "response",
    "provider",
    "model",
    "requested_model",
    "usage.input_tokens",
    "usage.output_tokens",
    "usage.cache_read_input_tokens",
    "usage.cache_creation_input_tokens",
    "usage.reasoning_output_tokens",
    "cost.amount",
    "cost.currency",
    "cost.source",
    "cost.price_id",
    "latency_ms",
    "finish_reason",
    "response_id",
    "context_turns",
    "error.type",
    "error.message",
    "feedback.score",
    "feedback.label",
    "feedback.comment",
    "feedback.at",
    "cached",
    "attempts",
    "redaction",
    "metadata",
    "trace_id",
    "version",
    "content_expires_at",
    "expires_at",
)


def jsonl_response(rows: QuerySet[InteractionRow]) -> StreamingHttpResponse:
    return _download((ndjson_line(to_document(i)) for i in _seen(rows)), "application/x-ndjson", "jsonl")


def csv_response(rows: QuerySet[InteractionRow]) -> StreamingHttpResponse:
    return _download((line.encode() for line in csv_lines(_seen(rows))), "text/csv; charset=utf-8", "csv")


def csv_lines(interactions: Iterable[Interaction]) -> Iterator[str]:
    """With a byte order mark, by which spreadsheets know UTF-8, and no cell that one would run as a formula."""
    writer = csv.writer(_Line())
    yield "\ufeff" + writer.writerow(COLUMNS)
    for interaction in interactions:
        document = to_document(interaction)
        yield writer.writerow([_cell(_value(document, column)) for column in COLUMNS])


class _Line:
    """A file whose `write` hands the line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def _value(document: dict[str, Any], column: str) -> Any:
    name, _, member = column.partition(".")
    value = document[name]
    return value and value[member] if member else value


def _cell(value: Any) -> Any:
    if isinstance(value, dict | list):
        value = json.dumps(value, ensure_ascii=False) if value else None
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def _seen(rows: QuerySet[InteractionRow]) -> Iterator[Interaction]:
    """The interactions of the rows, whole, a few in memory at a time; what has expired meanwhile is left out."""
    for row in rows.defer(None).iterator(chunk_size=READ_AT_ONCE):
        if (interaction := interaction_of(row).seen_at(datetime.now(UTC))) is not None:
            yield interaction


def _download(lines: Iterator[bytes], content_type: str, extension: str) -> StreamingHttpResponse:
    name = f"interactions-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.{extension}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(lines, content_type=content_type, headers=headers)
