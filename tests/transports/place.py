"""Where the service is, as its callers see it: what its links have to begin with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """An origin, and the prefix that a gateway's stage or a custom domain puts before every path.

    `here` when what serves there is this process.
    """

    origin: str
    prefix: str = ""
    here: bool = True


IN_PROCESS = Place("http://testserver")
_current = IN_PROCESS


def move_to(place: Place) -> None:
    """Say where all requests go from here on."""
    global _current
    _current = place


def base() -> str:
    """What an absolute link begins with, up to the path that the API documents."""
    return _current.origin + _current.prefix


def origin() -> str:
    return _current.origin


def prefix() -> str:
    return _current.prefix


def is_in_this_process() -> bool:
    return _current.here
