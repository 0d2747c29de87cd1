"""What a language model may do about a request: answer it in OpenAI's wire format, or whatever can go wrong."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

PATIENCE = 60.0  # of the threads of a test for each other


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, and the number of the connection that it came over."""

    path: str
    headers: Mapping[str, str]
    raw: bytes
    connection: int

    @property
    def json(self) -> dict[str, Any]:
        document = json.loads(self.raw)
        assert isinstance(document, dict)
        return document

    @property
    def prompt(self) -> str:
        """The text of the last message."""
        text = self.json["messages"][-1]["content"]
        assert isinstance(text, str)
        return text


class Line:
    """The connection, as what the model does sees it. `over` is set when the model goes away."""

    def __init__(self, sock: socket.socket, over: threading.Event) -> None:
        self._socket = sock
        self._over = over

    def say(self, data: bytes) -> None:
        self._socket.sendall(data)

    def drip(self, data: bytes, every: float) -> None:
        """A byte at a time, until the other side has had enough."""
        for at in range(len(data)):
            self.say(data[at : at + 1])
            if self._over.wait(every):
                return

    def wait(self) -> None:
        """Until the other side goes, or the model does."""
        self._socket.settimeout(PATIENCE)
        with suppress(OSError):
            self._socket.recv(1)


class Behaviour(Protocol):
    def answer(self, asked: Asked, line: Line) -> bool:
        """Answer it; whether the connection may go on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A chat completion. `said` is put over the document, `usage` is all of its usage; None leaves it out."""

    text: str | None = field(default="Hello!", kw_only=False)
    model: str | None = None
    usage: Mapping[str, Any] | None = field(
        default_factory=lambda: {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
    )
    finish_reason: str = "stop"
    said: Mapping[str, Any] = field(default_factory=dict)

    def answer(self, asked: Asked, line: Line) -> bool:
        return Json(self.document(asked.json.get("model"))).answer(asked, line)

    def document(self, model: str | None) -> dict[str, Any]:
        message = {"role": "assistant", "content": self.text}
        choice = {"index": 0, "message": message, "finish_reason": self.finish_reason}
        whole = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "choices": [choice]}
        told = {"model": self.model or model, "usage": self.usage}
        return {**whole, **{name: value for name, value in told.items() if value is not None}, **self.said}


@dataclass(frozen=True, slots=True)
class Raw:
    """These bytes, whatever they are; then the connection ends, or goes on."""

    data: bytes
    close: bool = True

    def answer(self, asked: Asked, line: Line) -> bool:
        line.say(self.data)
        return not self.close


@dataclass(frozen=True, slots=True)
class Body:
    """An answer with this body, as the type says."""

    body: bytes
    content_type: str | None = "application/json"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    def data(self) -> bytes:
        told = {"Content-Length": str(len(self.body)), **self.headers}
        if self.content_type is not None:
            told["Content-Type"] = self.content_type
        lines = "".join(f"{name}: {value}\r\n" for name, value in told.items())
        return f"HTTP/1.1 {self.status} Whatever\r\n{lines}\r\n".encode() + self.body

    def answer(self, asked: Asked, line: Line) -> bool:
        line.say(self.data())
        return True


class Json(Body):
    """An answer of 200 with this document."""

    def __init__(self, document: object) -> None:
        super().__init__(json.dumps(document).encode())


class Status(Body):
    """An error, as OpenAI tells one."""

    def __init__(
        self,
        status: int,
        *,
        retry_after: float | str | None = None,
        code: object = None,
        type: object = None,
        message: str = "it did not work",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        error = {"message": message, "type": type, "param": None, "code": code}
        told = dict(headers or {}) if retry_after is None else {**(headers or {}), "Retry-After": str(retry_after)}
        super().__init__(json.dumps({"error": error}).encode(), status=status, headers=told)


class NoChoices(Json):
    def __init__(self) -> None:
        super().__init__({**Answer().document("a-model"), "choices": []})


class Large(Json):
    """An answer of so many characters."""

    def __init__(self, characters: int = 10_000_000) -> None:
        super().__init__(Answer("x" * characters).document("a-model"))


class Malformed(Body):
    """JSON that ends too early, in an answer that is whole."""

    def __init__(self) -> None:
        super().__init__(b'{"choices": [{"message": {"content": "half of it')


class NotJson(Body):
    def __init__(self) -> None:
        super().__init__(b"<html>We are down for maintenance.</html>", "text/html; charset=utf-8")


@dataclass(frozen=True, slots=True)
class Hang:
    """Nothing, after so many bytes of an answer."""

    after: int = 0

    def answer(self, asked: Asked, line: Line) -> bool:
        line.say(Json(Answer().document("a-model")).data()[: self.after])
        line.wait()
        return False


@dataclass(frozen=True, slots=True)
class Cut:
    """The end of the connection, after so many bytes of an answer."""

    after: int = 0

    def answer(self, asked: Asked, line: Line) -> bool:
        line.say(Json(Answer().document("a-model")).data()[: self.after])
        return False


@dataclass(frozen=True, slots=True)
class Slow:
    """An answer a byte at a time: all of it, or the body alone. With 20 ms for each it takes many seconds."""

    part: Literal["head", "body"] = "head"
    every: float = 0.02

    def answer(self, asked: Asked, line: Line) -> bool:
        data = Json(Answer().document("a-model")).data()
        at_once = 0 if self.part == "head" else data.index(b"\r\n\r\n") + 4
        line.say(data[:at_once])
        line.drip(data[at_once:], self.every)
        return True


@dataclass(frozen=True, slots=True)
class WithoutLength:
    """An answer that ends with the connection, as of HTTP/1.0."""

    text: str = "Hello!"
    head: bytes = b"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n"

    def answer(self, asked: Asked, line: Line) -> bool:
        line.say(self.head + json.dumps(Answer(self.text).document("a-model")).encode())
        return False
