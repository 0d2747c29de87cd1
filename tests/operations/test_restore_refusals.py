"""When `restore` does nothing at all, and says why."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from tests.commands.running import Commands
from tests.operations.deployed import DEPLOYMENT, OK, SECRET, Deployed
from tests.operations.restoring_deployment import (
    EARLIEST,
    LATEST,
    MINUTE,
    POINT,
    PREFIX,
    RESTORED,
    Recoverable,
    at,
    recoverable,
)

READING = {
    "DescribeContinuousBackups",
    "DescribeTable",
    "GetAlias",
    "GetParameters",
    "ListTagsOfResource",
    "ListVersionsByFunction",
}


@pytest.fixture
def there(deployed: Deployed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Recoverable]:
    with recoverable(deployed, tmp_path, monkeypatch) as found:
        yield found


def nothing_was_done(deployed: Deployed) -> bool:
    return {call.operation for call in deployed.calls} <= READING


@pytest.mark.parametrize(
    "point",
    [EARLIEST + timedelta(minutes=1), LATEST - 2 * MINUTE, LATEST + timedelta(days=1)],
    ids=["early", "late", "tomorrow"],
)
def test_a_time_outside_of_what_all_tables_can_be_restored_to(
    there: Recoverable, deployed: Deployed, commands: Commands, point: Any
) -> None:
    first, last = EARLIEST + 2 * MINUTE, LATEST - 3 * MINUTE
    there.windows[PREFIX + "sessions"] = (first, LATEST)
    there.windows[PREFIX + "cache"] = (EARLIEST, last)
    said = commands.fail("restore", "--to", at(point), "--yes").message
    assert f"{at(point)} lies outside" in said
    assert f"{at(first)} to {at(last)}" in said
    assert nothing_was_done(deployed)


@pytest.mark.parametrize("point", [EARLIEST, LATEST], ids=["first", "last"])
def test_the_ends_of_the_window_lie_inside(there: Recoverable, commands: Commands, point: Any) -> None:
    assert "--dry-run" in commands.run("restore", "--to", at(point), "--dry-run").out


def test_tables_without_recovery_are_named_all_together(
    there: Recoverable, deployed: Deployed, commands: Commands
) -> None:
    for name in ("accounts", "sessions"):
        off = {"PointInTimeRecoveryEnabled": False}
        there.client.update_continuous_backups(TableName=PREFIX + name, PointInTimeRecoverySpecification=off)
    said = commands.fail("restore", "--to", at(POINT), "--yes").message
    assert said.endswith(f": {PREFIX}sessions, {PREFIX}accounts.")
    assert nothing_was_done(deployed)


def test_tables_that_are_not_there_are_named(there: Recoverable, deployed: Deployed, commands: Commands) -> None:
    there.lose(PREFIX + "idempotency")
    said = commands.fail("restore", "--to", at(POINT), "--yes").message
    assert f"There is no table {PREFIX}idempotency." in said
    said = commands.fail("restore", "--to", at(POINT), "--from-prefix", "elsewhere-", "--yes").message
    assert "There is no table elsewhere-interactions, elsewhere-conversations" in said
    assert nothing_was_done(deployed)


def test_a_table_of_another_kind_under_the_new_name(there: Recoverable, deployed: Deployed, commands: Commands) -> None:
    there.tables(RESTORED).accounts.create_table(billing_mode="PAY_PER_REQUEST")
    said = commands.fail("restore", "--to", at(POINT), "--yes").message
    assert f"There is a table {RESTORED}accounts, which is not {PREFIX}accounts as it was at {at(POINT)}." in said
    assert nothing_was_done(deployed)


def test_a_table_of_another_source_or_instant_under_the_new_name(
    there: Recoverable, deployed: Deployed, commands: Commands
) -> None:
    client = boto3.client("dynamodb")
    for name, source, point in (("accounts", "api_keys", POINT), ("cache", "cache", POINT - MINUTE)):
        client.restore_table_to_point_in_time(
            SourceTableName=PREFIX + source, TargetTableName=RESTORED + name, RestoreDateTime=point
        )
        said = commands.fail("restore", "--to", at(POINT), "--yes").message
        assert f"There is a table {RESTORED}{name}, which is not" in said
        there.lose(RESTORED + name)


def test_a_dry_run_prints_the_plan_and_changes_nothing(
    there: Recoverable, deployed: Deployed, commands: Commands
) -> None:
    before = there.present
    said = commands.run("restore", "--to", at(POINT), "--dry-run", "--yes").out
    assert all(f"  {PREFIX}{name} -> {RESTORED}{name}\n" in said for name in there.names)
    assert "Live: version 2 gets every request, over the tables interactions-prod-*." in said
    assert "Nothing was changed: this was --dry-run." in said
    assert there.present == before
    there.fill()
    commands.run("restore", "--switch-to", PREFIX, "--dry-run")
    assert nothing_was_done(deployed)


def test_without_a_terminal_nobody_is_asked(there: Recoverable, deployed: Deployed, commands: Commands) -> None:
    assert "give --yes" in commands.fail("restore", "--to", at(POINT)).message
    assert nothing_was_done(deployed)


@pytest.mark.parametrize(("answer", "goes"), [("n\n", False), ("\n", False), ("y\n", True)])
def test_a_person_is_asked(
    there: Recoverable, deployed: Deployed, monkeypatch: pytest.MonkeyPatch, answer: str, goes: bool
) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdin", Terminal(answer))
    deployed.answers(OK, OK)
    if goes:
        call_command("restore", "--to", at(POINT), stdout=io.StringIO())
        assert deployed.alias == (4, {})
        return
    with pytest.raises(CommandError, match=r"^Nothing was changed\.$"):
        call_command("restore", "--to", at(POINT), stdout=io.StringIO())
    assert nothing_was_done(deployed)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "one of the arguments --to --switch-to is required"),
        (["--to", "latest", "--switch-to", PREFIX], "not allowed with"),
        (["--to", "2026-01-31"], "RFC 3339"),
        (["--to", "2026-01-31T12:00:00"], "RFC 3339"),
        (["--to", "newest"], "or latest"),
        (["--to", "latest", "--interval", "0"], "seconds greater than 0"),
        (["--to", "latest", "--interval", "ten"], "seconds greater than 0"),
        (["--to", "latest", "--count", "some"], "invalid choice"),
    ],
)
def test_what_cannot_be_meant(commands: Commands, arguments: list[str], said: str) -> None:
    assert said in commands.fail("restore", *arguments, "--yes").message


def test_tables_that_the_function_may_not_use_are_not_switched_to(
    there: Recoverable, deployed: Deployed, commands: Commands
) -> None:
    for prefix in ("interactions-prod", "interactions-prod-restored-1-", "interactions-staging-", f"{RESTORED}x"):
        said = commands.fail("restore", "--switch-to", prefix, "--yes").message
        assert said.startswith(f"The function may use the tables {PREFIX}* and restored ones")
    said = commands.fail("restore", "--switch-to", RESTORED, "--yes").message
    assert said == f"The table {RESTORED}interactions is not there. Nothing was changed."
    assert nothing_was_done(deployed)


def test_tables_of_which_one_is_being_deleted_are_not_switched_to(
    there: Recoverable, deployed: Deployed, commands: Commands
) -> None:
    deployed.answers(OK, OK)
    commands.run("restore", "--to", at(POINT), "--yes", "--no-switch")
    deployed.calls.clear()
    there.outcomes[RESTORED + "cache"] = "DELETING"
    said = commands.fail("restore", "--switch-to", RESTORED, "--yes").message
    assert f"The table {RESTORED}cache is DELETING." in said
    assert nothing_was_done(deployed)


def test_an_environment_that_cannot_be_read_could_not_be_kept(
    there: Recoverable, deployed: Deployed, commands: Commands
) -> None:
    """Lambda says so in the place of the variables: the caller may not use the key."""

    def hide(parsed: dict[str, Any], **kwargs: Any) -> None:
        for version in parsed["Versions"]:
            version["Environment"] = {"Error": {"ErrorCode": "AccessDeniedException", "Message": "kms"}}

    deployed.events.register("after-call.lambda.ListVersionsByFunction", hide)
    said = commands.fail("restore", "--to", at(POINT), "--yes").message
    assert "cannot be read" in said
    assert "kms:Decrypt" in said
    assert nothing_was_done(deployed)


def test_a_deployment_of_which_nobody_knows_which_tables_are_live(
    there: Recoverable, deployed: Deployed, commands: Commands
) -> None:
    deployed.ssm.delete_parameter(Name=DEPLOYMENT.tables_parameter)
    said = commands.fail("restore", "--to", at(POINT), "--yes").message
    assert f"There is no parameter {DEPLOYMENT.tables_parameter}" in said
    assert nothing_was_done(deployed)


def test_tables_that_are_not_recorded_as_live_are_not_restored_past_the_function(
    there: Recoverable, deployed: Deployed, commands: Commands
) -> None:
    """An earlier switch was cut off: what is restored has to be what the function writes to."""
    deployed.put(DEPLOYMENT.tables_parameter, "interactions-prod-restored-20260101000000-")
    said = commands.fail("restore", "--to", at(POINT), "--yes").message
    assert f"`manage.py restore --switch-to {PREFIX}` ends it." in said
    assert nothing_was_done(deployed)
    said = commands.run("restore", "--switch-to", PREFIX, "--yes").out
    assert deployed.parameter(DEPLOYMENT.tables_parameter) == PREFIX
    assert deployed.alias == (2, {})
    assert SECRET not in said
