"""Which operations of the API take texts, by the committed description; and bodies that hold a text as each has it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from infra.check.workspace import ROOT

METHODS = ("get", "post", "put", "patch", "delete")
# Fewer characters are a name: a model's, a label.
SHORTEST_TEXT = 200
# An id for each parameter of a path.
IDS = {
    "conversation_id": "trip-to-lisbon",
    "interaction_id": "01957f3c-9d2a-7c3e-8f10-5a6b7c8d9e0f",
    "user_id": "ana@example.com",
}


@dataclass(frozen=True)
class Operation:
    """`shape` is the body's JSON, with None where a text is; without one the operation takes no text."""

    method: str
    template: str
    shape: str | None

    @property
    def path(self) -> str:
        return self.template.format(**IDS)

    def body(self, text: str, *, escaped: bool = False) -> bytes:
        """`escaped`: other than ASCII as escapes, as Python's clients send it and browsers do not."""
        written = json.dumps(text, ensure_ascii=escaped)
        return (self.shape or '{"note": null}').replace("null", written, 1).encode()


def operations() -> list[Operation]:
    """Those described, by path and method."""
    return [
        Operation(method.upper(), template, _shape(described[method]))
        for template, described in sorted(_description()["paths"].items())
        for method in METHODS
        if method in described
    ]


def text_operations() -> list[Operation]:
    return [operation for operation in operations() if operation.shape]


@cache
def _description() -> dict[str, Any]:
    document: dict[str, Any] = yaml.load((ROOT / "openapi.yaml").read_bytes(), Loader=yaml.CSafeLoader)
    return document


def _shape(described: dict[str, Any]) -> str | None:
    schema = described.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    return None if schema is None else _around_text(schema)


def _around_text(schema: dict[str, Any]) -> str | None:
    """A value that the schema describes, as JSON, with null where its first text is; None if it has no text."""
    if "$ref" in schema:
        return _around_text(_description()["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    if schema.get("maxLength", 0) >= SHORTEST_TEXT and schema.get("format") != "password":
        return "null"
    for name, field in schema.get("properties", {}).items():
        if (inner := _around_text(field)) is not None:
            return f'{{"{name}": {inner}}}'
    if "items" in schema and (inner := _around_text(schema["items"])) is not None:
        return f"[{inner}]"
    alternatives = schema.get("anyOf", []) + schema.get("oneOf", [])
    return next((inner for inner in map(_around_text, alternatives) if inner is not None), None)
