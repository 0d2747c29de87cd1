"""JSON by RFC 8259 alone: what Python would take beyond it is refused, with the reason."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, NoReturn

from interactions.domain.errors import Invalid


def parse_json(text: bytes) -> Any:
    """The value of a JSON text in UTF-8.

    Raises:
        Invalid: it is none; the detail tells the place where it can be told, and nothing of the text.
    """
    try:
        return _DECODER.decode(text.decode())
    except UnicodeDecodeError as error:
        raise _malformed(f"is not UTF-8 at byte {error.start}") from error
    except json.JSONDecodeError as error:
        raise _malformed(f"is not JSON at line {error.lineno}, column {error.colno}: {error.msg}") from error
    except RecursionError as error:
        raise _malformed("is nested too deeply") from error
    except ValueError as error:  # an integer of thousands of digits
        raise _malformed("has a number that is too long") from error


def ndjson_line(document: Mapping[str, Any]) -> bytes:
    """One line of NDJSON, its end included (https://github.com/ndjson/ndjson-spec)."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _malformed(detail: str) -> Invalid:
    return Invalid.field("#", "json", detail)


def _no_constant(name: str) -> NoReturn:
    raise _malformed(f"has {name}, which is not JSON")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise _malformed("has a number that is too large")
    return value


_DECODER = json.JSONDecoder(parse_constant=_no_constant, parse_float=_finite)
