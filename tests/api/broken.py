"""Parts that fail, for what the API says then."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.cache.backends.base import BaseCache
from django.http import HttpRequest
from django.utils.module_loading import import_string

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


class FailingCache(BaseCache):
    """A cache whose every operation fails; its LOCATION names the error, by a dotted path."""

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._error = import_string(location)

    def _fail(self, *given: object, **named: object) -> Any:
        raise self._error("the cache is away")

    add = get = set = touch = delete = has_key = incr = decr = clear = _fail


def broken_middleware(get_response: object) -> Callable[[HttpRequest], Any]:
    """Fails before any view is asked."""

    def fail(request: HttpRequest) -> None:
        raise ZeroDivisionError(request.body)

    return fail
