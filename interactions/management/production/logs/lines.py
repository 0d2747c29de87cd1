"""Lines of the log for a person, or for a program."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from interactions.management.base import printable
from interactions.management.production.logs.events import LogEvent

# What project/logging.py gives every line.
OF_EVERY_LINE = {"time", "level", "logger", "message"}
IDS = {
    "request": "request_id",
    "trace": "trace_id",
    "xray": "xray_trace_id",
    "lambda": "lambda_request_id",
    "user": "user_id",
}


def fields_of(message: str) -> dict[str, Any]:
    """What a line holds, nothing where it is no JSON object."""
    try:
        document = json.loads(message)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}


def document_of(event: LogEvent, fields: Mapping[str, Any]) -> str:
    """One line of JSON in ASCII, which steers no terminal."""
    line = fields or event.message.rstrip("\n")
    return json.dumps({"timestamp": _instant(event.at), "log_stream": event.stream, "line": line})


def words_of(event: LogEvent, fields: Mapping[str, Any]) -> Iterator[str]:
    """A line of the service in words, with what an error came from below it; any other line as it is."""
    if not fields.keys() >= OF_EVERY_LINE:
        for line in event.message.rstrip().splitlines() or [""]:
            yield f"{_instant(event.at)} {printable(line.replace(chr(9), ' '))}"
        return
    parts = [_instant(event.at), f"{fields['level']:<8}", *_request(fields)]
    if fields["message"] != "request":
        parts.append(str(fields["message"]))
    parts += [f"{word}={fields[name]}" for word, name in IDS.items() if fields.get(name)]
    yield printable(" ".join(parts))
    for cause in _texts(fields.get("causes")):
        yield printable(f"    {cause}")
    for place in _texts(fields.get("stack")):
        yield printable(f"      at {place}")


def _request(fields: Mapping[str, Any]) -> Iterator[str]:
    if "status" in fields:
        yield f"{fields.get('method')} {fields.get('route') or '(no route)'} {fields['status']}"
        yield f"{fields.get('duration_ms')} ms"


def _texts(value: Any) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []


def _instant(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
