"""A request as WAF is given it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from urllib.parse import unquote_plus

BROWSER = MappingProxyType({"host": "api.example.com", "user-agent": "Mozilla/5.0", "content-type": "application/json"})


@dataclass(frozen=True)
class Request:
    """`path` and `query` as sent, the path with its stage; names of headers in lower case."""

    method: str
    path: str
    body: bytes = b""
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=lambda: BROWSER)
    source: str = "198.51.100.20"

    def arguments(self) -> list[str]:
        """The values of the query's arguments, each decoded once."""
        return [unquote_plus(pair.partition("=")[2]) for pair in self.query.split("&")]
