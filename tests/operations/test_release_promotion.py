"""`release promote` judges the canary once more: by another trial, its own alarms and what its metrics have counted."""

from __future__ import annotations

import pytest

from tests.commands.running import Commands
from tests.operations.deployed import DEPLOYMENT, Deployed
from tests.operations.released import beginning, told
from tests.operations.serving import Served

PREFIX = f"{DEPLOYMENT.name}-"

pytestmark = pytest.mark.usefixtures("served")


def test_promoting_says_what_the_canary_was_judged_by(deployed: Deployed, commands: Commands) -> None:
    """By hand a canary may have begun without a trial, and the pipeline's last minutes are counted late."""
    deployed.point(2, {3: 0.1})
    deployed.before("GetMetricData", lambda times: told(requests=[2.0], failures=[0.0]))
    said = commands.run("release", "promote", "--yes").out
    assert "judged by the trial alone, 50 requests: callers sent 2 requests, fewer than 20" in said
    assert deployed.alias == (3, {})


@pytest.mark.parametrize("alarm", ["canary-errors", "canary-5xx"])
def test_a_canary_in_alarm_is_not_promoted(deployed: Deployed, commands: Commands, alarm: str) -> None:
    deployed.point(2, {3: 0.1})
    beginning(deployed, **{alarm: "ALARM"})
    failed = commands.fail("release", "promote", "--yes")
    assert failed.message.startswith(f"Version 3 was not promoted, because of {PREFIX}{alarm}.")
    assert deployed.alias == (2, {3: 0.1})
    commands.run("release", "promote", "--yes", "--untried")
    assert deployed.alias == (3, {})


def test_alarms_of_others_do_not_stop_a_promotion(deployed: Deployed, commands: Commands) -> None:
    deployed.point(2, {3: 0.1})
    beginning(deployed, lambda_throttles="ALARM")
    commands.run("release", "promote", "--yes")
    assert deployed.alias == (3, {})


def test_a_canary_that_has_failed_requests_is_not_promoted(deployed: Deployed, commands: Commands) -> None:
    deployed.point(2, {3: 0.1})
    deployed.before("GetMetricData", lambda times: told(requests=[25.0], failures=[3.0]))
    failed = commands.fail("release", "promote", "--yes")
    assert "because of 3 failed requests in its metrics" in failed.message
    assert deployed.alias == (2, {3: 0.1})


def test_a_canary_that_fails_its_trial_is_not_promoted(deployed: Deployed, commands: Commands, served: Served) -> None:
    deployed.point(2, {3: 0.1})
    served.change = lambda event, answer: answer | ({"statusCode": 500} if event.get("path") == "/ready" else {})
    failed = commands.fail("release", "promote", "--yes")
    assert "Version 3 was not promoted, because of GET /ready: 500 instead of 200" in failed.message
    assert deployed.alias == (2, {3: 0.1})


def test_a_promotion_that_was_cut_off_is_finished_without_a_trial(
    deployed: Deployed, commands: Commands, served: Served
) -> None:
    deployed.set_release(2, 3, 0.1)
    deployed.point(3)
    commands.run("release", "promote", "--yes")
    assert deployed.release == {"stable_version": "3", "canary_version": None, "canary_weight": 0}
    assert served.events == []
