"""Parts that fail, for what the API says then."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from interactions.domain.errors import Unavailable


class BrokenRepository:
    """Fails in a way nobody foresaw, with the caller's words in its message."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def fail(*given: object, **named: object) -> None:
            raise ZeroDivisionError(f"{name} {given} {named}")

        return fail


class UnreachableRepository:
    """Cannot be reached."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def fail(*given: object, **named: object) -> None:
            raise Unavailable("the store is away")

        return fail


def broken_middleware(get_response: object) -> Callable[[HttpRequest], Any]:
    """Fails before any view is asked."""

    def fail(request: HttpRequest) -> None:
        raise ZeroDivisionError(request.body)

    return fail
