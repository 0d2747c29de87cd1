"""What a restore does not bring back of a table beside its items: tags, expiry, recovery, protection."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import CommandError

from interactions.management.production.restore.restoring import (
    LIVE_SINCE,
    TABLES,
    Description,
    Restore,
    describe,
    said,
    tags_of,
    wait,
)
from interactions.management.production.restore.steps import Steps

# DynamoDB turns on its backups of a new table by itself, and takes no word about them before it has.
RECOVERY_ATTEMPTS = 60
ON = {"ENABLED", "ENABLING"}


def apply_settings(client: Any, restore: Restore, interval: float, steps: Steps) -> None:
    """Give the restored tables what their sources have. What they have already is not asked for again."""
    for table in TABLES:
        source, name = restore.sources[table], restore.target(table)
        restored = _described(client, name)
        _tag(client, source, restored, restore)
        _expire(client, source["TableName"], name)
        _recover(client, source["TableName"], name, interval)
        if source.get("DeletionProtectionEnabled") and not restored.get("DeletionProtectionEnabled"):
            client.update_table(TableName=name, DeletionProtectionEnabled=True)
    wait(client, restore.targets, interval, lambda text: None)  # protecting a table takes it a moment
    steps.say("The restored tables have tags, expiry, recovery and protection as their sources.")
    for line in _left_out(restore):
        steps.say(line)


def _described(client: Any, name: str) -> Description:
    found = describe(client, name)
    if found is None:
        raise CommandError(f"The table {name} has been deleted meanwhile.")
    return found


def _tag(client: Any, source: Description, restored: Description, restore: Restore) -> None:
    has = tags_of(client, restored["TableArn"])
    wanted = {
        # AWS gives those of its own, and takes them from nobody.
        **{key: value for key, value in tags_of(client, source["TableArn"]).items() if not key.startswith("aws:")},
        "RestoredFrom": source["TableName"],
        "RestoredTo": said(restore.point),
    }
    wanted.pop(LIVE_SINCE, None)
    if missing := {key: value for key, value in wanted.items() if has.get(key) != value}:
        tags = [{"Key": key, "Value": value} for key, value in missing.items()]
        client.tag_resource(ResourceArn=restored["TableArn"], Tags=tags)


def _expire(client: Any, source: str, name: str) -> None:
    wanted = client.describe_time_to_live(TableName=source)["TimeToLiveDescription"]
    has = client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    if wanted["TimeToLiveStatus"] in ON and has["TimeToLiveStatus"] not in ON:
        setting = {"Enabled": True, "AttributeName": wanted["AttributeName"]}
        client.update_time_to_live(TableName=name, TimeToLiveSpecification=setting)


def _recover(client: Any, source: str, name: str, interval: float) -> None:
    wanted, has = (
        client.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"].get(
            "PointInTimeRecoveryDescription", {}
        )
        for table in (source, name)
    )
    days = wanted.get("RecoveryPeriodInDays")
    if has.get("PointInTimeRecoveryStatus") == "ENABLED" and has.get("RecoveryPeriodInDays") == days:
        return
    setting = {"PointInTimeRecoveryEnabled": True} | ({"RecoveryPeriodInDays": days} if days else {})
    for attempt in range(1, RECOVERY_ATTEMPTS + 1):
        try:
            client.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification=setting)
        except client.exceptions.ContinuousBackupsUnavailableException:
            if attempt == RECOVERY_ATTEMPTS:
                raise
            time.sleep(interval)
        else:
            return


def _left_out(restore: Restore) -> list[str]:
    streams = [table for table in TABLES if restore.sources[table].get("StreamSpecification", {}).get("StreamEnabled")]
    replicas = [table for table in TABLES if restore.sources[table].get("Replicas")]
    return [
        f"The restored tables have no {what}, as the sources do of {', '.join(tables)}: that is left to you."
        for what, tables in (("stream", streams), ("replicas", replicas))
        if tables
    ]
