"""Logs: one JSON object a line, of named fields only, so that nobody's words get in by accident."""

from __future__ import annotations

import json
import logging
import traceback
from datetime import UTC, datetime
from typing import Any

# What a record's `extra` may add to the line. Anything else is dropped.
FIELDS = (
    "request_id",
    "trace_id",
    "user_id",
    "key_id",
    "method",
    "route",
    "status",
    "duration_ms",
    "request_bytes",
    "response_bytes",
)


class JsonFormatter(logging.Formatter):
    """Formats a record. Of an exception it tells the type and the places, not its text, which may quote a prompt."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: value for name in FIELDS if (value := getattr(record, name, None)) is not None}
        if record.exc_info and record.exc_info[0]:
            line["exception"] = record.exc_info[0].__qualname__
            frames = traceback.extract_tb(record.exc_info[2])
            line["stack"] = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        return json.dumps(line, ensure_ascii=False, default=str)
