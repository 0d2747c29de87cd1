"""A client that does what a browser does on its own: cookies by their attributes, and where a request comes from."""

from __future__ import annotations

import json
import ssl
import urllib.error
import urllib.request
from email.message import Message
from http.cookiejar import Cookie, CookieJar
from pathlib import Path
from typing import Any, NamedTuple


class Answer(NamedTuple):
    status: int
    headers: Message
    content: bytes

    def json(self) -> Any:
        return json.loads(self.content)


class Browser:
    """Open at one site, whose paths all have the prefix. Its cookies go over HTTPS alone where they are secure."""

    def __init__(self, site: str, certificate: Path, prefix: str = "") -> None:
        self.site = site
        self._prefix = prefix
        self.jar = CookieJar()
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=certificate)),
            urllib.request.HTTPCookieProcessor(self.jar),
        )

    def ask(
        self, method: str, path: str, body: Any = None, *, token: str | None = None, origin: str | None = None
    ) -> Answer:
        """The answer, problems included; a write says the page's origin, as browsers do."""
        headers = {"Referer": f"{self.site}/"}
        if method not in {"GET", "HEAD"}:
            headers["Origin"] = origin or self.site
        if token is not None:
            headers["X-CSRFToken"] = token
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(body).encode()
        request = urllib.request.Request(self.site + self._prefix + path, data, headers, method=method)  # noqa: S310
        try:
            response = self._opener.open(request, timeout=60)
        except urllib.error.HTTPError as problem:
            response = problem
        with response:
            return Answer(response.status, response.headers, response.read())

    def log_in(self, username: str, password: str) -> str:
        """Log in, and return the CSRF token that the answer has."""
        answer = self.ask("POST", "/v1/session", {"username": username, "password": password})
        assert answer.status == 200, answer
        token: str = answer.json()["csrf_token"]
        return token

    def cookie(self, name: str) -> Cookie:
        (found,) = [cookie for cookie in self.jar if cookie.name == name]
        return found

    def take(self, cookie: Cookie) -> None:
        """Send another's cookie from here on."""
        self.jar.set_cookie(cookie)
