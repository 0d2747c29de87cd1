"""`release canary` asks the version itself before it gets a request, and watches the alarms when it has."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.urls import clear_script_prefix

from tests.commands.running import Commands
from tests.events.invocation import invoked
from tests.events.proxy import stored_event
from tests.operations.deployed import DEPLOYMENT, OK, Answer, Deployed, refusal

PREFIX = f"{DEPLOYMENT.name}-"
# Long after the look at which the test makes an alarm ring.
LONG = ("--minutes", "1", "--interval", "0.001")


def beginning(deployed: Deployed, **states: str) -> None:
    for key, state in states.items():
        deployed.alarm(key.replace("_", "-"), state)
    deployed.answers(OK, OK)


@pytest.fixture
def kept_connections(db: None) -> Iterator[None]:
    """A test's transaction is not ended by a request in it, and no stage is left to the next."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)
    clear_script_prefix()


@pytest.mark.usefixtures("kept_connections")
def test_the_version_is_asked_for_what_the_handler_answers(
    deployed: Deployed, commands: Commands, settings: Any
) -> None:
    deployed.answers(OK, OK)
    commands.run("release", "canary", "--yes")
    events = [call.document for call in deployed.asked("Invoke")]
    assert [(event["httpMethod"], event["path"]) for event in events] == [("GET", "/health"), ("GET", "/ready")]
    assert {event["requestContext"]["path"] for event in events} == {"/prod/health", "/prod/ready"}
    settings.ALLOWED_HOSTS = ["a1b2c3d4e5.execute-api.us-east-1.amazonaws.com"]
    assert [invoked(event)["statusCode"] for event in events] == [200, 200]
    assert events[0].keys() == stored_event("proxy").keys()
    operations = [call.operation for call in deployed.calls]
    assert operations.index("UpdateAlias") > max(i for i, name in enumerate(operations) if name == "Invoke")


@pytest.mark.parametrize(
    ("answers", "fault"),
    [
        ([{"statusCode": 503, "body": "secret"}], "it answered 503 for GET /health"),
        ([OK, {"statusCode": 503}], "it answered 503 for GET /ready"),
        ([{"errorMessage": "secret"}], "it gave no HTTP answer for GET /health"),
        (["text"], "it gave no HTTP answer"),
        ([None], "it gave no HTTP answer"),
    ],
)
def test_a_version_that_cannot_serve_gets_no_traffic(
    deployed: Deployed, commands: Commands, answers: list[Any], fault: str
) -> None:
    deployed.answers(*answers)
    failed = commands.fail("release", "canary", "--yes")
    assert failed.message.startswith("Version 3 cannot serve, and gets no request: ")
    assert fault in failed.message
    assert "secret" not in str(failed)
    assert deployed.asked("UpdateAlias") == []


def test_of_a_version_that_fails_the_kind_of_error_is_said(deployed: Deployed, commands: Commands) -> None:
    class Failed:
        status_code = 200

    payload = json.dumps({"errorType": "ImproperlyConfigured", "errorMessage": "secret"}).encode()

    class Payload:
        def read(self) -> bytes:
            return payload

    answer: Answer = (Failed(), {"FunctionError": "Unhandled", "Payload": Payload(), "StatusCode": 200})
    deployed.before("Invoke", lambda times: answer)
    failed = commands.fail("release", "canary", "--yes")
    assert "it failed (ImproperlyConfigured) for GET /health" in failed.message
    assert "secret" not in str(failed)


@pytest.mark.parametrize("hosts", ["", "*", ","])
def test_a_version_that_answers_to_no_name_cannot_be_asked(deployed: Deployed, commands: Commands, hosts: str) -> None:
    deployed.publish(ALLOWED_HOSTS=hosts)
    assert "Version 4 does not say by its ALLOWED_HOSTS" in commands.fail("release", "canary", "--yes").message
    deployed.publish(ALLOWED_HOSTS=".api.example")
    deployed.answers(OK, OK)
    commands.run("release", "canary", "--yes")
    assert {call.document["headers"]["Host"] for call in deployed.asked("Invoke")} == {"api.example"}


def test_a_canary_without_an_alarm_goes_on(deployed: Deployed, commands: Commands) -> None:
    beginning(deployed)
    said = commands.run("release", "canary", "--yes", "--minutes", "0").out
    assert "No alarm in 0 minutes. To keep it: manage.py release promote" in said
    assert deployed.alias == (2, {3: 0.1})
    commands.run("release", "canary", "--yes", "--minutes", "0.0001", "--interval", "0.001")
    assert deployed.alias == (2, {3: 0.1})
    assert len(deployed.asked("UpdateAlias")) == 1


@pytest.mark.parametrize("alarm", ["canary-errors", "canary-5xx", "log-errors", "gateway-5xx", "live-errors"])
def test_each_alarm_on_failures_of_the_service_rolls_back(deployed: Deployed, commands: Commands, alarm: str) -> None:
    beginning(deployed)
    deployed.before("DescribeAlarms", lambda times: deployed.alarm(alarm) if times == 1 else None)
    failed = commands.fail("release", "canary", "--yes", *LONG)
    assert failed.message == f"The canary was rolled back, because of {PREFIX}{alarm}."
    assert deployed.alias == (2, {})


def test_the_alarm_on_providers_rolls_nothing_back(deployed: Deployed, commands: Commands) -> None:
    deployed.add_alarm("provider-errors", "ALARM")
    beginning(deployed)
    assert "No alarm in 0 minutes" in commands.run("release", "canary", "--yes", "--minutes", "0").out
    assert deployed.alias == (2, {3: 0.1})
    assert "provider-errors" in commands.run("release", "status").out


def test_the_first_alarm_rolls_back_by_one_update(deployed: Deployed, commands: Commands) -> None:
    beginning(deployed)

    def ring(times: int) -> None:
        if times == 3:
            deployed.alarm("canary-errors")
            deployed.alarm("api-latency")

    deployed.before("DescribeAlarms", ring)
    failed = commands.fail("release", "canary", "--yes", *LONG)
    assert failed.message == (f"The canary was rolled back, because of {PREFIX}api-latency, {PREFIX}canary-errors.")
    assert "Rolled back in" in failed.out
    assert deployed.alias == (2, {})
    assert deployed.release == {"stable_version": "2", "canary_version": "3", "canary_weight": 0}
    assert len(deployed.asked("UpdateAlias")) == 2  # to the canary, and back
    assert len(deployed.asked("DescribeAlarms")) == 4


def test_an_alarm_that_rang_before_counts_once_it_has_been_ok(deployed: Deployed, commands: Commands) -> None:
    beginning(deployed, gateway_5xx="ALARM", live_errors="INSUFFICIENT_DATA")
    said = commands.run("release", "canary", "--yes", "--minutes", "0").out
    assert f"In ALARM before the canary, and not counted until OK again: {PREFIX}gateway-5xx." in said
    assert deployed.alias == (2, {3: 0.1})
    commands.run("release", "rollback", "--yes")
    beginning(deployed)

    def ring(times: int) -> None:
        deployed.alarm("gateway-5xx", "OK" if times == 3 else "ALARM")

    deployed.before("DescribeAlarms", ring)
    failed = commands.fail("release", "canary", "--yes", *LONG)
    assert failed.message == f"The canary was rolled back, because of {PREFIX}gateway-5xx."
    assert deployed.alias == (2, {})


@pytest.mark.parametrize("alarm", ["canary-errors", "canary-5xx"])
def test_a_canary_whose_own_alarm_rings_already_does_not_begin(
    deployed: Deployed, commands: Commands, alarm: str
) -> None:
    beginning(deployed, **{alarm: "ALARM"})
    failed = commands.fail("release", "canary", "--yes", "--minutes", "0")
    assert failed.message.startswith(f"In ALARM already: {PREFIX}{alarm}.")
    assert deployed.asked("UpdateAlias") == []


def test_what_rings_while_a_canary_runs_already_counts(deployed: Deployed, commands: Commands) -> None:
    beginning(deployed)
    commands.run("release", "canary", "--yes")
    beginning(deployed, canary_errors="ALARM")
    assert "rolled back" in commands.fail("release", "canary", "--yes", "--minutes", "0").message
    assert deployed.alias == (2, {})


def test_alarms_that_do_not_exist_cannot_be_relied_on(deployed: Deployed, commands: Commands) -> None:
    beginning(deployed)
    deployed.cloudwatch.delete_alarms(AlarmNames=[f"{PREFIX}canary-errors", f"{PREFIX}gateway-5xx"])
    failed = commands.fail("release", "canary", "--yes", "--minutes", "0")
    assert f"There is no alarm {PREFIX}canary-errors, {PREFIX}gateway-5xx to watch" in failed.message
    assert deployed.asked("UpdateAlias") == []


def test_a_canary_that_cannot_be_watched_is_rolled_back(deployed: Deployed, commands: Commands) -> None:
    beginning(deployed)
    deployed.before("DescribeAlarms", lambda times: refusal("AccessDenied", "no", 403) if times == 2 else None)
    failed = commands.fail("release", "canary", "--yes", *LONG)
    assert failed.message == "AWS refused DescribeAlarms: AccessDenied: no."
    assert "The alarms cannot be looked at" in failed.out
    assert deployed.alias == (2, {})


def test_an_interruption_leaves_the_canary_and_says_so(deployed: Deployed, commands: Commands) -> None:
    beginning(deployed)

    def interrupt(times: int) -> None:
        if times == 2:
            raise KeyboardInterrupt

    deployed.before("DescribeAlarms", interrupt)
    failed = commands.fail("release", "canary", "--yes", *LONG)
    assert "the canary goes on: version 3 gets 10 % of the requests" in failed.message
    assert "`manage.py release rollback` ends it" in failed.message
    assert deployed.alias == (2, {3: 0.1})


def test_what_somebody_else_has_changed_meanwhile_is_not_rolled_back(deployed: Deployed, commands: Commands) -> None:
    beginning(deployed)

    def promote(times: int) -> None:
        if times == 2:
            deployed.point(3)
            deployed.alarm("gateway-5xx")

    deployed.before("DescribeAlarms", promote)
    failed = commands.fail("release", "canary", "--yes", *LONG)
    assert "Somebody else has changed the alias meanwhile: version 3 gets every request." in failed.message
    assert f"In ALARM: {PREFIX}gateway-5xx" in failed.message
    assert deployed.alias == (3, {})


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_a_person_at_a_terminal_is_asked(deployed: Deployed, monkeypatch: pytest.MonkeyPatch) -> None:
    deployed.answers(OK, OK)
    monkeypatch.setattr(sys, "stdin", Terminal("y\n"))
    call_command("release", "canary", stdout=StringIO())
    assert deployed.alias == (2, {3: 0.1})
    for answer in ("\n", "no\n", ""):
        monkeypatch.setattr(sys, "stdin", Terminal(answer))
        with pytest.raises(CommandError, match=r"^Nothing was changed\.$"):
            call_command("release", "promote", stdout=StringIO())
    assert deployed.alias == (2, {3: 0.1})
