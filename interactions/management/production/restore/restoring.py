"""Restoring all tables to one instant, under new names: what has to hold before, what is asked, and the wait."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError
from django.core.management.base import CommandError

from interactions.domain.fields import format_instant
from interactions.dynamodb.tables import Tables
from interactions.management.base import counted
from interactions.management.production.command import code_of
from interactions.management.production.deployment import Deployment
from interactions.management.production.restore.steps import Steps

TABLES = tuple(field.name for field in fields(Tables) if field.name != "connection")
# Put on restored tables as soon as the service writes to them: they are of no one instant any more.
LIVE_SINCE = "LiveSince"
# DescribeTable may not know yet of a table that was asked for just now.
POLLS_UNSEEN = 12
# Of a long wait a word is said now and then.
POLLS_UNSAID = 6

Description = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Restore:
    """A restore of all tables. `sources` are their descriptions and `present` the targets there already, by table."""

    source_prefix: str
    target_prefix: str
    point: datetime
    sources: Mapping[str, Description]
    present: frozenset[str]

    def target(self, table: str) -> str:
        return self.target_prefix + table

    @property
    def targets(self) -> list[str]:
        return [*map(self.target, TABLES)]

    @property
    def words(self) -> str:
        """The plan, for the person who is asked."""
        lines = [f"All tables as they were at {said(self.point)} are restored under new names:"]
        for table in TABLES:
            suffix = " (there already)" if table in self.present else ""
            lines.append(f"  {self.source_prefix}{table} -> {self.target(table)}{suffix}")
        return "\n".join(lines)


def said(point: datetime) -> str:
    return format_instant(point, "seconds")


def restored_prefix(deployment: Deployment, point: datetime) -> str:
    return f"{deployment.name}-restored-{point.astimezone(UTC):%Y%m%d%H%M%S}-"


def is_restored_prefix(deployment: Deployment, prefix: str) -> bool:
    return re.fullmatch(rf"{re.escape(deployment.name)}-restored-[0-9]{{14}}-", prefix) is not None


def describe(client: Any, name: str) -> Description | None:
    try:
        table: Description = client.describe_table(TableName=name)["Table"]
    except client.exceptions.ResourceNotFoundException:
        return None
    return table


def tags_of(client: Any, arn: str) -> dict[str, str]:
    pages = client.get_paginator("list_tags_of_resource").paginate(ResourceArn=arn)
    return {tag["Key"]: tag["Value"] for page in pages for tag in page["Tags"]}


def plan(deployment: Deployment, client: Any, source_prefix: str, to: datetime | None) -> Restore:
    """What a restore to that time would do; None is the latest that all tables can be restored to.

    Raises:
        CommandError: it cannot be done; the text names every table that stands in the way.
    """
    sources = _sources(client, source_prefix)
    earliest, latest = _window(client, source_prefix)
    point = latest if to is None else to.replace(microsecond=0)
    if not earliest <= point <= latest:
        raise CommandError(
            f"{said(point)} lies outside of what all tables {source_prefix}* can be restored to: {said(earliest)} to "
            f"{said(latest)}. Tables that were live before may reach further back: name them by --from-prefix."
        )
    target_prefix = restored_prefix(deployment, point)
    present = {table: found for table in TABLES if (found := describe(client, target_prefix + table)) is not None}
    for table, found in present.items():
        _refuse_others(found, sources[table], point)
    return Restore(
        source_prefix=source_prefix,
        target_prefix=target_prefix,
        point=point,
        sources=sources,
        present=frozenset(present),
    )


def refuse_those_once_live(client: Any, restore: Restore) -> None:
    """Raise CommandError if the targets have been written to since they were restored."""
    for table in sorted(restore.present):
        found = describe(client, restore.target(table))
        since = tags_of(client, found["TableArn"]).get(LIVE_SINCE) if found else None
        if since is not None:
            raise CommandError(
                f"The tables {restore.target_prefix}* have been live since {since}, and are no longer as they were at "
                f"{said(restore.point)}. Restore to another second; or go back to them by --switch-to."
            )


def start(client: Any, restore: Restore, steps: Steps) -> None:
    """Ask for the targets that are not there.

    Raises:
        CommandError: not all of them were granted; those that were are being made.
    """
    refused = []
    missing = [table for table in TABLES if table not in restore.present]
    for table in missing:
        try:
            client.restore_table_to_point_in_time(**_request(restore, table))
        except ClientError as error:
            refused.append(f"{restore.target(table)} ({code_of(error)})")
    if missing:
        steps.say(f"The restore of {counted(len(missing) - len(refused), 'table')} has begun.")
    if refused:
        raise CommandError(f"AWS does not restore {', '.join(refused)}. The other tables are left as they are.")


def wait(client: Any, names: Iterable[str], interval: float, say: Callable[[str], object]) -> None:
    """Until the tables and all their indexes can be used.

    Raises:
        CommandError: one of them never will.
    """
    names = [*names]
    seen: set[str] = set()
    ready: set[str] = set()
    for polls in _each(interval):
        found = {name: describe(client, name) for name in names if name not in ready}
        seen |= {name for name, table in found.items() if table is not None}
        if failed := [*_failures(found, seen, patient=polls < POLLS_UNSEEN)]:
            raise CommandError(
                f"The restore has failed of {', '.join(failed)}. The other tables are left as they are. Delete what is "
                "left of those that have failed before the same is asked again."
            )
        done = {name for name, table in found.items() if table is not None and _is_ready(table)}
        ready |= done
        if done or polls % POLLS_UNSAID == POLLS_UNSAID - 1:
            say(f"{len(ready)} of {len(names)} tables are ready.")
        if len(ready) == len(names):
            return


def _each(interval: float) -> Iterator[int]:
    """0, 1, 2, … with the interval between."""
    count = 0
    while True:
        yield count
        time.sleep(interval)
        count += 1


def _sources(client: Any, prefix: str) -> dict[str, Description]:
    found = {table: describe(client, prefix + table) for table in TABLES}
    if missing := [prefix + table for table, description in found.items() if description is None]:
        raise CommandError(f"There is no table {', '.join(missing)}. Only tables that are there can be restored.")
    return {table: description for table, description in found.items() if description is not None}


def _window(client: Any, prefix: str) -> tuple[datetime, datetime]:
    """Between which whole seconds all tables can be restored."""
    earliest, latest, unprotected = [], [], []
    for table in TABLES:
        described = client.describe_continuous_backups(TableName=prefix + table)["ContinuousBackupsDescription"]
        recovery = described.get("PointInTimeRecoveryDescription", {})
        if recovery.get("PointInTimeRecoveryStatus") != "ENABLED" or "LatestRestorableDateTime" not in recovery:
            unprotected.append(prefix + table)
            continue
        earliest.append(math.ceil(recovery["EarliestRestorableDateTime"].timestamp()))
        latest.append(math.floor(recovery["LatestRestorableDateTime"].timestamp()))
    if unprotected:
        raise CommandError(f"Point-in-time recovery is off, or has only just been turned on: {', '.join(unprotected)}.")
    return datetime.fromtimestamp(max(earliest), UTC), datetime.fromtimestamp(min(latest), UTC)


def _refuse_others(found: Description, source: Description, point: datetime) -> None:
    summary = found.get("RestoreSummary", {})
    is_ours = (
        summary.get("SourceTableArn") == source["TableArn"]
        and "RestoreDateTime" in summary
        and abs(summary["RestoreDateTime"] - point) < timedelta(seconds=1)
    )
    if not is_ours:
        raise CommandError(
            f"There is a table {found['TableName']}, which is not {source['TableName']} as it was at {said(point)}."
        )


def _request(restore: Restore, table: str) -> dict[str, Any]:
    """The key of the source is named, so that no default of the account takes its place."""
    source = restore.sources[table]
    request = {
        "SourceTableName": source["TableName"],
        "TargetTableName": restore.target(table),
        "RestoreDateTime": restore.point,
        "BillingModeOverride": "PAY_PER_REQUEST",
    }
    if key := source.get("SSEDescription", {}).get("KMSMasterKeyArn"):
        request["SSESpecificationOverride"] = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key}
    return request


def _failures(found: Mapping[str, Description | None], seen: set[str], *, patient: bool) -> Iterator[str]:
    for name, table in found.items():
        if table is None and (name in seen or not patient):
            yield f"{name} (it is not there)"
        elif table is not None and table["TableStatus"] not in {"CREATING", "UPDATING", "ACTIVE"}:
            yield f"{name} ({table['TableStatus']})"


def _is_ready(table: Description) -> bool:
    indexes = table.get("GlobalSecondaryIndexes", [])
    return (
        table["TableStatus"] == "ACTIVE"
        and not table.get("RestoreSummary", {}).get("RestoreInProgress", False)
        and all(index["IndexStatus"] == "ACTIVE" for index in indexes)
    )
