"""`logs`: the lines of the service in words, those that are asked for, each once."""

from __future__ import annotations

import json
import logging
import sys
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from interactions.domain.errors import Unavailable
from project.logging import JsonFormatter
from tests.commands.running import Commands
from tests.operations.deployed import DEPLOYMENT, Deployed

TRACE = "0af7651916cd43dd8448eb211c80319c"
XRAY = f"1-{TRACE[:8]}-{TRACE[8:]}"
REQUEST = "c6af9ac6-7b61-11e6-9a41-93e8deadbe02"
STEERING = "\x1b[2J\x9b1m\u202e"


class Log:
    """The function's log group, in which lines can be put."""

    def __init__(self, deployed: Deployed) -> None:
        self.now = int(time.time() * 1000)
        self._client = deployed.client("logs")
        self._group = DEPLOYMENT.log_group
        self._client.create_log_group(logGroupName=self._group)
        self._streams: set[str] = set()

    def put(self, *messages: str, at: int | None = None, stream: str = "2026/11/24/[3]a") -> None:
        if stream not in self._streams:
            self._client.create_log_stream(logGroupName=self._group, logStreamName=stream)
            self._streams.add(stream)
        events = [{"timestamp": self.now if at is None else at, "message": message} for message in messages]
        self._client.put_log_events(logGroupName=self._group, logStreamName=stream, logEvents=events)


@pytest.fixture
def log(deployed: Deployed) -> Log:
    return Log(deployed)


def line(message: str = "something", level: str = "INFO", **fields: Any) -> str:
    """As the service's own formatter writes it."""
    given = {"name": "interactions.test", "levelname": level, "levelno": getattr(logging, level), "msg": message}
    return JsonFormatter("interactions-prod").format(logging.makeLogRecord({**given, **fields}))


def request(**fields: Any) -> str:
    about = {"method": "GET", "route": "/v1/interactions", "status": 200, "duration_ms": 12.3, "request_id": REQUEST}
    return line("request", **{**about, **fields})


def patterns(deployed: Deployed) -> list[str | None]:
    return [call.document.get("filterPattern") for call in deployed.asked("FilterLogEvents")]


def test_a_request_is_told_in_a_line_of_words(log: Log, commands: Commands) -> None:
    at = datetime(2026, 11, 24, 12, 0, 0, 123_000, tzinfo=UTC)
    log.put(request(trace_id=TRACE, user_id="maria"), at=int(at.timestamp() * 1000))
    said = commands.run("logs", "--since", "2026-11-24T12:00:00Z").out
    assert said == (
        "2026-11-24T12:00:00.123Z INFO     GET /v1/interactions 200 12.3 ms "
        f"request={REQUEST} trace={TRACE} user=maria\n"
    )


def test_lines_that_the_service_really_writes_are_understood(
    log: Log, commands: Commands, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "interactions"):
        client.get("/health")
    written = [JsonFormatter("interactions-prod").format(record) for record in caplog.records]
    log.put(*written)
    said = commands.run("logs").out.splitlines()
    assert [" INFO     GET /health 200 " in each for each in said] == [True]


def test_below_an_error_is_said_what_it_came_from(log: Log, commands: Commands) -> None:
    try:
        try:
            raise KeyError("secret")
        except KeyError as error:
            raise Unavailable("the store is away") from error
    except Unavailable:
        log.put(line("the request failed", "ERROR", exc_info=sys.exc_info(), trace_id=TRACE))
    first, cause, deeper, place = commands.run("logs").out.splitlines()
    assert first.endswith(f" ERROR    the request failed trace={TRACE}")
    assert cause == "    Unavailable: the store is away"
    assert deeper == "    KeyError"
    assert place.startswith("      at ")
    assert place.endswith("test_below_an_error_is_said_what_it_came_from")


def test_other_lines_are_shown_as_they_are(log: Log, commands: Commands) -> None:
    report = f"REPORT RequestId: {REQUEST}\tDuration: 12 ms\t\n"
    log.put(report, '{"type":"platform.report","record":{}}', "[1, 2]", "first\nsecond")
    said = [each.partition("Z ")[2] for each in commands.run("logs").out.splitlines()]
    assert said[0] == f"REPORT RequestId: {REQUEST} Duration: 12 ms"
    assert said[1:] == ['{"type":"platform.report","record":{}}', "[1, 2]", "first", "second"]


def test_nothing_steers_the_terminal(log: Log, commands: Commands) -> None:
    log.put(STEERING, line(STEERING), request(route=STEERING), line("bad", causes=[STEERING]))
    log.put(json.dumps({**json.loads(line()), "causes": [STEERING], "stack": [STEERING]}, ensure_ascii=False))
    for options in ((), ("--json",)):
        said = commands.run("logs", *options).out
        assert len(said.splitlines()) >= 5
        assert all(character.isprintable() or character == "\n" for character in said)


def test_as_json_every_line_is_whole(log: Log, commands: Commands) -> None:
    written = request()
    log.put(written, "START", stream="one")
    first, second = map(json.loads, commands.run("logs", "--json").out.splitlines())
    assert first["line"] == json.loads(written)
    assert first["log_stream"] == "one"
    assert datetime.fromisoformat(first["timestamp"]) == datetime.fromtimestamp(log.now / 1000, UTC)
    assert second["line"] == "START"


@pytest.mark.parametrize(
    ("given", "pattern"),
    [
        (TRACE, f'?"{TRACE}" ?"{XRAY}"'),
        (TRACE.upper(), f'?"{TRACE}" ?"{XRAY}"'),
        (XRAY, f'?"{XRAY}" ?"{TRACE}"'),
        (f"Root={XRAY};Parent=53995c3f42cd8ad8;Sampled=1", f'?"{XRAY}" ?"{TRACE}"'),
        (REQUEST, f'?"{REQUEST}"'),
    ],
)
def test_a_trace_is_found_in_all_lines_that_name_it(
    log: Log, deployed: Deployed, commands: Commands, given: str, pattern: str
) -> None:
    log.put(request(trace_id=TRACE), f"REPORT RequestId: {REQUEST} XRAY TraceId: {XRAY}", request(request_id="other"))
    log.put(f"END RequestId: {REQUEST.replace('c6', '00')}")
    said = commands.run("logs", "--trace", given).out
    assert len(said.splitlines()) == 2
    assert patterns(deployed) == [pattern]


@pytest.mark.parametrize(
    "given", ["", "x", TRACE[1:], f'{TRACE}"', f'" || "{TRACE}', f"{TRACE}\n{TRACE}", "1-2-3", "%.%"]
)
def test_what_is_no_trace_is_not_asked_for(deployed: Deployed, commands: Commands, given: str) -> None:
    assert "--trace takes a trace id of 32 hexadecimal digits" in commands.fail("logs", f"--trace={given}").message
    assert deployed.calls == []


@pytest.mark.parametrize(
    ("options", "pattern", "found"),
    [
        (("--level", "CRITICAL"), '{ (($.level = "CRITICAL") || ($.level = "FATAL")) }', []),
        (
            ("--level", "ERROR"),
            '{ (($.level = "ERROR") || ($.level = "CRITICAL") || ($.level = "FATAL")) }',
            ["broken", "broken for maria"],
        ),
        (("--user", "maria"), '{ ($.user_id = "maria") }', ["broken for maria", "done for maria"]),
        (
            ("--user", "maria", "--level", "ERROR"),
            '{ (($.level = "ERROR") || ($.level = "CRITICAL") || ($.level = "FATAL")) && ($.user_id = "maria") }',
            ["broken for maria"],
        ),
    ],
)
def test_lines_are_asked_for_by_level_and_user(
    log: Log, deployed: Deployed, commands: Commands, options: tuple[str, ...], pattern: str, found: list[str]
) -> None:
    log.put(line("broken", "ERROR"), line("broken for maria", "ERROR", user_id="maria"))
    log.put(line("done for maria", user_id="maria"), "maria ERROR", line("maria ERROR", user_id="mari"))
    lines = commands.run("logs", "--json", *options).out.splitlines()
    assert [json.loads(each)["line"]["message"] for each in lines] == found
    assert patterns(deployed) == [pattern]


def test_a_user_who_is_none_is_refused(deployed: Deployed, commands: Commands) -> None:
    assert "a user is named by" in commands.fail("logs", "--user", '" || ($.level = "INFO").').message
    assert deployed.calls == []


def test_older_lines_are_left_out(log: Log, commands: Commands) -> None:
    log.put("old", at=log.now - 3_600_000)
    log.put("new", at=log.now)
    assert [each.split()[-1] for each in commands.run("logs").out.splitlines()] == ["new"]
    assert [each.split()[-1] for each in commands.run("logs", "--since", "2h").out.splitlines()] == ["old", "new"]
    assert "give how long ago" in commands.fail("logs", "--since", "yesterday").message


def test_all_pages_are_read(log: Log, commands: Commands) -> None:
    for part in range(3):
        log.put(*(f"line {part}-{n}" for n in range(4000)))
    assert len(set(commands.run("logs").out.splitlines())) == 12_000


def test_following_shows_each_line_once_late_ones_too(log: Log, deployed: Deployed, commands: Commands) -> None:
    log.put("first", at=log.now)

    def write(times: int) -> None:
        if times == 1:
            log.put("of the same millisecond", at=log.now)
            log.put("of another stream", at=log.now, stream="other")
            log.put("the next", at=log.now + 5)
        if times == 2:
            log.put("found late", at=log.now - 60_000)
        if times == 3:
            log.put("first", at=log.now + 6)  # the same words once more are another line
        if times == 6:
            raise KeyboardInterrupt

    deployed.before("FilterLogEvents", write)
    said = commands.run("logs", "--follow", "--interval", "0.001")
    words = [each.partition("Z ")[2] for each in said.out.splitlines()]
    assert words == ["first", "of the same millisecond", "of another stream", "the next", "found late", "first"]
    assert said.err == ""


def test_following_goes_back_no_further_than_lines_are_late(log: Log, deployed: Deployed, commands: Commands) -> None:
    log.put("old", at=log.now - 300_000)
    log.put("as old as a look goes back", at=log.now - 120_000)
    log.put("new", at=log.now)

    def write(times: int) -> None:
        if times == 3:
            raise KeyboardInterrupt

    deployed.before("FilterLogEvents", write)
    said = commands.run("logs", "--follow", "--interval", "0.001", "--since", "1h").out
    words = [each.partition("Z ")[2] for each in said.splitlines()]
    assert words == ["old", "as old as a look goes back", "new"]
    begins = [call.document["startTime"] for call in deployed.asked("FilterLogEvents")]
    assert begins[0] < log.now - 3_000_000
    assert begins[1:] == [log.now - 120_000] * 2


def test_following_can_be_bounded(log: Log, deployed: Deployed, commands: Commands) -> None:
    log.put("there")
    assert "there" in commands.run("logs", "--follow", "--for", "0").out
    assert len(deployed.asked("FilterLogEvents")) == 1
    assert "there" in commands.run("logs", "--follow", "--for", "0.01", "--interval", "0.001").out


@pytest.mark.parametrize("options", [(), ("--follow", "--for", "0")])
def test_a_log_group_that_does_not_exist_is_named(
    deployed: Deployed, commands: Commands, options: tuple[str, ...]
) -> None:
    failed = commands.fail("logs", "--environment", "other", *options)
    assert failed.message.startswith("There is no log group /aws/lambda/interactions-other in us-east-1")
