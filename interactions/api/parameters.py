"""Query parameters, read strictly: an unknown or repeated one, or a value that is none, is named and refused."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from rest_framework.request import Request

from interactions.domain.errors import FieldError, Invalid
from interactions.domain.fields import parse_day, parse_instant, text_problem
from interactions.domain.identifiers import NAME_PATTERN
from interactions.domain.query import DEFAULT_LIMIT, MAX_LIMIT


class Parameters:
    """Readers return None for what was not given, and collect what is wrong; `check` raises it all at once."""

    def __init__(self, request: Request, allowed: Iterable[str] = ()) -> None:
        self._values: dict[str, str] = {}
        self._errors: list[FieldError] = []
        names = [*allowed]
        for name, values in request.query_params.lists():
            if name not in names:
                known = f"; known are {', '.join(names)}" if names else ""
                self.error(name[:64], "unknown", f"is not a parameter of this address{known}")
            elif len(values) > 1:
                self.error(name, "repeated", "is given more than once")
            else:
                self._values[name] = values[0]

    def error(self, name: str, code: str, detail: str) -> None:
        printable = name.encode("utf-8", "replace").decode()
        self._errors.append(FieldError(f"?{printable}", code, detail))

    def raw(self, name: str) -> str | None:
        return self._values.get(name)

    def name(self, name: str, *, wildcard: bool = False) -> str | None:
        """A user's or a conversation's id; with `wildcard` also `*`."""
        value = self.raw(name)
        if value == "*" and wildcard:
            return value
        return self.text(name, max_length=128, pattern=NAME_PATTERN)

    def text(self, name: str, *, max_length: int, pattern: str | None = None) -> str | None:
        value = self.raw(name)
        problem = None if value is None else text_problem(value, max_length=max_length, pattern=pattern)
        if problem:
            self.error(name, *problem)
            return None
        return value

    def choice(self, name: str, choices: Iterable[str]) -> str | None:
        value, allowed = self.raw(name), [*choices]
        if value is None or value in allowed:
            return value
        self.error(name, "choice", f"must be one of {', '.join(allowed)}")
        return None

    def instant(self, name: str) -> datetime | None:
        value = self.raw(name)
        # A plus sign that was not escaped arrives as a space.
        instant = None if value is None else parse_instant(value.replace(" ", "+"))
        if value is not None and instant is None:
            self.error(name, "date-time", "must be an RFC 3339 date-time with its offset, as 2026-01-31T12:00:00Z")
        return instant

    def day(self, name: str) -> date | None:
        value = self.raw(name)
        day = None if value is None else parse_day(value)
        if value is not None and day is None:
            self.error(name, "date", "must be a day, as 2026-01-31")
        return day

    def limit(self) -> int:
        value = self.raw("limit")
        if value is None:
            return DEFAULT_LIMIT
        if value.isascii() and value.isdecimal() and len(value) <= 4 and 1 <= int(value) <= MAX_LIMIT:
            return int(value)
        self.error("limit", "range", f"must be an integer from 1 to {MAX_LIMIT}")
        return DEFAULT_LIMIT

    def check(self) -> None:
        if self._errors:
            raise Invalid(self._errors)
