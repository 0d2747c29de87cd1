"""What the commands share: errors in words for a person at a terminal, and the types of their arguments."""

from __future__ import annotations

import re
from argparse import ArgumentTypeError
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError

from interactions.domain.errors import DomainError, Invalid
from interactions.domain.fields import parse_instant
from interactions.domain.identifiers import NAME_PATTERN, is_name

MAX_ERRORS_SHOWN = 5


class ServiceCommand(BaseCommand):
    """A command over the services, of which every error that a person can act on is a `CommandError`."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            return super().execute(*args, **options)
        except DomainError as error:
            if _tables_are_missing(error.__cause__):
                raise _not_migrated() from error
            raise CommandError(f"{explanation(error)}.") from error
        except OperationalError as error:
            if _tables_are_missing(error):
                raise _not_migrated() from error
            raise
        except Exception as error:  # those of botocore and PynamoDB, which a laptop need not have imported
            if _is_of_aws(error):
                raise CommandError(self.aws_says(error)) from error
            raise

    def aws_says(self, error: Exception) -> str:
        """An error of botocore or PynamoDB in words. Most commands ask nothing of AWS but DynamoDB."""
        return _dynamodb_says(error)


def explanation(error: DomainError) -> str:
    """What is wrong, on one line; of an input it names the places and never repeats the text."""
    if not isinstance(error, Invalid):
        return str(error)
    shown = [f"{e.pointer} {e.detail}".removeprefix("#/").removeprefix("# ") for e in error.errors[:MAX_ERRORS_SHOWN]]
    if len(error.errors) > MAX_ERRORS_SHOWN:
        shown.append(f"and {len(error.errors) - MAX_ERRORS_SHOWN} more")
    # A pointer holds names out of the input, which must not be able to steer a terminal.
    return printable("; ".join(shown))


def printable(text: str) -> str:
    """The text without what could steer a terminal."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)


def name(text: str) -> str:
    if not is_name(text):
        raise ArgumentTypeError(f"a user is named by {NAME_PATTERN}")
    return text


def instant(text: str) -> datetime:
    value = parse_instant(text)
    if value is None:
        raise ArgumentTypeError("give an RFC 3339 date-time with its offset, as 2026-01-31T12:00:00Z")
    return value


def whole(minimum: int, maximum: int) -> Callable[[str], int]:
    """The type of a whole number in a range, both ends included."""

    def number(text: str) -> int:
        if not re.fullmatch("[0-9]{1,18}", text) or not minimum <= int(text) <= maximum:
            raise ArgumentTypeError(f"give a whole number from {minimum} to {maximum}")
        return int(text)

    return number


def counted(number: int, noun: str) -> str:
    """`1 interaction`, `2 interactions`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _tables_are_missing(error: BaseException | None) -> bool:
    return isinstance(error, OperationalError) and "no such table" in str(error)


def _is_of_aws(error: Exception) -> bool:
    """Told by the name of its module: on a laptop nothing else needs PynamoDB."""
    return type(error).__module__.partition(".")[0] in {"botocore", "pynamodb"}


def _dynamodb_says(error: Exception) -> str:
    said = str(getattr(error, "cause", None) or error).rstrip(".")
    missing = "ResourceNotFoundException" in said
    remedy = " Terraform makes the tables; in an emulator, `python manage.py create_tables` does." if missing else ""
    return f"DynamoDB: {said}.{remedy}"


def _not_migrated() -> CommandError:
    return CommandError("The database has no tables yet: run `python manage.py migrate` first.")
