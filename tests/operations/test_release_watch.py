"""`release canary --minutes` watches the alarms, judges by what it has seen, and says by what."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from project.logging import NAMESPACE, VERSION_METRICS
from tests.commands.running import Commands
from tests.operations.deployed import DEPLOYMENT, Deployed, refusal
from tests.operations.released import beginning, told
from tests.operations.serving import Served

PREFIX = f"{DEPLOYMENT.name}-"
# Long after the look at which the test makes an alarm ring.
LONG = ("--minutes", "1", "--interval", "0.001")

pytestmark = pytest.mark.usefixtures("served")


def test_a_canary_without_an_alarm_goes_on(deployed: Deployed, commands: Commands) -> None:
    beginning(deployed)
    said = commands.run("release", "canary", "--yes", "--minutes", "0").out
    assert "No alarm in 0 minutes; judged by the trial alone, 50 requests: " in said
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


@pytest.mark.parametrize(
    ("values", "basis"),
    [
        (
            {"requests": [10.0, 15.0], "failures": [0.0]},
            "judged by 25 requests of callers and 50 requests of the trial",
        ),
        (
            {"requests": [2.0], "failures": [0.0]},
            "judged by the trial alone, 50 requests: callers sent 2 requests, fewer than 20",
        ),
        (
            {"failures": [0.0]},
            "judged by the trial alone, 50 requests: CloudWatch has no request of callers to it",
        ),
        (
            {"requests": [25.0]},
            "judged by the trial alone, 50 requests: CloudWatch has no data of its failures",
        ),
    ],
)
def test_it_says_what_a_canary_was_judged_by(
    deployed: Deployed, commands: Commands, values: dict[str, list[float]], basis: str
) -> None:
    deployed.before("GetMetricData", lambda times: told(**values))
    said = commands.run("release", "canary", "--yes", "--minutes", "0").out
    assert f"No alarm in 0 minutes; {basis}. To keep it: manage.py release promote" in said
    assert deployed.alias == (2, {3: 0.1})


@pytest.mark.parametrize(
    ("values", "basis"),
    [
        ({"requests": [25.0], "failures": [0.0, 2.0]}, "2 failed requests in its metrics"),
        ({"requests": [25.0], "failures": [0.0], "crashes": [1.0]}, "1 failed request in its metrics"),
        ({"crashes": [1.0]}, "1 failed request in its metrics"),
    ],
)
def test_failures_that_no_alarm_has_told_of_yet_roll_back(
    deployed: Deployed, commands: Commands, values: dict[str, list[float]], basis: str
) -> None:
    deployed.before("GetMetricData", lambda times: told(**values))
    failed = commands.fail("release", "canary", "--yes", "--minutes", "0")
    assert failed.message == f"The canary was rolled back, because of {basis}."
    assert deployed.alias == (2, {})


def test_the_metrics_that_are_counted_are_those_of_the_version_since_before_its_trial(
    deployed: Deployed, commands: Commands
) -> None:
    began = datetime.now(UTC).replace(second=0, microsecond=0)
    asked: list[dict[str, Any]] = []
    deployed.events.register(
        "before-parameter-build.cloudwatch.GetMetricData", lambda params, **_: asked.append(params)
    )
    commands.run("release", "canary", "--yes", "--minutes", "0")
    (query,) = asked
    assert query["StartTime"] >= began
    assert query["StartTime"] <= datetime.now(UTC) < query["EndTime"]
    metrics = {each["Id"]: each["MetricStat"]["Metric"] for each in query["MetricDataQueries"]}
    found = {
        id_: (metric["Namespace"], metric["MetricName"], {each["Name"]: each["Value"] for each in metric["Dimensions"]})
        for id_, metric in metrics.items()
    }
    by_alias = {"FunctionName": "interactions-prod", "Resource": "interactions-prod:live", "ExecutedVersion": "3"}
    assert found == {
        "requests": ("AWS/Lambda", "Invocations", by_alias),
        "crashes": ("AWS/Lambda", "Errors", by_alias),
        "failures": (NAMESPACE, *VERSION_METRICS, {"service": "interactions-prod", "version": "3"}),
    }


def test_counts_that_aws_refuses_are_told_and_not_taken_for_none(deployed: Deployed, commands: Commands) -> None:
    deployed.before("GetMetricData", lambda times: refusal("AccessDenied", "no", 403))
    said = commands.run("release", "canary", "--yes", "--minutes", "0").out
    assert "How many requests it got is not known. AWS refused GetMetricData: AccessDenied: no." in said
    assert "judged by the trial alone, 50 requests" in said


def test_a_watched_alarm_without_data_is_named(deployed: Deployed, commands: Commands) -> None:
    deployed.before("GetMetricData", lambda times: told(requests=[25.0], failures=[0.0]))
    beginning(deployed, canary_5xx="INSUFFICIENT_DATA")
    said = commands.run("release", "canary", "--yes", "--minutes", "0").out
    assert f"judged by the trial alone, 50 requests: without data are {PREFIX}canary-5xx" in said


def test_a_running_canary_that_is_watched_is_tried_too(deployed: Deployed, commands: Commands, served: Served) -> None:
    commands.run("release", "canary", "--yes")
    served.change = lambda event, answer: answer | ({"statusCode": 500} if event.get("path") == "/ready" else {})
    failed = commands.fail("release", "canary", "--yes", *LONG)
    assert "The canary was rolled back, because of GET /ready: 500 instead of 200" in failed.message
    assert deployed.alias == (2, {})
    assert deployed.release == {"stable_version": "2", "canary_version": "3", "canary_weight": 0}


def test_a_running_canary_that_cannot_be_tried_is_rolled_back(deployed: Deployed, commands: Commands) -> None:
    commands.run("release", "canary", "--yes")
    deployed.before("Invoke", lambda times: refusal("AccessDeniedException", "no", 403))
    failed = commands.fail("release", "canary", "--yes", *LONG)
    assert failed.message == "AWS refused Invoke: AccessDeniedException: no."
    assert "The canary cannot be tried" in failed.out
    assert deployed.alias == (2, {})


def test_a_version_that_cannot_be_tried_gets_no_traffic(deployed: Deployed, commands: Commands) -> None:
    deployed.before("Invoke", lambda times: refusal("AccessDeniedException", "no", 403))
    assert "AWS refused Invoke" in commands.fail("release", "canary", "--yes").message
    assert deployed.alias == (2, {})
    assert deployed.asked("UpdateAlias") == []
