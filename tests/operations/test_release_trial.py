"""`release canary` tries a version before it gets requests: it writes, reads and deletes, and leaves nothing."""

from __future__ import annotations

import sys
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from interactions.models import ApiKeyRow, InteractionRow
from tests.commands.running import Commands
from tests.events.proxy import stored_event
from tests.operations.deployed import Deployed
from tests.operations.serving import Change, Served

ROUNDS = 5
PROBES = ["GET /health", "GET /ready"]

pytestmark = pytest.mark.usefixtures("served")


def answering(method: str, path: str, status: int, after: int = 0) -> Change:
    """Answer requests to paths that begin so by another status, all but the first `after`."""
    times = 0

    def change(event: dict[str, Any], answer: Any) -> Any:
        nonlocal times
        if event.get("httpMethod") != method or not event["path"].startswith(path):
            return answer
        times += 1
        return answer if times <= after else {"statusCode": status, "body": "secret"}

    return change


def test_each_round_reads_writes_and_deletes_and_nothing_is_left(
    deployed: Deployed, commands: Commands, served: Served
) -> None:
    said = commands.run("release", "canary", "--yes").out
    assert "Version 3 answered 50 requests of the trial rightly." in said
    methods = [request.partition(" ")[0] for request in served.requests]
    assert methods == ["GET", "GET", "GET", "GET", "POST", "GET", "POST", "DELETE", "GET", "DELETE"] * ROUNDS
    assert served.requests[:2] == PROBES
    assert [event for event in served.events if "task" in event] == [{"task": "lend_trial_key"}] * ROUNDS
    assert InteractionRow.objects.count() == ApiKeyRow.objects.count() == 0
    operations = [call.operation for call in deployed.calls]
    assert operations.index("UpdateAlias") > max(i for i, name in enumerate(operations) if name == "Invoke")


def test_what_it_asks_is_as_the_gateway_has_it(commands: Commands, served: Served) -> None:
    commands.run("release", "canary", "--yes")
    requests = [event for event in served.events if "path" in event]
    assert all(event.keys() == stored_event("proxy").keys() for event in requests)
    assert {event["requestContext"]["path"] for event in requests[:2]} == {"/prod/health", "/prod/ready"}


def test_each_round_has_a_user_of_its_own_so_that_no_rate_limit_stops_it(
    commands: Commands, served: Served, settings: Any
) -> None:
    settings.INTERACTIONS_RATE_LIMIT_USER = "10/minute"
    commands.run("release", "canary", "--yes")
    users = {path for request in served.requests if (path := request.partition("/v1/users/")[2])}
    assert len(users) == ROUNDS


FAILING = {
    "health": (answering("GET", "/health", 503), "GET /health: 503 instead of 200"),
    "the store": (answering("GET", "/ready", 503), "GET /ready: 503 instead of 200"),
    "writing": (answering("POST", "/v1/interactions", 500), "POST an interaction: 500 instead of 201"),
    "reading": (answering("GET", "/v1/interactions/", 500), "GET it by its Location: 500 instead of 200"),
    "deleting": (answering("DELETE", "/v1/interactions/", 500), "DELETE it: 500 instead of 204"),
    "now and then": (answering("POST", "/v1/interactions", 500, after=5), "POST it again: 500 instead of 201"),
    "no HTTP answer": (lambda event, answer: instead(event, answer, {"errorMessage": "secret"}), "it gave no HTTP"),
    "text": (lambda event, answer: instead(event, answer, "secret"), "it gave no HTTP answer"),
    "nothing": (lambda event, answer: instead(event, answer, None), "it gave no HTTP answer"),
}


def instead(event: dict[str, Any], answer: Any, given: Any) -> Any:
    """To requests, not to tasks."""
    return given if "path" in event else answer


@pytest.mark.parametrize("case", FAILING)
def test_a_version_that_fails_a_request_of_the_trial_gets_no_traffic(
    deployed: Deployed, commands: Commands, served: Served, case: str
) -> None:
    served.change, fault = FAILING[case]
    failed = commands.fail("release", "canary", "--yes")
    assert failed.message.startswith("Version 3 cannot serve, and gets no request: ")
    assert fault in failed.message
    assert "secret" not in str(failed)
    assert deployed.asked("UpdateAlias") == []
    assert InteractionRow.objects.count() == ApiKeyRow.objects.count() == 0


def test_what_a_failing_version_cannot_erase_the_stable_one_erases(
    deployed: Deployed, commands: Commands, served: Served
) -> None:
    served.change = answering("DELETE", "/v1/users/", 500)
    failed = commands.fail("release", "canary", "--yes")
    assert "erase what the trial has written: it answered 500" in failed.message
    assert served.versions[-2:] == ["3", "2"]
    assert InteractionRow.objects.count() == ApiKeyRow.objects.count() == 0


def test_what_no_version_can_erase_is_named_with_the_command_that_does(
    deployed: Deployed, commands: Commands, served: Served
) -> None:
    def fail(event: dict[str, Any], answer: Any) -> Any:
        return {"statusCode": 500} if str(event.get("path")).startswith("/v1/users/") else answer

    served.change, served.everywhere = fail, True
    failed = commands.fail("release", "canary", "--yes")
    user = served.requests[-1].rpartition("/")[2]
    assert f"`manage.py erase_user {user}` deletes it" in failed.message
    assert deployed.asked("UpdateAlias") == []


def test_an_interruption_of_the_trial_erases_what_it_has_written(
    deployed: Deployed, commands: Commands, served: Served
) -> None:
    def interrupt(event: dict[str, Any], answer: Any) -> Any:
        if event.get("httpMethod") == "POST":
            raise KeyboardInterrupt
        return answer

    served.change = interrupt
    with pytest.raises(KeyboardInterrupt):
        call_command("release", "canary", "--yes", stdout=StringIO())
    assert InteractionRow.objects.count() == ApiKeyRow.objects.count() == 0
    assert deployed.asked("UpdateAlias") == []


def test_of_a_version_that_fails_the_kind_of_error_is_said(
    deployed: Deployed, commands: Commands, served: Served
) -> None:
    def fail(event: dict[str, Any], answer: Any) -> Any:
        raise ZeroDivisionError("secret")

    served.change = fail
    failed = commands.fail("release", "canary", "--yes")
    assert "a key for the trial: it failed (ZeroDivisionError)" in failed.message
    assert "secret" not in str(failed)


def test_no_key_of_the_trial_is_shown(commands: Commands, served: Served) -> None:
    keys: list[str] = []

    def remember(event: dict[str, Any], answer: Any) -> Any:
        keys.extend([answer["key"]] if "task" in event else [])
        return answer

    served.change = remember
    said = commands.run("release", "canary", "--yes")
    assert len(keys) == ROUNDS
    assert not any(key in str(said) for key in keys)


@pytest.mark.parametrize("hosts", ["", "*", ","])
def test_a_version_that_answers_to_no_name_cannot_be_asked(deployed: Deployed, commands: Commands, hosts: str) -> None:
    deployed.publish(ALLOWED_HOSTS=hosts)
    assert "Version 4 does not say by its ALLOWED_HOSTS" in commands.fail("release", "canary", "--yes").message


def test_a_version_is_asked_by_a_name_that_it_answers_to(
    deployed: Deployed, commands: Commands, served: Served
) -> None:
    deployed.publish(ALLOWED_HOSTS=".api.example")
    commands.run("release", "canary", "--yes")
    assert {event["headers"]["Host"] for event in served.events if "path" in event} == {"api.example"}


def test_a_dry_run_asks_for_health_and_readiness_alone(deployed: Deployed, commands: Commands, served: Served) -> None:
    said = commands.run("release", "canary", "--dry-run").out
    assert "Version 3 answers /health and /ready." in said
    assert [f"{event.get('httpMethod')} {event.get('path')}" for event in served.events] == PROBES
    served.change = answering("GET", "/ready", 503)
    assert "it answered 503 for GET /ready" in commands.fail("release", "canary", "--dry-run").message


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_a_person_at_a_terminal_is_asked(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", Terminal("y\n"))
    call_command("release", "canary", stdout=StringIO())
    assert deployed.alias == (2, {3: 0.1})
    for answer in ("\n", "no\n", ""):
        monkeypatch.setattr(sys, "stdin", Terminal(answer))
        with pytest.raises(CommandError, match=r"^Nothing was changed\.$"):
            call_command("release", "promote", stdout=StringIO())
    assert deployed.alias == (2, {3: 0.1})
