"""`restore`: all tables back, counted and compared, given what a restore loses, and the function pointed at them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from tests.commands.running import Commands
from tests.conformance.builders import an_interaction
from tests.operations.deployed import DEPLOYMENT, ENVIRONMENT, OK, SECRET, Deployed
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


@pytest.fixture
def there(deployed: Deployed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Recoverable]:
    with recoverable(deployed, tmp_path, monkeypatch) as found:
        deployed.answers(OK, OK)
        yield found


def counts(said: str) -> dict[str, tuple[str, str]]:
    """Of the printed table: what the source has, what the restored one has."""
    rows = re.findall(r"^  (\w+) {2,}(\S+) {2,}(\S.*)$", said, re.MULTILINE)
    return {name: (source, restored) for name, source, restored in rows if name != "table"}


def test_all_tables_come_back_as_they_were_and_the_function_is_pointed_at_them(
    there: Recoverable, deployed: Deployed, commands: Commands
) -> None:
    written = there.fill()
    before = there.count(PREFIX)
    assert all(before.values())
    there.empty(PREFIX + name for name in there.names)
    there.store().add(an_interaction(9, user_id="late"))
    said = commands.run("restore", "--to", at(POINT), "--yes").out
    assert there.interactions(RESTORED) + there.interactions(RESTORED, "bob") == written
    assert there.interactions(RESTORED, "late") == []
    assert [talk.conversation_id for talk in there.store(RESTORED).list_conversations("ana", limit=9).items] == ["talk"]
    assert there.count(RESTORED) == before
    now = there.count(PREFIX)
    assert counts(said) == {name: (str(now[name]), str(before[name])) for name in there.names}
    assert now["interactions"] == 1
    assert deployed.alias == (4, {})
    assert deployed.environment(4) == ENVIRONMENT | {"TABLE_PREFIX": RESTORED}
    assert deployed.parameter(DEPLOYMENT.tables_parameter) == RESTORED
    assert deployed.release == {"stable_version": "4", "canary_version": None, "canary_weight": 0}
    assert SECRET not in said
    assert "https://" not in said


def test_the_new_version_is_asked_before_one_update_of_the_alias_gives_it_the_requests(
    there: Recoverable, deployed: Deployed, commands: Commands
) -> None:
    commands.run("restore", "--to", at(POINT), "--yes")
    steps = ["PublishVersion", "Invoke", "UpdateAlias", "PutParameter"]
    asked = [call.operation for call in deployed.calls if call.operation in steps]
    assert asked == ["PublishVersion", "Invoke", "Invoke", "UpdateAlias", "PutParameter", "PutParameter"]
    assert [call.document["path"] for call in deployed.asked("Invoke")] == ["/health", "/ready"]


def test_tables_and_their_indexes_are_waited_for(there: Recoverable, deployed: Deployed, commands: Commands) -> None:
    there.looks, there.index_looks = 3, 2
    said = commands.run("restore", "--to", at(POINT), "--yes").out
    assert re.findall(r" min  (\d) of 7 tables are ready", said) == ["5", "7"], "those without indexes first"
    asked = [call for call in deployed.calls if call.operation in {"DescribeTable", "TagResource"}]
    before = asked[: [call.operation for call in asked].index("TagResource")]
    assert sum(call.document["TableName"] == RESTORED + "interactions" for call in before) >= 1 + 5 + 1


def test_the_restored_tables_have_what_a_restore_loses(
    there: Recoverable, deployed: Deployed, commands: Commands
) -> None:
    commands.run("restore", "--to", at(POINT), "--yes", "--no-switch")
    for call in deployed.asked("RestoreTableToPointInTime"):
        key = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": there.key}
        assert call.document["SSESpecificationOverride"] == key
        assert call.document["BillingModeOverride"] == "PAY_PER_REQUEST"
    for name in there.names:
        source, restored = there.described(PREFIX + name), there.described(RESTORED + name)
        for same in ("KeySchema", "GlobalSecondaryIndexes", "DeletionProtectionEnabled", "SSEDescription"):
            assert restored.get(same) == source.get(same), (name, same)
        assert restored["DeletionProtectionEnabled"]
        assert restored["SSEDescription"]["KMSMasterKeyArn"] == there.key
        assert restored["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
        recovery = there.recovery(RESTORED + name)
        assert (recovery["PointInTimeRecoveryStatus"], recovery["RecoveryPeriodInDays"]) == ("ENABLED", 35)
        assert there.expiry(RESTORED + name) == there.expiry(PREFIX + name)
        assert there.tags(RESTORED + name) == TAGS | {"RestoredFrom": PREFIX + name, "RestoredTo": at(POINT)}
    assert there.expiry(RESTORED + "interactions")["AttributeName"] == "ttl"


def test_a_tag_of_awss_own_is_not_copied_and_the_mark_of_a_live_table_neither(
    there: Recoverable, commands: Commands
) -> None:
    arn = there.described(PREFIX + "cache")["TableArn"]
    tags = [{"Key": "aws:cloudformation:stack-id", "Value": "x"}, {"Key": "LiveSince", "Value": "x"}]
    there.client.tag_resource(ResourceArn=arn, Tags=tags)
    commands.run("restore", "--to", at(POINT), "--yes", "--no-switch")
    assert there.tags(RESTORED + "cache").keys() == {*TAGS, "RestoredFrom", "RestoredTo"}


def test_the_latest_is_one_instant_of_all_tables(there: Recoverable, deployed: Deployed, commands: Commands) -> None:
    oldest = LATEST - 2 * MINUTE + timedelta(seconds=1, milliseconds=700)
    there.windows[PREFIX + "cache"] = (LATEST - 60 * MINUTE, oldest)
    said = commands.run("restore", "--to", "latest", "--yes").out
    point = oldest.replace(microsecond=0)
    asked = [call.document for call in deployed.asked("RestoreTableToPointInTime")]
    assert {one["RestoreDateTime"] for one in asked} == {int(point.timestamp())}
    assert {one["TargetTableName"] for one in asked} == {restored_prefix(point) + name for name in there.names}
    assert at(point) in said


def test_a_time_is_taken_with_its_offset_and_to_the_second(there: Recoverable, commands: Commands) -> None:
    elsewhere = POINT.astimezone(timezone(-timedelta(hours=3)))
    commands.run("restore", "--to", f"{elsewhere:%Y-%m-%dT%H:%M:%S}.9-03:00", "--yes", "--no-switch")
    assert {RESTORED + name for name in there.names} <= there.present


def test_nothing_is_switched_where_only_a_restore_is_asked_for(
    there: Recoverable, deployed: Deployed, commands: Commands
) -> None:
    there.fill()
    said = commands.run("restore", "--to", at(POINT), "--yes", "--no-switch").out
    assert f"restore --switch-to {RESTORED}" in said
    assert deployed.alias == (2, {})
    assert not deployed.asked("PublishVersion")
    assert deployed.parameter(DEPLOYMENT.tables_parameter) == PREFIX
    commands.run("restore", "--switch-to", RESTORED, "--yes")
    assert deployed.environment(deployed.alias[0])["TABLE_PREFIX"] == RESTORED
    assert deployed.parameter(DEPLOYMENT.tables_parameter) == RESTORED


def test_the_way_back_leads_to_the_tables_of_before(there: Recoverable, deployed: Deployed, commands: Commands) -> None:
    assert f"restore --switch-to {PREFIX}`" in commands.run("restore", "--to", at(POINT), "--yes").out
    deployed.answers(OK, OK)
    said = commands.run("restore", "--switch-to", PREFIX, "--yes").out
    assert f"restore --switch-to {RESTORED}`" in said
    assert deployed.alias == (5, {})
    assert deployed.environment(5) == ENVIRONMENT
    assert deployed.parameter(DEPLOYMENT.tables_parameter) == PREFIX
    assert deployed.release["stable_version"] == "5"
    assert {RESTORED + name for name in there.names} <= there.present


def test_restored_tables_are_restored_in_their_turn(there: Recoverable, deployed: Deployed, commands: Commands) -> None:
    commands.run("restore", "--to", at(POINT), "--yes")
    deployed.answers(OK, OK)
    commands.run("restore", "--to", at(POINT + MINUTE), "--yes")
    assert there.tags(restored_prefix(POINT + MINUTE) + "cache")["RestoredFrom"] == RESTORED + "cache"
    deployed.answers(OK, OK)
    commands.run("restore", "--to", at(POINT + 2 * MINUTE), "--from-prefix", PREFIX, "--yes")
    assert there.tags(restored_prefix(POINT + 2 * MINUTE) + "cache")["RestoredFrom"] == PREFIX + "cache"


def test_tables_that_are_live_already_are_left_alone(
    there: Recoverable, deployed: Deployed, commands: Commands
) -> None:
    commands.run("restore", "--to", at(POINT), "--yes")
    deployed.calls.clear()
    for arguments in (["--to", at(POINT)], ["--switch-to", RESTORED]):
        assert "live already. Nothing was changed." in commands.run("restore", *arguments, "--yes").out
    assert {"PublishVersion", "UpdateAlias", "PutParameter", "RestoreTableToPointInTime"}.isdisjoint(
        call.operation for call in deployed.calls
    )


@pytest.mark.parametrize(
    ("interval", "point", "late", "far"),
    [(10, POINT, False, False), (120, POINT, True, False), (10, LATEST - 90 * MINUTE, False, True)],
    ids=["kept", "late", "far"],
)
def test_it_says_how_it_kept_rto_and_rpo(
    there: Recoverable, commands: Commands, interval: int, point: datetime, late: bool, far: bool
) -> None:
    there.looks = 9
    said = commands.run("restore", "--to", at(point), "--yes", "--interval", interval).out
    took = re.search(r"^It took ([0-9.]+) minutes, of 15 \(RTO\)\.$", said, re.MULTILINE)
    behind = re.search(r"^The point lies ([0-9.]+) minutes back, of 60 \(RPO\)", said, re.MULTILINE)
    assert took
    assert behind
    assert (float(took[1]) > 15) is late is ("Warning: the RTO of 15 minutes was missed." in said)
    assert (float(behind[1]) > 60) is far is ("Warning: the point lies further back than the RPO" in said)
    minutes = [float(each) for each in re.findall(r"^ *([0-9.]+) min  ", said, re.MULTILINE)]
    assert minutes == sorted(minutes)
    assert "0 of 7 tables are ready" in said


@pytest.mark.parametrize("how", ["approximate", "none", "auto"])
def test_large_tables_are_not_scanned_unless_that_is_asked_for(
    there: Recoverable, deployed: Deployed, commands: Commands, how: str
) -> None:
    there.fill()
    there.sizes[PREFIX + "interactions"] = 6 * 1024**3
    said = commands.run("restore", "--to", at(POINT), "--yes", "--count", how).out
    scanned = {call.document["TableName"].removeprefix(PREFIX) for call in deployed.asked("Scan")}
    if how == "auto":
        assert "interactions" not in scanned
        assert "conversations" in scanned
        assert counts(said)["interactions"] == ("~5", "~5")
        assert counts(said)["conversations"] == ("1", "1")
    else:
        assert scanned == set()
        assert bool(counts(said)) is (how == "approximate")


def test_a_count_that_dynamodb_has_not_made_yet_is_not_said_to_be_nothing(
    there: Recoverable, commands: Commands
) -> None:
    said = commands.run("restore", "--to", at(POINT), "--yes", "--count", "approximate").out
    assert counts(said)["interactions"] == ("~0", "not known yet")


def test_large_tables_are_scanned_where_that_is_asked_for(there: Recoverable, commands: Commands) -> None:
    there.fill()
    there.sizes[PREFIX + "interactions"] = 6 * 1024**3
    said = commands.run("restore", "--to", at(POINT), "--yes", "--count", "exact").out
    assert counts(said)["interactions"] == ("5", "5")


def test_streams_and_replicas_are_said_to_be_left_out(there: Recoverable, commands: Commands) -> None:
    stream = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    there.client.update_table(TableName=PREFIX + "accounts", StreamSpecification=stream)
    said = commands.run("restore", "--to", at(POINT), "--yes", "--no-switch").out
    assert "have no stream, as the sources do of accounts" in said
