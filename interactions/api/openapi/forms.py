"""The forms that JSON Schemas are made of."""

from __future__ import annotations

from typing import Any

from interactions.domain import interaction as limits
from interactions.domain.identifiers import NAME_PATTERN

Schema = dict[str, Any]

# JSON Schema has no other way to exclude the NUL character.
NO_NUL = r"^[^\u0000]*$"
UUID7_IN = r"^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-7[0-9A-Fa-f]{3}-[89ABab][0-9A-Fa-f]{3}-[0-9A-Fa-f]{12}$"


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def array(items: Schema, **more: Any) -> Schema:
    return {"type": "array", "items": items, **more}


def closed(properties: Schema, required: list[str] | None = None, **more: Any) -> Schema:
    """An object of exactly these members; all are required unless they are listed."""
    needed = [*properties] if required is None else required
    schema: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return schema | ({"required": needed} if needed else {}) | more


def text(max_length: int, min_length: int = 1, **more: Any) -> Schema:
    return {"type": "string", "minLength": min_length, "maxLength": max_length, "pattern": NO_NUL, **more}


def name(**more: Any) -> Schema:
    return {"type": "string", "pattern": NAME_PATTERN, **more}


def integer(minimum: int = 0, **more: Any) -> Schema:
    return {"type": "integer", "minimum": minimum, "maximum": limits.MAX_INTEGER, **more}


def nullable(schema: Schema) -> Schema:
    if "type" not in schema:
        return {"oneOf": [schema, {"type": "null"}]}
    changed = schema | {"type": [schema["type"], "null"]}
    return changed | {"enum": [*schema["enum"], None]} if "enum" in schema else changed
