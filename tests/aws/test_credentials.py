"""Credentials come from the environment or from the container, are renewed in time, and are never shown."""

from __future__ import annotations

import json
import socket
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from interactions.aws.credentials import Credentials, NoCredentials, RoleCredentials
from interactions.aws.service import JsonService
from tests.aws.server import PATIENCE, serving

SECRET, TOKEN = "a-secret-key-that-nobody-may-see", "a-token-that-nobody-may-see"
FULL_URI, RELATIVE_URI = "AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
AUTHORIZATION = "AWS_CONTAINER_AUTHORIZATION_TOKEN"


@dataclass
class Agent:
    """Hands out credentials that last for so many minutes; `asked` has each path with its authorization."""

    url: str = ""
    minutes: float = 60
    status: int = 200
    changes: dict[str, Any] = field(default_factory=dict)
    body: bytes | None = None
    asked: list[tuple[str, str | None]] = field(default_factory=list)

    def answer(self) -> bytes:
        if self.body is not None:
            return self.body
        expiration = datetime.now(UTC) + timedelta(minutes=self.minutes)
        document: dict[str, Any] = {
            "AccessKeyId": f"AKID{len(self.asked)}",
            "SecretAccessKey": SECRET,
            "Token": TOKEN,
            "Expiration": expiration.isoformat(timespec="seconds").replace("+00:00", "Z"),
        }
        return json.dumps(document | self.changes).encode()


@contextmanager
def handing_out() -> Iterator[Agent]:
    agent = Agent()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            agent.asked.append((self.path, self.headers["Authorization"]))
            self.send_response(agent.status)
            self.end_headers()
            self.wfile.write(agent.answer())

        def log_message(self, *arguments: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    agent.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield agent
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def agent(monkeypatch: pytest.MonkeyPatch) -> Iterator[Agent]:
    with handing_out() as agent:
        monkeypatch.setenv(FULL_URI, f"{agent.url}/role?version=2")
        yield agent


def refusal() -> str:
    """All that anybody sees of the error, causes included."""
    with pytest.raises(NoCredentials) as refused:
        RoleCredentials().get()
    seen = "".join(traceback.format_exception(refused.value))
    assert SECRET not in seen
    assert TOKEN not in seen
    return str(refused.value)


def test_those_of_the_environment_come_first(agent: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    assert RoleCredentials().get() == Credentials("AKIDEXAMPLE", SECRET)
    monkeypatch.setenv("AWS_SESSION_TOKEN", TOKEN)
    assert RoleCredentials().get() == Credentials("AKIDEXAMPLE", SECRET, TOKEN)
    assert agent.asked == []


def test_half_of_them_in_the_environment_are_none(agent: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    assert RoleCredentials().get().access_key == "AKID1"


def test_a_containers_are_asked_for_once(agent: Agent) -> None:
    role = RoleCredentials()
    first = role.get()
    assert (first.access_key, first.secret_key, first.token) == ("AKID1", SECRET, TOKEN)
    assert role.get() is first
    assert agent.asked == [("/role?version=2", None)]


def test_a_token_authorizes(agent: Agent, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(AUTHORIZATION, "Basic abc")
    RoleCredentials().get()
    file = tmp_path / "token"
    file.write_text("Bearer def\n")
    monkeypatch.setenv(f"{AUTHORIZATION}_FILE", str(file))
    RoleCredentials().get()
    assert [authorization for _, authorization in agent.asked] == ["Basic abc", "Bearer def"]


def test_a_relative_address_is_that_of_the_containers_agent(agent: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    reached: list[Any] = []
    connect, (_, _, port) = socket.create_connection, agent.url.rpartition(":")

    def instead(address: tuple[str, int], *arguments: Any) -> socket.socket:
        reached.append(address)
        return connect(("127.0.0.1", int(port)), *arguments)

    monkeypatch.setattr(socket, "create_connection", instead)
    monkeypatch.setenv(RELATIVE_URI, "/v2/credentials/an-id")
    RoleCredentials().get()
    assert reached == [("169.254.170.2", 80)]
    assert agent.asked == [("/v2/credentials/an-id", None)]


def test_they_are_renewed_before_they_expire(agent: Agent) -> None:
    role = RoleCredentials()
    agent.minutes = 4
    assert [role.get().access_key for _ in range(3)] == ["AKID1", "AKID2", "AKID3"]
    agent.minutes = 6
    assert [role.get().access_key for _ in range(3)] == ["AKID4", "AKID4", "AKID4"]


def test_while_no_others_can_be_had_they_serve_as_long_as_they_are_good(agent: Agent) -> None:
    role = RoleCredentials()
    agent.minutes = 4
    assert role.get().access_key == "AKID1"
    agent.status = 500
    assert [role.get().access_key for _ in range(3)] == ["AKID1", "AKID1", "AKID1"]
    assert len(agent.asked) == 2  # not at each call


def test_expired_ones_do_not_serve(agent: Agent) -> None:
    role = RoleCredentials()
    agent.minutes = -1
    role.get()
    agent.status = 500
    with pytest.raises(NoCredentials, match="status 500"):
        role.get()


def test_after_a_restore_they_are_asked_for_anew(agent: Agent) -> None:
    role = RoleCredentials()
    role.get()
    role.forget()
    assert role.get().access_key == "AKID2"


def test_a_request_is_signed_with_those_that_are_good_now(agent: Agent) -> None:
    with serving() as server:
        service = JsonService("dynamodb", target="T", version="1.0", region="us-east-1", endpoint=server.endpoint)
        agent.minutes = 4
        for _ in range(2):
            service.call("GetItem", b"{}", PATIENCE, PATIENCE)
        service.disconnect()
        assert [request.headers["x-amz-security-token"] for request in server.requests] == [TOKEN, TOKEN]
        signed = [request.headers["authorization"].partition("/")[0] for request in server.requests]
        assert signed == ["AWS4-HMAC-SHA256 Credential=AKID1", "AWS4-HMAC-SHA256 Credential=AKID2"]


def test_where_there_are_none_it_is_said_where_they_may_be() -> None:
    said = refusal()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", FULL_URI, "AWS_WIRE=botocore"):
        assert name in said


@pytest.mark.parametrize("url", ["http://10.0.0.1/", "http://example.com/", "http://127.0.0.1.example.com/"])
def test_nobody_elsewhere_is_asked_without_tls(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv(FULL_URI, url)
    monkeypatch.setenv(AUTHORIZATION, TOKEN)
    assert "over HTTPS, or from this very host" in refusal()


@pytest.mark.parametrize("url", ["file:///etc/passwd", "nothing", "http://", "http://127.0.0.1:port/"])
def test_an_address_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv(FULL_URI, url)
    assert "cannot be had" in refusal()


@pytest.mark.parametrize("token", ["a\r\nb: c", "é"])
def test_a_token_that_is_none_is_not_sent(agent: Agent, monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    monkeypatch.setenv(AUTHORIZATION, TOKEN + token)
    assert "has a line break or another letter" in refusal()
    assert agent.asked == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"SecretAccessKey": f"{SECRET}\n"}, "the secret key of AWS has a space, a line break"),
        ({"Token": f"{TOKEN}\r\nHost: elsewhere"}, "the token of AWS has a space, a line break"),
        ({"AccessKeyId": f"{SECRET} é"}, "the access key of AWS has a space, a line break"),
        ({"SecretAccessKey": None}, "cannot be understood"),
        ({"SecretAccessKey": 5}, "cannot be understood"),
        ({"Expiration": SECRET}, "cannot be understood"),
        ({"Expiration": None}, "cannot be understood"),
    ],
)
def test_what_is_wrong_with_them_is_told_without_them(agent: Agent, changes: dict[str, Any], said: str) -> None:
    agent.changes = changes
    assert said in refusal()


@pytest.mark.parametrize("body", [b"", b"[]", b"null", SECRET.encode(), b'{"SecretAccessKey": "' + SECRET.encode()])
def test_an_answer_that_is_none_is_told_without_it(agent: Agent, body: bytes) -> None:
    agent.body = body
    assert refusal() == "the container's credentials cannot be understood"


@pytest.mark.parametrize("status", [302, 403, 404, 500])
def test_a_refusal_is_told(agent: Agent, status: int) -> None:
    agent.status = status
    agent.body = SECRET.encode()
    assert f"status {status}" in refusal()


def test_an_agent_that_is_not_there_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        monkeypatch.setenv(FULL_URI, f"http://127.0.0.1:{unused.getsockname()[1]}/")
        assert "ConnectionRefusedError" in refusal()


def test_a_file_that_is_not_there_is_told(agent: Agent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"{AUTHORIZATION}_FILE", "/no/such/file")
    assert "/no/such/file" in refusal()


def test_a_secret_is_in_no_representation() -> None:
    credentials = Credentials("AKIDEXAMPLE", SECRET, TOKEN)
    for shown in (repr(credentials), str(credentials), repr([credentials]), f"{credentials}"):
        assert "AKIDEXAMPLE" in shown
        assert SECRET not in shown
        assert TOKEN not in shown
