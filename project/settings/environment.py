"""The one reader of environment variables; a value that makes no sense ends the start with a clear message."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from interactions.domain.errors import Invalid
from interactions.domain.pricing import nano_usd_of
from interactions.domain.rates import Rate
from interactions.domain.redaction import parse_policy
from interactions.providers.configuration import ProviderConfig, read_providers, variable_of


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


def whole(name: str, default: int, *, minimum: int, maximum: int) -> int:
    value = text(name, str(default))
    if not (value.isascii() and value.isdecimal()) or not minimum <= int(value) <= maximum:
        raise ImproperlyConfigured(f"{name} is {value!r}: give a whole number from {minimum} to {maximum}")
    return int(value)


def minutes(name: str) -> int | None:
    """Whole minutes, at least one and at most a day; None where the variable is not set."""
    return whole(name, 1, minimum=1, maximum=1440) if text(name) else None


def amount(name: str) -> str | None:
    """An amount of USD such as 2.50; None where the variable is not set."""
    value = text(name)
    if value and not nano_usd_of(value):
        raise ImproperlyConfigured(f"{name} is {value!r}: give USD over 0, as 2.50, or leave it out, for no limit")
    return value or None


def file(name: str) -> Path | None:
    """The path of a file that can be read; None where the variable is not set."""
    value = text(name)
    if value and not os.access(value, os.R_OK):
        raise ImproperlyConfigured(f"{name} is {value!r}, which cannot be read: give the path of a file")
    return Path(value) if value else None


def redaction(name: str) -> str:
    """What is done about personal data, such as `cpf=mask,email=refuse`; nothing where the variable is not set."""
    value = text(name)
    try:
        parse_policy(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}: {error}") from error
    return value


def providers(name: str, default: str) -> list[ProviderConfig]:
    """The providers of a JSON list, in order of preference."""
    try:
        return read_providers(text(name, default))
    except Invalid as error:
        raise ImproperlyConfigured(
            f'{name}: {error}; give a JSON list, as [{{"kind": "openai", "model": "gpt-4.1-mini"}}]'
        ) from error


def secrets(names: Sequence[str]) -> dict[str, str]:
    """The values of those that are set, by their names: `openai-api-key` is the variable OPENAI_API_KEY."""
    return {name: value for name in names if (value := text(variable_of(name)))}


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
