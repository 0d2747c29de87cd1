"""A `restore` that something gets in the way of: what it says and leaves, and how the same, asked again, goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.commands.running import Commands, Failure
from tests.operations.deployed import DEPLOYMENT, OK, SECRET, Answer, Deployed, refusal
from tests.operations.restoring_deployment import (
    LATEST,
    MINUTE,
    POINT,
    PREFIX,
    RESTORED,
    TAGS,
    Recoverable,
    at,
    recoverable,
    restored_prefix,
)

BROKEN = {"statusCode": 503, "multiValueHeaders": {}, "isBase64Encoded": False, "body": "{}"}
GOES_ON = f"the same command, with --to {at(POINT)}, goes on where it was."


@pytest.fixture
def there(deployed: Deployed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Recoverable]:
    with recoverable(deployed, tmp_path, monkeypatch) as found:
        yield found


def only_at(time: int, answer: Callable[[], Answer]) -> Callable[[int], Answer]:
    return lambda times: answer() if times == time else None


def fail(commands: Commands, *options: object) -> Failure:
    failure = commands.fail("restore", "--to", at(POINT), "--yes", *options)
    assert SECRET not in failure.out + failure.err + failure.message
    return failure


def go_on(commands: Commands, deployed: Deployed) -> str:
    """Ask the same again, which ends well."""
    deployed.answers(OK, OK)
    said = commands.run("restore", "--to", at(POINT), "--yes").out
    assert_switched(deployed)
    return said


def assert_switched(deployed: Deployed) -> None:
    live, others = deployed.alias
    assert others == {}
    assert deployed.environment(live)["TABLE_PREFIX"] == RESTORED
    assert deployed.parameter(DEPLOYMENT.tables_parameter) == RESTORED
    assert deployed.release == {"stable_version": str(live), "canary_version": None, "canary_weight": 0}


def assert_not_switched(deployed: Deployed) -> None:
    assert deployed.alias == (2, {})
    assert deployed.parameter(DEPLOYMENT.tables_parameter) == PREFIX
    assert not deployed.asked("UpdateAlias")


def asked_for(deployed: Deployed) -> list[str]:
    """Of which tables a restore was asked."""
    return [call.document["TargetTableName"] for call in deployed.asked("RestoreTableToPointInTime")]


def test_a_restore_that_aws_does_not_grant_is_asked_again_for_that_table_alone(
    there: Recoverable, deployed: Deployed, commands: Commands
) -> None:
    deployed.before("RestoreTableToPointInTime", only_at(2, lambda: refusal("LimitExceededException", "Too many.")))
    failure = fail(commands)
    assert f"AWS does not restore {RESTORED}idempotency (LimitExceededException)." in failure.message
    assert "The restore of 6 tables has begun." in failure.out
    assert GOES_ON in failure.err
    assert_not_switched(deployed)
    deployed.calls.clear()
    said = go_on(commands, deployed)
    assert asked_for(deployed) == [RESTORED + "idempotency"]
    assert f"{PREFIX}cache -> {RESTORED}cache (there already)" in said


def test_an_interrupted_wait_is_gone_on_with(there: Recoverable, deployed: Deployed, commands: Commands) -> None:
    there.looks = 3

    def interrupt() -> Answer:
        raise KeyboardInterrupt

    deployed.before("DescribeTable", only_at(20, interrupt))
    failure = fail(commands)
    assert failure.message == "Interrupted."
    assert GOES_ON in failure.err
    assert_not_switched(deployed)
    assert len(asked_for(deployed)) == 7
    go_on(commands, deployed)
    assert len(asked_for(deployed)) == 7


def test_a_restore_of_the_latest_is_gone_on_with_by_its_time(
    there: Recoverable, deployed: Deployed, commands: Commands
) -> None:
    deployed.before("TagResource", only_at(0, lambda: refusal("AccessDeniedException")))
    failure = commands.fail("restore", "--to", "latest", "--yes")
    assert failure.message.startswith("AWS refused TagResource: AccessDeniedException")
    assert f"with --to {at(LATEST)}, goes on" in failure.err
    deployed.answers(OK, OK)
    commands.run("restore", "--to", at(LATEST), "--yes")
    assert len(asked_for(deployed)) == 7


@pytest.mark.parametrize("status", ["DELETING", "INACCESSIBLE_ENCRYPTION_CREDENTIALS"])
def test_a_restore_of_one_table_that_fails_switches_nothing(
    there: Recoverable, deployed: Deployed, commands: Commands, status: str
) -> None:
    there.looks = 2
    there.outcomes[RESTORED + "sessions"] = status
    failure = fail(commands)
    assert f"The restore has failed of {RESTORED}sessions ({status})." in failure.message
    assert "The other tables are left as they are." in failure.message
    assert {RESTORED + name for name in there.names} <= there.present
    assert_not_switched(deployed)
    there.lose(RESTORED + "sessions")
    there.outcomes.clear()
    deployed.calls.clear()
    go_on(commands, deployed)
    assert asked_for(deployed) == [RESTORED + "sessions"]


def test_a_table_that_goes_while_it_is_made_is_named(
    there: Recoverable, deployed: Deployed, commands: Commands
) -> None:
    there.looks = 3

    def lose(times: int) -> Answer:
        if times == 35:
            there.lose(RESTORED + "cache")
        return None

    deployed.before("DescribeTable", lose)
    assert f"The restore has failed of {RESTORED}cache (it is not there)." in fail(commands).message
    assert_not_switched(deployed)
    go_on(commands, deployed)


def test_a_table_that_is_not_seen_at_once_is_waited_for_but_not_for_ever(
    there: Recoverable, deployed: Deployed, commands: Commands
) -> None:
    """DescribeTable may lag behind the restore."""

    def unseen(until: int) -> Callable[[int], Answer]:
        return lambda times: refusal("ResourceNotFoundException") if 14 <= times < until else None

    deployed.before("DescribeTable", unseen(14 + 7 * 3))
    deployed.answers(OK, OK)
    commands.run("restore", "--to", at(POINT), "--yes")
    assert_switched(deployed)


def test_a_table_that_is_never_seen_has_failed(there: Recoverable, deployed: Deployed, commands: Commands) -> None:
    deployed.before("DescribeTable", lambda times: refusal("ResourceNotFoundException") if times >= 14 else None)
    assert f"failed of {RESTORED}interactions (it is not there), {RESTORED}conversations" in fail(commands).message
    assert_not_switched(deployed)


def test_backups_of_a_new_table_are_waited_for(there: Recoverable, deployed: Deployed, commands: Commands) -> None:
    not_yet = refusal("ContinuousBackupsUnavailableException", "Backups are being enabled for the table")
    deployed.before("UpdateContinuousBackups", lambda times: not_yet if times < 3 else None)
    deployed.answers(OK, OK)
    commands.run("restore", "--to", at(POINT), "--yes")
    assert {there.recovery(RESTORED + name)["PointInTimeRecoveryStatus"] for name in there.names} == {"ENABLED"}


def test_backups_that_never_come_switch_nothing(there: Recoverable, deployed: Deployed, commands: Commands) -> None:
    deployed.before("UpdateContinuousBackups", lambda times: refusal("ContinuousBackupsUnavailableException"))
    assert "ContinuousBackupsUnavailableException" in fail(commands).message
    assert_not_switched(deployed)


@pytest.mark.parametrize("operation", ["TagResource", "UpdateTimeToLive", "UpdateContinuousBackups", "UpdateTable"])
def test_settings_that_were_half_made_are_completed_and_not_made_twice(
    there: Recoverable, deployed: Deployed, commands: Commands, operation: str
) -> None:
    deployed.before(operation, only_at(3, lambda: refusal("AccessDeniedException")))
    assert f"AWS refused {operation}: AccessDeniedException" in fail(commands, "--no-switch").message
    commands.run("restore", "--to", at(POINT), "--yes", "--no-switch")
    for name in there.names:
        assert there.tags(RESTORED + name) == TAGS | {"RestoredFrom": PREFIX + name, "RestoredTo": at(POINT)}
        assert there.expiry(RESTORED + name) == there.expiry(PREFIX + name)
        assert there.described(RESTORED + name)["DeletionProtectionEnabled"]
    deployed.calls.clear()
    commands.run("restore", "--to", at(POINT), "--yes", "--no-switch")
    assert {"TagResource", "UpdateTimeToLive", "UpdateContinuousBackups", "UpdateTable"}.isdisjoint(
        call.operation for call in deployed.calls
    )


def test_restored_tables_without_an_index_of_the_source_are_not_switched_to(
    there: Recoverable, deployed: Deployed, commands: Commands
) -> None:
    there.lost_indexes = {"day-index"}
    assert f"{RESTORED}interactions: its index day-index is missing" in fail(commands).message
    assert_not_switched(deployed)


def test_a_new_version_that_does_not_serve_gets_no_request(
    there: Recoverable, deployed: Deployed, commands: Commands
) -> None:
    deployed.answers(OK, BROKEN)
    failure = fail(commands)
    assert "Version 4 cannot serve, and gets no request" in failure.message
    assert "GET /ready" in failure.message
    assert_not_switched(deployed)
    go_on(commands, deployed)
    assert deployed.alias == (4, {}), "the version that was published already"


@pytest.mark.parametrize("operation", ["PublishVersion", "UpdateAlias"])
def test_an_alias_that_somebody_else_moves_meanwhile_is_left_to_them(
    there: Recoverable, deployed: Deployed, commands: Commands, operation: str
) -> None:
    def move(times: int) -> Answer:
        if times == 0:
            deployed.point(1)
        return None

    deployed.before(operation, move)
    deployed.answers(OK, OK)
    assert "Somebody else has changed the alias meanwhile" in fail(commands).message
    assert deployed.alias == (1, {})
    assert deployed.parameter(DEPLOYMENT.tables_parameter) == PREFIX


@pytest.mark.parametrize("operation", ["UpdateFunctionCode", "UpdateFunctionConfiguration"])
def test_a_function_that_somebody_else_changes_meanwhile_is_left_to_them(
    there: Recoverable, deployed: Deployed, commands: Commands, operation: str
) -> None:
    there.code.change_before(operation)
    assert f"AWS refused {operation}: PreconditionFailedException" in fail(commands).message
    assert not deployed.asked("PublishVersion")
    assert_not_switched(deployed)
    go_on(commands, deployed)


def test_a_refusal_that_repeats_the_environment_is_not_repeated(
    there: Recoverable, deployed: Deployed, commands: Commands
) -> None:
    refused = refusal("ValidationException", f"1 validation error: Value '{{MARKER={SECRET}}}' at 'environment'")
    deployed.before("UpdateFunctionConfiguration", lambda times: refused)
    assert "AWS refused UpdateFunctionConfiguration: ValidationException." in fail(commands).message


@pytest.mark.parametrize("written", [0, 1], ids=["release", "tables"])
def test_parameters_that_were_not_written_are_written_by_the_same_again(
    there: Recoverable, deployed: Deployed, commands: Commands, written: int
) -> None:
    deployed.before("PutParameter", only_at(written, lambda: refusal("AccessDeniedException")))
    deployed.answers(OK, OK)
    failure = fail(commands)
    assert "AccessDeniedException" in failure.message
    assert deployed.alias == (4, {})
    assert deployed.parameter(DEPLOYMENT.tables_parameter) == PREFIX
    deployed.calls.clear()
    said = commands.run("restore", "--to", at(POINT), "--yes").out
    assert_switched(deployed)
    assert deployed.alias == (4, {})
    assert f"The tables {PREFIX}* are left as they are" in said
    assert not deployed.asked("UpdateAlias")
    assert not deployed.asked("PublishVersion")


def test_tables_that_have_been_live_are_not_taken_for_fresh_ones(
    there: Recoverable, deployed: Deployed, commands: Commands
) -> None:
    deployed.answers(OK, OK)
    commands.run("restore", "--to", at(POINT), "--yes")
    since = there.tags(RESTORED + "cache")["LiveSince"]
    deployed.answers(OK, OK)
    commands.run("restore", "--switch-to", PREFIX, "--yes")
    failure = fail(commands)
    assert f"have been live since {since}" in failure.message
    assert "--switch-to" in failure.message
    deployed.answers(OK, OK)
    commands.run("restore", "--to", at(POINT + MINUTE), "--yes")
    assert {restored_prefix(POINT + MINUTE) + name for name in there.names} <= there.present
    assert deployed.environment(deployed.alias[0])["TABLE_PREFIX"] == restored_prefix(POINT + MINUTE)
