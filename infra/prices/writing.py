"""The text of `prices.json`: a row of a person's as it stands, a row of the source on a line."""

from __future__ import annotations

import json
from typing import Any


def text_of(content: dict[str, Any]) -> str:
    """JSON in the form of the file, always the same for the same content."""
    members = [
        _member("note", _list([_json(each) for each in content["note"]], 4), 2),
        _member("source", _json(content["source"]), 2),
        _member("prices", _list([_read_row(row) for row in content["prices"]], 4), 2),
        _member("models", _models(content["models"]), 2),
        _member("names", _names(content["names"]), 2),
    ]
    return _object(members, 0) + "\n"


def _read_row(row: dict[str, Any]) -> str:
    return _object([_member(name, _value(value), 6) for name, value in row.items()], 4)


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(_member(name, _value(each), 0) for name, each in value.items()) + " }"
    return _json(value)


def _models(providers: dict[str, dict[str, list[dict[str, Any]]]]) -> str:
    """Indented little: the file is in the package for AWS Lambda."""
    members = [
        _member(provider, _object([_member(model, _rows(rows), 0) for model, rows in models.items()], 0), 0)
        for provider, models in providers.items()
    ]
    return _object(members, 2)


def _rows(rows: list[dict[str, Any]]) -> str:
    each = [_json(row) for row in rows]
    return f"[{each[0]}]" if len(each) == 1 else "[\n " + ",\n ".join(each) + "]"


def _names(providers: dict[str, dict[str, str]]) -> str:
    members = [
        _member(provider, _object([_member(name, _json(model), 0) for name, model in names.items()], 0), 0)
        for provider, names in providers.items()
    ]
    return _object(members, 2)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _member(name: str, value: str, indent: int) -> str:
    return f"{' ' * indent}{_json(name)}: {value}"


def _object(members: list[str], indent: int) -> str:
    return "{\n" + ",\n".join(members) + "\n" + " " * indent + "}" if members else "{}"


def _list(items: list[str], indent: int) -> str:
    return (
        "[\n" + ",\n".join(" " * indent + item for item in items) + "\n" + " " * (indent - 2) + "]" if items else "[]"
    )
