"""Run by itself: serves a request of each method at each route, with what requirements.txt installs and no more.

It prints, as JSON, how each was answered and which modules that took.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Sequence
from importlib.machinery import ModuleSpec
from importlib.metadata import packages_distributions
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any
from wsgiref.util import setup_testing_defaults

REQUIREMENTS = Path(__file__).resolve().parents[2] / "requirements.txt"
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
PARAMETER = re.compile(r"<[a-z:_]+>")
PASSWORD = "correct-horse-battery"


class OnlyRequirements:
    """Finds no package that requirements.txt does not name, as if nothing else were installed."""

    def __init__(self) -> None:
        lines = REQUIREMENTS.read_text().splitlines()
        named = {match[0].lower() for line in lines if (match := re.match(r"[A-Za-z0-9._-]+", line))}
        self._absent = {
            module
            for module, distributions in packages_distributions().items()
            if not named & {distribution.lower().replace("_", "-") for distribution in distributions}
        }

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name.partition(".")[0] in self._absent:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return None


def ask(method: str, path: str, body: bytes = b"", **headers: str) -> int:
    """The status of one answer of the WSGI application, read to its end."""
    from project.wsgi import application

    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "HTTP_HOST": "api.example",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
        **headers,
    }
    setup_testing_defaults(environ)
    statuses: list[str] = []
    response = application(environ, lambda status, headers, exc_info=None: statuses.append(status))  # type: ignore[arg-type]
    for _ in response:
        pass
    response.close()
    return int(statuses[0].split()[0])


def routes() -> Iterator[str]:
    """A path for each route, whose parameters are all `x`."""
    from django.urls import URLResolver, get_resolver

    def walk(patterns: list[Any], prefix: str) -> Iterator[str]:
        for pattern in patterns:
            path = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, path)
            else:
                yield PARAMETER.sub("x", path)

    return walk(get_resolver().url_patterns, "/")


def main() -> None:
    sys.meta_path.insert(0, OnlyRequirements())
    import project.wsgi  # noqa: F401  loads the settings
    from interactions.accounts import get_accounts
    from interactions.dynamodb.tables import get_tables

    get_tables().create()
    get_accounts().create_account("alice", PASSWORD)
    # Under another name, so that erasing Alice leaves the key that asks.
    key, _ = get_accounts().create_key("service", ("read", "write", "chat", "any"))
    login = json.dumps({"username": "alice", "password": PASSWORD}).encode()
    answers = {
        "record": ask("POST", "/v1/interactions", b'{"prompt": "Hi"}', HTTP_AUTHORIZATION=f"Bearer {key}"),
        "log in": ask("POST", "/v1/session", login),
    }
    for path in routes():
        for method in METHODS:
            answers[f"{method} {path}"] = ask(method, path, HTTP_AUTHORIZATION=f"Bearer {key}")
    print(json.dumps({"answers": answers, "modules": sorted(sys.modules)}))


if __name__ == "__main__":
    main()
