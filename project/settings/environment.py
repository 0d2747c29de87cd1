"""The one reader of environment variables; a value that makes no sense ends the start with a clear message."""

from __future__ import annotations

import os
from collections.abc import Sequence

from django.core.exceptions import ImproperlyConfigured

from interactions.domain.rates import Rate


def text(name: str, default: str = "") -> str:
    return os.environ.get(name) or default


def words(name: str, default: str = "") -> list[str]:
    """A list, separated by commas."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def flag(name: str, default: bool = False) -> bool:
    value = text(name, str(default)).lower()
    if value not in {"true", "false", "1", "0"}:
        raise ImproperlyConfigured(f"{name} is {value!r}: give true or false")
    return value in {"true", "1"}


def days(name: str) -> int | None:
    """Whole days, at least one; None where the variable is not set."""
    value = text(name)
    if not value:
        return None
    if not value.isdecimal() or int(value) < 1:
        raise ImproperlyConfigured(f"{name} is {value!r}: give whole days, at least 1, or leave it out")
    return int(value)


def rate(name: str) -> str | None:
    """A rate such as `600/minute`; None where the variable is not set."""
    value = text(name)
    if not value:
        return None
    try:
        Rate.parse(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}: {error}; or leave it out, for no limit") from error
    return value


def choice(name: str, known: Sequence[str]) -> str:
    """One of the known values, the first where the variable is not set."""
    value = text(name, known[0])
    if value not in known:
        raise ImproperlyConfigured(f"{name} is {value!r}: give {' or '.join(known)}")
    return value
