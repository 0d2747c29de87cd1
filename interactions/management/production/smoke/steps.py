"""What a deployment has to do right before it is trusted: each step is one request, and said in a line.

Nothing that a service answers is repeated but what has the form of a status, a version or a request's id.
"""

from __future__ import annotations

import re
import secrets
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urljoin

from interactions.domain.identifiers import new_interaction_id
from interactions.management.base import counted
from interactions.management.production.smoke.client import Answer, Asked, NoAnswer

# A site that is nobody's, to be let in by none: https://www.rfc-editor.org/rfc/rfc6761#section-6.4
STRANGER = "https://smoke.invalid"
_REQUEST_ID = re.compile(r"[0-9a-f-]{32,36}\Z")
_VERSION = re.compile(r"[0-9A-Za-z.+-]{1,64}\Z")


class Fault(Exception):
    """The service did something else than it should."""


class Steps:
    """Takes them and says how they went; with a key, an interaction is written, and deleted whatever happens."""

    def __init__(self, service: Asked, key: str | None, say: Callable[[str], object]) -> None:
        self._service = service
        self._key = key
        self._say = say
        self._answers = False
        self.taken = self.failed = 0

    def take(self, times: int) -> None:
        """All; `times` is how often the first is repeated. Where nobody answers it, none of the others is taken."""
        if self._step("GET /health", lambda: self._health(times)) or self._answers:
            self._step("GET /ready", self._ready)
            self._step("an unknown path", self._unknown_path)
            self._step("no credential", self._no_credential)
            if self._key is not None:
                _Written(self._service, self._key, self._step).steps()

    def _step(self, name: str, check: Callable[[], str]) -> bool:
        self.taken += 1
        try:
            self._say(f"ok      {name}: {check()}")
        except (Fault, NoAnswer) as error:
            self.failed += 1
            self._say(f"FAILED  {name}: {error}")
            return False
        return True

    def _health(self, times: int) -> str:
        versions: Counter[str] = Counter()
        faults = []
        for _ in range(times):
            try:
                versions[self._version()] += 1
            except Fault as fault:
                faults.append(str(fault))
            self._answers = True
        if faults:
            raise Fault(faults[0] if times == 1 else f"{faults[0]}; {len(faults)} of {times} times")
        if times == 1:
            return f"200, version {next(iter(versions))}"
        found = [f"version {version} ({counted(count, 'time')})" for version, count in versions.items()]
        return f"200, {', '.join(found)}"

    def _version(self) -> str:
        document = expected(self._service.ask("GET", "/health"), 200).document()
        version = document.get("version")
        if document.get("status") != "ok" or not isinstance(version, str) or not _VERSION.match(version):
            raise Fault("it does not say that it is ok, and in which version")
        return version

    def _ready(self) -> str:
        if expected(self._service.ask("GET", "/ready"), 200).document().get("status") != "ready":
            raise Fault("it does not say that it is ready")
        return "200, the store answers"

    def _unknown_path(self) -> str:
        problem(self._service.ask("GET", f"/smoke-{secrets.token_hex(8)}"), 404, "not-found")
        return "404, a problem document"

    def _no_credential(self) -> str:
        answer = self._service.ask("GET", "/v1/interactions", headers={"Origin": STRANGER})
        problem(answer, 401, "not-authenticated")
        if "Access-Control-Allow-Origin" in answer.headers:
            raise Fault(f"401, but it lets {STRANGER} read the answer (CORS)")
        return "401, a problem document, for no foreign site to read"


class _Written:
    """An interaction of our own: its id is ours, so that it can be deleted even where no answer told of it."""

    def __init__(self, service: Asked, key: str, step: Callable[[str, Callable[[], str]], bool]) -> None:
        self._service = service
        self._step = step
        self._authorization = {"Authorization": f"Bearer {key}"}
        self._path = f"/v1/interactions/{new_interaction_id()}"
        text = f"Smoke test {secrets.token_hex(8)}"
        self._sent = {"interaction_id": self._path.rpartition("/")[2], "prompt": text, "response": f"{text}: answered"}
        self._idempotency = {"Idempotency-Key": secrets.token_hex(16)}
        self._document: dict[str, Any] = {}
        self._perhaps_there = self._surely_there = False

    def steps(self) -> None:
        try:
            _ = (
                self._step("POST an interaction", self._post)
                and self._step("GET it by its Location", self._read)
                and self._step("POST it again", self._repeat)
            )
        finally:
            if self._perhaps_there and self._step("DELETE it", self._delete):
                self._step("GET it again", self._gone)

    def _ask(self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Answer:
        return self._service.ask(method, path, body, self._authorization | dict(headers or {}))

    def _post(self) -> str:
        self._perhaps_there = True
        answer = self._ask("POST", "/v1/interactions", self._sent, self._idempotency)
        self._perhaps_there = not 400 <= answer.status < 500
        self._document = expected(answer, 201).document()
        self._surely_there = True
        self._compare(self._document)
        self._check_location(answer)
        return "201"

    def _read(self) -> str:
        answer = expected(self._ask("GET", self._path), 200)
        if answer.document() != self._document:
            raise Fault("200, but not what POST has answered")
        return "200, what was written"

    def _repeat(self) -> str:
        answer = expected(self._ask("POST", "/v1/interactions", self._sent, self._idempotency), 201)
        self._check_location(answer)
        if answer.headers.get("Idempotent-Replayed") != "true":
            raise Fault("201, but as a new one: Idempotent-Replayed is missing")
        return "201, the same one"

    def _delete(self) -> str:
        answer = self._ask("DELETE", self._path)
        if answer.status == 404 and not self._surely_there:
            return "404, it was never written"
        if answer.status != 204:
            raise Fault(f"{answer.status} instead of 204: {self._path} may still be there")
        return "204"

    def _gone(self) -> str:
        problem(self._ask("GET", self._path), 404, "not-found")
        return "404"

    def _compare(self, document: Mapping[str, Any]) -> None:
        wrong = [name for name, value in self._sent.items() if document.get(name) != value]
        if wrong:
            raise Fault(f"201, but with another {', '.join(wrong)}")

    def _check_location(self, answer: Answer) -> None:
        """The key is sent to no other address than the one that was given, whatever Location says."""
        there = self._service.url + self._path
        if urljoin(there, answer.headers.get("Location", "")) != there or "Location" not in answer.headers:
            raise Fault(f"{answer.status}, but its Location is not {there}")


def expected(answer: Answer, status: int) -> Answer:
    if answer.status != status:
        request_id = answer.headers.get("X-Request-ID") or answer.headers.get("x-amzn-RequestId") or ""
        named = f", request {request_id}" if _REQUEST_ID.match(request_id) else ""
        moved = ", a redirect, which is not followed" if 300 <= answer.status < 400 else ""
        raise Fault(f"{answer.status} instead of {status}{moved}{named}")
    return answer


def problem(answer: Answer, status: int, slug: str) -> None:
    """It is a problem document (RFC 9457) of that type."""
    document = expected(answer, status).document()
    kind = answer.headers.get_content_type()
    if kind != "application/problem+json" or document.get("status") != status:
        raise Fault(f"{status}, but no problem document")
    if not str(document.get("type")).endswith(f"/problems/{slug}"):
        raise Fault(f"{status}, but no problem of the type {slug}")
