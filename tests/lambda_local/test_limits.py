"""The limits of API Gateway and of Lambda: sizes, times, invocations at once."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.lambda_local.functions import HANDLER
from tests.lambda_local.serving import Answer, Gateway, serving
from tests.lambda_local.test_answers import check_problem

BODY_BYTES = 10_485_760
EVENT_BYTES = ANSWER_BYTES = 6_291_556
HEADER_BYTES = 10_240


def check_fixed(answer: Answer, status: int, message: str) -> None:
    """It is an error that API Gateway answers in its own words, whatever is configured."""
    assert (answer.status, answer.json()) == (status, {"message": message})
    assert answer.headers["Content-Type"] == "application/json"


def test_bodies_over_10_mb_are_too_large(gateway: Gateway) -> None:
    check_fixed(gateway.ask("POST", "/prod/x", b" " * (BODY_BYTES + 1)), 413, "Request Too Long")
    check_fixed(gateway.ask("POST", "/prod/x", b" " * 2 * BODY_BYTES), 413, "Request Too Long")


def test_so_are_those_whose_event_is_over_6_mb(gateway: Gateway) -> None:
    fitting = (EVENT_BYTES - 10_000) // 4 * 3  # base64 makes four bytes of three
    check_fixed(gateway.ask("POST", "/prod/x", b" " * (fitting + 10_000)), 413, "Request Too Long")
    assert gateway.ask("POST", "/prod/process", b" " * fitting).status == 200


def test_answers_over_6_mb_are_a_bad_gateway_and_the_next_is_normal(gateway: Gateway) -> None:
    check_problem(gateway.ask("POST", "/prod/large", str(ANSWER_BYTES).encode()), 502)
    size = ANSWER_BYTES - 100
    answer = gateway.ask("POST", "/prod/large", str(size).encode())
    assert (answer.status, len(answer.content)) == (200, size)


def test_the_request_line_and_the_values_of_headers_have_10_240_bytes(gateway: Gateway) -> None:
    line = "GET /prod/process HTTP/1.1"
    others = gateway.origin.removeprefix("https://") + "identity"
    room = HEADER_BYTES - len(line) - len(others)
    assert gateway.ask("GET", "/prod/process", X_Long="x" * room).status == 200
    too_large = gateway.ask("GET", "/prod/process", X_Long="x" * (room + 1))
    check_fixed(too_large, 431, "HTTP header is larger than 10240 bytes.")


@pytest.mark.parametrize("path", ["/", "/v1/interactions", "/production", "/prod2/x"])
def test_other_stages_are_forbidden(gateway: Gateway, path: str) -> None:
    check_fixed(gateway.ask("GET", path), 403, "Forbidden")


@pytest.mark.parametrize("character", "{|}")
def test_some_characters_of_a_query_have_to_be_encoded(gateway: Gateway, character: str) -> None:
    check_fixed(gateway.ask("GET", f"/prod/x?a={character}"), 400, "Bad Request")
    encoded = gateway.ask("GET", f"/prod/x?a=%{ord(character):02X}").json()["event"]
    assert encoded["queryStringParameters"] == {"a": character}


def test_a_function_is_told_how_long_it_has(gateway: Gateway) -> None:
    assert 0 < gateway.ask("GET", "/prod/x").json()["left"] <= 1001  # of milliseconds, which are rounded


def test_a_function_that_takes_too_long_is_ended_with_all_that_it_knew(gateway: Gateway) -> None:
    before = gateway.ask("GET", "/prod/process").content
    gateway.ask("GET", "/prod/hang")
    assert int(before) not in gateway.processes()
    assert "Task timed out after 1.00 seconds" in gateway.log.read_text()
    assert gateway.ask("GET", "/prod/process").content != before


@contextmanager
def met(gateway: Gateway, folder: Path) -> Iterator[None]:
    """While in the block, the function is in the middle of a request, which it answers afterwards."""
    pipes = [folder / "started", folder / "go on"]
    for pipe in pipes:
        os.mkfifo(pipe)
    with ThreadPoolExecutor() as pool:
        asked = pool.submit(gateway.ask, "POST", "/prod/meet", json.dumps([*map(str, pipes)]).encode())
        pipes[0].open().close()
        try:
            yield
        finally:
            pipes[1].open("w").close()
        asked.result()


def test_an_environment_has_one_request_at_a_time_and_others_are_made(versatile: Path, tmp_path: Path) -> None:
    with serving(versatile, *HANDLER) as gateway:
        first = gateway.ask("GET", "/prod/process").content
        assert gateway.ask("GET", "/prod/process").content == first
        with met(gateway, tmp_path):
            assert gateway.ask("GET", "/prod/process").content != first
        assert len(gateway.processes()) == 2


def test_no_more_run_at_once_than_may(versatile: Path, tmp_path: Path) -> None:
    with serving(versatile, *HANDLER, "--concurrency", "1") as gateway:
        with met(gateway, tmp_path):
            check_problem(gateway.ask("GET", "/prod/process"), 500)
        assert gateway.ask("GET", "/prod/process").status == 200


def test_the_gateway_gives_up_before_the_function_does(versatile: Path, tmp_path: Path) -> None:
    with serving(versatile, *HANDLER, "--concurrency", "1", "--integration-timeout", "0.5") as gateway:
        with ThreadPoolExecutor() as pool:
            pipes = [tmp_path / "started", tmp_path / "go on"]
            for pipe in pipes:
                os.mkfifo(pipe)
            asked = pool.submit(gateway.ask, "POST", "/prod/meet", json.dumps([*map(str, pipes)]).encode())
            pipes[0].open().close()
            check_problem(asked.result(), 504)
            assert "went on" not in gateway.log.read_text()
            check_problem(gateway.ask("GET", "/prod/process"), 500)
            pipes[1].open("w").close()
        (pid,) = gateway.processes()
        while gateway.ask("GET", "/prod/process").status == 500:
            pass
        assert gateway.processes() == {pid}
        assert "went on" in gateway.log.read_text()
