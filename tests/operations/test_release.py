"""`release`: traffic as asked, one update of the alias each time, and a parameter by which Terraform leaves it so."""

from __future__ import annotations

from typing import Any

import pytest

from tests.commands.running import Commands
from tests.operations.deployed import DEPLOYMENT, SECRET, Deployed, refusal
from tests.operations.released import agrees, canary, changes

pytestmark = pytest.mark.usefixtures("served")


def test_a_canary_gets_the_weight_that_is_asked_for_by_one_update(deployed: Deployed, commands: Commands) -> None:
    said = canary(commands, deployed, "--weight", "0.25")
    assert "version 3 gets 25 % of the requests, version 2 the others" in said
    assert deployed.alias == (2, {3: 0.25})
    assert deployed.release == {"stable_version": "2", "canary_version": "3", "canary_weight": 0.25}
    assert changes(deployed) == ["UpdateAlias", "PutParameter"]
    (update,) = deployed.asked("UpdateAlias")
    assert update.document["RevisionId"]
    assert update.document["RoutingConfig"] == {"AdditionalVersionWeights": {"3": 0.25}}
    assert agrees(deployed)


def test_a_canary_is_promoted(deployed: Deployed, commands: Commands) -> None:
    canary(commands, deployed)
    deployed.calls.clear()
    said = commands.run("release", "promote", "--yes").out
    assert "Done in" in said
    assert "version 3 gets every request" in said
    assert deployed.alias == (3, {})
    assert deployed.release == {"stable_version": "3", "canary_version": None, "canary_weight": 0}
    assert changes(deployed) == ["UpdateAlias", "PutParameter"]
    assert agrees(deployed)


def test_a_canary_is_rolled_back_once_however_often_that_is_asked(deployed: Deployed, commands: Commands) -> None:
    canary(commands, deployed)
    deployed.calls.clear()
    said = commands.run("release", "rollback", "--yes").out
    assert "Done in" in said
    assert deployed.alias == (2, {})
    assert deployed.release == {"stable_version": "2", "canary_version": "3", "canary_weight": 0}
    assert changes(deployed) == ["UpdateAlias", "PutParameter"]
    assert agrees(deployed)
    again = commands.run("release", "rollback", "--yes").out
    assert "Nothing is to be done: version 2 gets every request." in again
    assert "manage.py release rollback --version 1" in again
    assert deployed.alias == (2, {})
    assert len(changes(deployed)) == 2


def test_without_a_canary_the_way_back_is_the_version_before(deployed: Deployed, commands: Commands) -> None:
    canary(commands, deployed)
    commands.run("release", "promote", "--yes")
    deployed.calls.clear()
    commands.run("release", "rollback", "--yes")
    assert deployed.alias == (2, {})
    assert deployed.release == {"stable_version": "2", "canary_version": "3", "canary_weight": 0}
    assert changes(deployed) == ["UpdateAlias", "PutParameter"]
    assert agrees(deployed)
    commands.run("release", "rollback", "--yes", "--version", "1")
    assert deployed.alias == (1, {})
    assert agrees(deployed)
    refused = commands.fail("release", "rollback", "--yes", "--version", "3")
    assert "Version 3 lies ahead of the live one" in refused.message


def test_what_was_rolled_back_can_be_tried_again(deployed: Deployed, commands: Commands) -> None:
    canary(commands, deployed)
    commands.run("release", "rollback", "--yes")
    canary(commands, deployed, "--weight", "0.5")
    assert deployed.alias == (2, {3: 0.5})
    assert agrees(deployed)


def test_a_version_published_during_a_canary_takes_no_traffic(deployed: Deployed, commands: Commands) -> None:
    canary(commands, deployed)
    deployed.publish("the fourth")
    commands.run("release", "promote", "--yes")
    assert deployed.alias == (3, {})
    assert deployed.release == {"stable_version": "3", "canary_version": "4", "canary_weight": 0}
    assert agrees(deployed)


def test_the_same_canary_again_asks_nothing_of_the_alias(deployed: Deployed, commands: Commands) -> None:
    canary(commands, deployed)
    deployed.calls.clear()
    assert "Nothing is to be done" in commands.run("release", "canary", "--yes").out
    assert changes(deployed) == []
    assert deployed.asked("Invoke") == []
    canary(commands, deployed, "--weight", "0.5")
    assert changes(deployed) == ["UpdateAlias", "PutParameter"]


@pytest.mark.parametrize("finishing", ["the same", "the one that status names"])
@pytest.mark.parametrize(
    ("action", "before", "after"),
    [
        (("canary",), (2, {}), (2, {3: 0.1})),
        (("promote",), (2, {3: 0.1}), (3, {})),
        (("rollback",), (2, {3: 0.1}), (2, {})),
        (("rollback",), (2, {}), (1, {})),
    ],
)
def test_what_ended_after_the_alias_is_finished_by_another_command(
    deployed: Deployed, commands: Commands, action: tuple[str], before: Any, after: Any, finishing: str
) -> None:
    if before[1]:
        canary(commands, deployed)
    deployed.calls.clear()
    deployed.before("PutParameter", lambda times: refusal("AccessDeniedException") if times == 0 else None)
    failed = commands.fail("release", *action, "--yes")
    assert "The alias is moved: " in failed.message
    assert "Run the same command again to finish." in failed.message
    assert "AccessDeniedException" in failed.message
    assert deployed.alias == after
    assert not agrees(deployed)
    said = commands.run("release", "status").out
    assert "says otherwise" in said
    named = said.split("manage.py ")[-1].split()
    commands.run(*(named if finishing != "the same" else ("release", *action)), "--yes")
    assert deployed.alias == after
    assert len(deployed.asked("UpdateAlias")) == 1
    assert agrees(deployed)


def test_a_half_finished_promotion_can_be_taken_back(deployed: Deployed, commands: Commands) -> None:
    canary(commands, deployed)
    deployed.point(3)
    commands.run("release", "rollback", "--yes")
    assert deployed.alias == (2, {})
    assert agrees(deployed)


def test_a_change_meanwhile_is_left_as_it_is(deployed: Deployed, commands: Commands) -> None:
    deployed.before("UpdateAlias", lambda times: deployed.point(1))
    failed = commands.fail("release", "canary", "--yes")
    assert "Somebody else has changed the alias meanwhile" in failed.message
    assert "release status" in failed.message
    assert deployed.alias == (1, {})
    assert "PutParameter" not in changes(deployed)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("canary", "--version", "7"), "There is no version 7: the latest are 1, 2, 3."),
        (("canary", "--version", "2"), "There is nothing to go to: version 2 is live already."),
        (("canary", "--version", "1"), "Version 1 is not the newest, which is 3"),
        (("canary", "--weight", "0"), "give a weight between 0 and 1"),
        (("canary", "--weight", "1"), "give a weight between 0 and 1"),
        (("canary", "--weight", "-0.1"), "give a number"),
        (("canary", "--weight", "nan"), "give a number"),
        (("promote",), "No canary runs: version 2 gets every request."),
        (("rollback", "--version", "7"), "There is no version 7"),
        (("rollback", "--version", "3"), "Version 3 lies ahead of the live one, which is 2"),
        (("rollback", "--environment", "Prod"), "an environment is named by a small letter"),
        (("rollback", "--environment", "other"), "There is no function interactions-other with an alias live"),
        (("rollback", "--region", "eu-west-1"), "in eu-west-1: look at --environment and --region"),
    ],
)
def test_what_makes_no_sense_is_refused(
    deployed: Deployed, commands: Commands, arguments: tuple[str, ...], message: str
) -> None:
    assert message in commands.fail("release", *arguments, *(["--yes"] if len(arguments) < 3 else [])).message
    assert changes(deployed) == []


def test_there_is_nothing_to_go_to_when_the_newest_version_is_live(deployed: Deployed, commands: Commands) -> None:
    deployed.point(3)
    deployed.set_release(3, None, 0)
    assert "version 3 is the newest, and live already" in commands.fail("release", "canary", "--yes").message
    deployed.point(1)
    deployed.set_release(1, None, 0)
    assert "version 1 is the first that is kept" in commands.fail("release", "rollback", "--yes").message
    assert changes(deployed) == []


def test_a_version_on_other_tables_than_those_in_use_gets_no_traffic(deployed: Deployed, commands: Commands) -> None:
    restored = "interactions-prod-restored-20261124120000-"
    deployed.publish("restored", TABLE_PREFIX=restored)
    deployed.point(4)
    deployed.set_release(4, None, 0)
    deployed.put(DEPLOYMENT.tables_parameter, restored)
    refused = commands.fail("release", "rollback", "--yes").message
    assert f"Version 3 works on the tables interactions-prod-*, and {restored}* are in use" in refused
    deployed.publish("without the tables")
    assert "Version 5 works on" in commands.fail("release", "canary", "--yes").message
    assert deployed.alias == (4, {})


def test_nothing_changes_without_a_yes(deployed: Deployed, commands: Commands) -> None:
    assert "give --yes to go ahead. Nothing was changed." in commands.fail("release", "canary").message
    said = commands.run("release", "canary", "--dry-run", "--minutes", "0").out
    assert "Now version 2 gets every request." in said
    assert "version 3 gets 10 % of the requests" in said
    assert "Nothing was changed: this was --dry-run." in said
    for action in ("promote", "rollback"):
        deployed.point(2, {3: 0.1})
        assert "--dry-run" in commands.run("release", action, "--dry-run").out
        assert "Nothing was changed." in commands.fail("release", action).message
    assert changes(deployed) == []


def test_what_aws_refuses_is_said_in_its_words(deployed: Deployed, commands: Commands) -> None:
    deployed.before("GetAlias", lambda times: refusal("AccessDeniedException", "not authorized to do this", 403))
    failed = commands.fail("release", "status")
    assert failed.message == "AWS refused GetAlias: AccessDeniedException: not authorized to do this."


def test_the_functions_environment_is_never_shown(deployed: Deployed, commands: Commands) -> None:
    shown = [canary(commands, deployed), commands.run("release", "status").out]
    shown += [commands.run("release", "status", "--json").out, commands.run("release", "promote", "--yes").out]
    failed = commands.fail("release", "promote", "--yes")
    assert SECRET in str(deployed.environment(3))
    assert SECRET not in str([*shown, failed])
