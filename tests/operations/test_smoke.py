"""`smoke`: right steps are said to be right, each wrong answer is found, and nothing that was written is left."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from pytest_django.live_server_helper import LiveServer

from infra.certificate import write_certificate
from interactions.accounts import get_accounts
from interactions.models import InteractionRow
from tests.commands.running import Commands, Output
from tests.operations.distorting import Distort, Distorting, Exchange, distorting

PROBES = ["GET /health", "GET /ready", "an unknown path", "no credential"]
WRITING = ["POST an interaction", "GET it by its Location", "POST it again", "DELETE it", "GET it again"]


@pytest.fixture
def between(live_server: LiveServer) -> Iterator[Distorting]:
    """The real service behind what can distort its answers."""
    with distorting(live_server.url) as server:
        yield server


@pytest.fixture
def key(transactional_db: None) -> str:
    made, _ = get_accounts().create_key("smoke", ("read", "write"))
    return made


def steps(said: Output) -> dict[str, str]:
    """How each step went: `ok`, or why it failed."""
    lines = [re.fullmatch(r"(ok|FAILED) +([^:]+): (.+)", line) for line in said.out.splitlines()]
    assert all(lines), said.out
    return {line[2]: line[1] if line[1] == "ok" else line[3] for line in lines if line}


def failed(said: Output) -> dict[str, str]:
    return {name: how for name, how in steps(said).items() if how != "ok"}


def test_a_service_that_does_all_right(commands: Commands, between: Distorting, key: str) -> None:
    said = commands.run("smoke", between.url, "--key-stdin", stdin=f"{key}\n".encode())
    assert steps(said) == dict.fromkeys([*PROBES, *WRITING], "ok")
    assert f"version {settings.VERSION}" in said.out
    assert key not in str(said)
    assert InteractionRow.objects.count() == 0
    asked = [each.partition(" ")[0] for each in between.asked()]
    assert asked == ["GET"] * 4 + ["POST", "GET", "POST", "DELETE", "GET"]
    assert [each.authorization for each in between.exchanges[:4]] == [None] * 4


def test_without_a_key_nothing_is_written(commands: Commands, between: Distorting) -> None:
    assert steps(commands.run("smoke", f"{between.url}/")) == dict.fromkeys(PROBES, "ok")
    assert {each.method for each in between.exchanges} == {"GET"}


def test_health_is_asked_as_often_as_wanted(commands: Commands, between: Distorting) -> None:
    versions = iter(["1.0.0", "1.0.0", "2.0.0"])

    def in_turn(exchange: Exchange) -> Exchange:
        if exchange.path != "/health":
            return exchange
        return exchange._replace(content=json.dumps({"status": "ok", "version": next(versions)}).encode())

    between.distort = in_turn
    said = commands.run("smoke", between.url, "--times", "3").out
    assert "ok      GET /health: 200, version 1.0.0 (2 times), version 2.0.0 (1 time)" in said
    assert between.asked().count("GET /health") == 3


def test_of_some_that_fail_it_is_said_how_many(commands: Commands, between: Distorting) -> None:
    statuses = iter([200, 500, 200, 503])
    between.distort = lambda each: each._replace(status=next(statuses)) if each.path == "/health" else each
    said = commands.fail("smoke", between.url, "--times", "4")
    assert re.fullmatch(r"500 instead of 200, request [0-9a-f]{32}; 2 of 4 times", failed(said)["GET /health"])
    assert said.message == f"1 of 4 steps failed at {between.url}."


def when(method: str, path: str, was: int | None = None, **changes: Any) -> Distort:
    """Other answers for requests of that method and path; headers are added, and None takes one away."""

    def distort(exchange: Exchange) -> Exchange:
        if exchange.method != method or not re.fullmatch(path, exchange.path) or was not in {None, exchange.status}:
            return exchange
        headers = exchange.headers | changes.get("headers", {})
        kept = {name: value for name, value in headers.items() if value is not None}
        return exchange._replace(**changes | {"headers": kept})

    return distort


ONE = "/v1/interactions/.+"
DOCUMENT = b'{"interaction_id":"other","prompt":"other","response":"other"}'


@pytest.mark.parametrize(
    ("distort", "step", "fault"),
    [
        (when("GET", "/health", content=b"<html>"), "GET /health", "it does not say that it is ok"),
        (when("GET", "/health", content=b'{"status":"ok","version":"\x1b[2J"}'), "GET /health", "and in which version"),
        (when("GET", "/ready", status=503), "GET /ready", "503 instead of 200"),
        (when("GET", "/ready", content=b"[]"), "GET /ready", "it does not say that it is ready"),
        (
            when("GET", "/ready", status=302, headers={"Location": "https://other.example/"}),
            "GET /ready",
            "302 instead of 200, a redirect, which is not followed",
        ),
        (when("GET", "/ready", content=b" " * 2_000_000), "GET /ready", "the answer has more than 1000000 bytes"),
        (when("GET", "/ready", raw=b"SSH-2.0-key\r\n"), "GET /ready", "no HTTP answer (BadStatusLine)"),
        (when("GET", "/ready", raw=b""), "GET /ready", "no HTTP answer (RemoteDisconnected)"),
        (when("GET", "/smoke-.*", status=200), "an unknown path", "200 instead of 404"),
        (
            when("GET", "/smoke-.*", headers={"Content-Type": "text/html"}),
            "an unknown path",
            "404, but no problem document",
        ),
        (
            when("GET", "/smoke-.*", content=b'{"status":404,"type":"about:blank"}'),
            "an unknown path",
            "404, but no problem of the type not-found",
        ),
        (when("GET", "/v1/interactions", status=200), "no credential", "200 instead of 401"),
        (
            when("GET", "/v1/interactions", headers={"Access-Control-Allow-Origin": "*"}),
            "no credential",
            "401, but it lets https://smoke.invalid read the answer (CORS)",
        ),
        (when("POST", "/v1/interactions", status=200), "POST an interaction", "200 instead of 201"),
        (when("POST", "/v1/interactions", status=504), "POST an interaction", "504 instead of 201"),
        (when("POST", "/v1/interactions", raw=b""), "POST an interaction", "no HTTP answer"),
        (
            when("POST", "/v1/interactions", content=DOCUMENT),
            "POST an interaction",
            "201, but with another interaction_id, prompt, response",
        ),
        (when("POST", "/v1/interactions", headers={"Location": None}), "POST an interaction", "its Location is not"),
        (
            when("POST", "/v1/interactions", headers={"Location": "https://other.example/v1/interactions/1"}),
            "POST an interaction",
            "201, but its Location is not http://127.0.0.1:",
        ),
        (when("GET", ONE, 200, content=DOCUMENT), "GET it by its Location", "200, but not what POST has answered"),
        (
            when("POST", "/v1/interactions", headers={"Idempotent-Replayed": None}),
            "POST it again",
            "201, but as a new one: Idempotent-Replayed is missing",
        ),
    ],
)
def test_a_wrong_answer_is_found_and_nothing_is_left(
    commands: Commands, between: Distorting, key: str, distort: Distort, step: str, fault: str
) -> None:
    between.distort = distort
    said = commands.fail("smoke", between.url, "--key-stdin", stdin=key.encode())
    assert failed(said).keys() == {step}
    assert fault in failed(said)[step]
    assert steps(said)["DELETE it"] == "ok"
    assert InteractionRow.objects.count() == 0
    assert key not in str(said)
    assert all(character.isprintable() or character == "\n" for character in said.out)


def test_what_cannot_be_deleted_is_named(commands: Commands, between: Distorting, key: str) -> None:
    between.distort = when("DELETE", ONE, status=500)
    said = commands.fail("smoke", between.url, "--key-stdin", stdin=key.encode())
    assert re.fullmatch(r"500 instead of 204: /v1/interactions/\S{36} may still be there", failed(said)["DELETE it"])
    between.distort = when("GET", ONE, 404, status=200)
    said = commands.fail("smoke", between.url, "--key-stdin", stdin=key.encode())
    assert failed(said)["GET it again"].startswith("200 instead of 404")


def test_what_was_never_written_need_not_be_deleted(commands: Commands, between: Distorting) -> None:
    revoked, made = get_accounts().create_key("smoke", ("read", "write"))
    get_accounts().revoke_key(made.key_id)
    said = commands.fail("smoke", between.url, "--key-stdin", stdin=revoked.encode())
    assert failed(said)["POST an interaction"].startswith("401 instead of 201, request ")
    assert "DELETE it" not in steps(said)
    assert revoked not in str(said)


def test_a_key_that_comes_back_is_not_shown(commands: Commands, between: Distorting, key: str) -> None:
    between.distort = when("GET", "/health", content=json.dumps({"status": "ok", "version": key}).encode())
    said = commands.fail("smoke", between.url, "--key-stdin", stdin=key.encode())
    assert key not in str(said)


def test_where_nobody_answers_nothing_more_is_asked(commands: Commands) -> None:
    said = commands.fail("smoke", "http://127.0.0.1:1", "--timeout", "5")
    assert said.out.startswith("FAILED  GET /health: no connection: ")
    assert said.message == "1 of 1 step failed at http://127.0.0.1:1."


@pytest.mark.parametrize(
    "url",
    [
        "http://api.example",
        "http://10.0.0.1",
        "http://localhost.example",
        "ftp://127.0.0.1",
        "https://",
        "https://user:secret@api.example",
        "https://api.example?key=1",
        "https://api.example/#x",
        "https://api.example:port",
        "https://api.example:0",
        "https://api.example/ prod",
        "https://api.example/prod/../x y",
        "https://[::1",
        "api.example",
    ],
)
def test_an_address_that_is_not_safe_to_ask_is_refused(commands: Commands, url: str) -> None:
    assert "give " in commands.fail("smoke", url).message


@pytest.mark.parametrize("given", [b"", b"\n", b"Bearer secret\n", b"ik_0123456789abcdef_short\n"])
def test_what_is_no_key_is_not_sent(commands: Commands, given: bytes) -> None:
    said = commands.fail("smoke", "https://api.example", "--key-stdin", stdin=given)
    assert said.message.startswith("Standard input has no API key")
    assert not given.strip() or given.decode().strip() not in str(said)


def test_over_https_the_authority_that_is_named_is_trusted_alone(
    commands: Commands, live_server: LiveServer, tmp_path: Path
) -> None:
    certificate = write_certificate(tmp_path / "certificate.pem")
    with distorting(live_server.url, certificate) as between:
        assert between.url.startswith("https://")
        said = commands.run("smoke", between.url, "--cacert", certificate)
        assert steps(said) == dict.fromkeys(PROBES, "ok")
        wary = commands.fail("smoke", between.url)
        assert "certificate verify failed" in failed(wary)["GET /health"]


def test_a_file_that_is_no_certificate_is_refused(commands: Commands, tmp_path: Path) -> None:
    (tmp_path / "empty.pem").touch()
    for name in ("empty.pem", "missing.pem"):
        said = commands.fail("smoke", "https://127.0.0.1", "--cacert", tmp_path / name)
        assert "holds no certificate" in said.message
