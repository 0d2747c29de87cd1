"""Strict reading of a JSON object: every wrong field is named, none is converted silently."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import quote

from interactions.domain.errors import FieldError, Invalid
from interactions.domain.interaction import MAX_INTEGER

# RFC 3339; seconds may carry up to six decimals, since the stores keep microseconds.
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,6})?([Zz]|[+-]\d\d:\d\d)\Z", re.ASCII)
# What a URI fragment may hold as it stands (RFC 3986 §3.5).
_FRAGMENT = "!$&'()*+,;=:@?/"
_DAY = re.compile(r"\d{4}-\d\d-\d\d\Z", re.ASCII)


def parse_instant(value: str) -> datetime | None:
    """The UTC instant of an RFC 3339 date-time with its offset, or None when it is none."""
    try:
        return datetime.fromisoformat(value.upper()).astimezone(UTC) if _INSTANT.match(value) else None
    except (ValueError, OverflowError):
        return None


def format_instant(value: datetime, timespec: str = "microseconds") -> str:
    """RFC 3339 in UTC with `Z`, of fixed width, so that texts sort as the instants do."""
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec=timespec) + "Z"


def parse_day(value: str) -> date | None:
    try:
        return date.fromisoformat(value) if _DAY.match(value) else None
    except ValueError:
        return None


class Fields:
    """The members of one object, read by name; `close` complains of those that nobody asked for.

    Readers return None for what is absent or null, and collect what is wrong instead of raising, so that one answer
    names everything there is to mend.
    """

    def __init__(self, value: Any, pointer: str = "#", errors: list[FieldError] | None = None) -> None:
        self.pointer = pointer
        self.errors: list[FieldError] = [] if errors is None else errors
        self._is_object = isinstance(value, dict)
        self._unread: dict[str, Any] = dict(value) if self._is_object else {}
        if not self._is_object:
            self.error(None, "type", "must be a JSON object")

    def error(self, name: str | None, code: str, detail: str) -> None:
        where = self.pointer if name is None else f"{self.pointer}/{_escape(name)}"
        self.errors.append(FieldError(where, code, detail))

    def __contains__(self, name: str) -> bool:
        return name in self._unread

    def names(self) -> list[str]:
        return [*self._unread]

    def take(self, name: str, *, required: bool = False) -> Any:
        value = self._unread.pop(name, None)
        if required and value is None and self._is_object:
            self.error(name, "required", "is required")
        return value

    def text(
        self,
        name: str,
        *,
        max_length: int,
        min_length: int = 1,
        required: bool = False,
        pattern: str | None = None,
    ) -> str | None:
        value = self.take(name, required=required)
        if value is None:
            return None
        problem = text_problem(value, min_length=min_length, max_length=max_length, pattern=pattern)
        if problem:
            self.error(name, *problem)
            return None
        assert isinstance(value, str)
        return value

    def integer(self, name: str, *, minimum: int = 0, maximum: int = MAX_INTEGER, required: bool = False) -> int | None:
        value = self.take(name, required=required)
        if value is None:
            return None
        if isinstance(value, float) and value.is_integer():  # 1.0 is an integer to JSON Schema
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            self.error(name, "type", "must be an integer")
        elif not minimum <= value <= maximum:
            self.error(name, "range", f"must be from {minimum} to {maximum}")
        else:
            return value
        return None

    def number(self, name: str, *, minimum: float, maximum: float, required: bool = False) -> float | None:
        value = self.take(name, required=required)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.error(name, "type", "must be a number")
        elif not minimum <= value <= maximum:  # as NaN is not either
            self.error(name, "range", f"must be from {minimum} to {maximum}")
        else:
            return float(value)
        return None

    def boolean(self, name: str) -> bool | None:
        value = self.take(name)
        if value is None or isinstance(value, bool):
            return value
        self.error(name, "type", "must be true or false")
        return None

    def choice(self, name: str, choices: Iterable[str], *, required: bool = False) -> str | None:
        value = self.take(name, required=required)
        allowed = [*choices]
        if value is None or (isinstance(value, str) and value in allowed):
            return value
        self.error(name, "choice", f"must be one of {', '.join(allowed)}")
        return None

    def instant(self, name: str) -> datetime | None:
        value = self.take(name)
        if value is None:
            return None
        instant = parse_instant(value) if isinstance(value, str) else None
        if instant is None:
            self.error(name, "date-time", "must be an RFC 3339 date-time with its offset, as 2026-01-31T12:00:00Z")
        return instant

    def object(self, name: str, *, required: bool = False) -> Fields | None:
        value = self.take(name, required=required)
        return None if value is None else Fields(value, f"{self.pointer}/{_escape(name)}", self.errors)

    def objects(self, name: str, *, max_items: int) -> list[Fields]:
        value = self.take(name)
        if value is None:
            return []
        if not isinstance(value, list) or len(value) > max_items:
            self.error(name, "type", f"must be a list of at most {max_items} objects")
            return []
        return [Fields(item, f"{self.pointer}/{_escape(name)}/{i}", self.errors) for i, item in enumerate(value)]

    def members(self, name: str) -> Mapping[str, Any]:
        """The members of an object whose names are free, for the caller to check."""
        value = self.take(name)
        if value is None or isinstance(value, dict):
            return value or {}
        self.error(name, "type", "must be a JSON object")
        return {}

    def close(self, *, read_only: Iterable[str] = ()) -> None:
        """Complain of members that nobody asked for; call it on every object."""
        for name in self._unread:
            if name in read_only:
                self.error(name, "read-only", "is set by the service")
            else:
                self.error(name, "unknown", "is not a field of this object")

    def check(self) -> None:
        """Raise `Invalid` if anything was wrong."""
        if self.errors:
            raise Invalid(self.errors)


def text_problem(
    value: object, *, max_length: int, min_length: int = 1, pattern: str | None = None
) -> tuple[str, str] | None:
    """The code and detail of what is wrong with a text, None when nothing is. The detail never repeats the text."""
    if not isinstance(value, str):
        return "type", "must be a string"
    if len(value) > max_length:
        return "too-long", f"has {len(value)} characters; {max_length} are allowed"
    if len(value) < min_length:
        return "too-short", "must not be empty"
    if "\0" in value:
        return "nul", "must not contain the NUL character"
    try:
        value.encode()
    except UnicodeEncodeError:
        return "surrogate", "must not contain a surrogate without its pair"
    if pattern is not None and re.fullmatch(pattern.rstrip("$"), value) is None:
        return "pattern", f"must match {pattern}"
    return None


def _escape(name: str) -> str:
    """One token of a JSON Pointer in a URI fragment (RFC 6901 §3, §6), cut so that an answer stays short."""
    token = name[:64].replace("~", "~0").replace("/", "~1")
    return quote(token, safe=_FRAGMENT, errors="replace")
