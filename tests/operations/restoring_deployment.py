"""The deployment's tables in moto, with what AWS documents of point-in-time recovery and moto leaves out.

That is windows, the items of the instant and not of now, the settings that a restore is given, tables that are being
made for a while: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/pointintimerecovery_restores.html
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.table import Table

from interactions.domain.interaction import Interaction
from interactions.domain.query import Filter
from interactions.dynamodb.connection import DynamoDBConnection
from interactions.dynamodb.tables import Tables
from interactions.repositories.dynamodb import DynamoDBRepository
from tests.conformance.builders import some
from tests.moving_clock import moving_clock
from tests.operations.deployed import DEPLOYMENT, Deployed
from tests.operations.lambda_code import LambdaCode
from tests.operations.moto_state import Kept

MINUTE = timedelta(minutes=1)
NOW = datetime.now(UTC).replace(microsecond=0)
EARLIEST, LATEST = NOW - timedelta(days=35), NOW - 5 * MINUTE
POINT = LATEST - 10 * MINUTE
PREFIX = DEPLOYMENT.table_prefix
KEY = "arn:aws:kms:us-east-1:123456789012:key/0f0e0d0c-0b0a-4908-8706-050403020100"
TAGS = {"Project": "interactions", "Environment": "prod"}


def restored_prefix(point: datetime) -> str:
    return f"interactions-prod-restored-{point:%Y%m%d%H%M%S}-"


def at(point: datetime) -> str:
    return f"{point:%Y-%m-%dT%H:%M:%SZ}"


RESTORED = restored_prefix(POINT)

MADE = Kept(dynamodb_backends)


class Recoverable:
    """All tables of a deployment, as Terraform makes them.

    `windows` and `sizes` are those of single tables, by name. `looks` is how often a restored table is said to be in
    the making, and `index_looks` how often its indexes are after that; `outcomes` says which status it has then, by
    name; `lost_indexes` do not come back.
    """

    def __init__(self, deployed: Deployed, code: LambdaCode) -> None:
        self.code = code
        self.client = deployed.client("dynamodb")
        self.key = KEY
        self.windows: dict[str, tuple[datetime, datetime]] = {}
        self.looks = self.index_looks = 0
        self.sizes: dict[str, int] = {}
        self.outcomes: dict[str, str] = {}
        self.lost_indexes: set[str] = set()
        self._looked: dict[str, int] = {}
        self._past: list[tuple[datetime, dict[str, Any]]] = []
        self.names = [model.Meta.table_name.removeprefix(PREFIX) for model in self.tables()]
        MADE.restore(self._make)
        events = deployed.events
        events.register("before-parameter-build.dynamodb", _keep_params)
        events.register("after-call.dynamodb.DescribeContinuousBackups", self._tell_window)
        events.register("after-call.dynamodb.RestoreTableToPointInTime", self._go_back)
        events.register("after-call.dynamodb.DescribeTable", self._describe)

    def tables(self, prefix: str = PREFIX) -> Tables:
        return _bound(prefix)

    def store(self, prefix: str = PREFIX) -> DynamoDBRepository:
        """What the service reads and writes the tables of that prefix with."""
        return DynamoDBRepository(tables=self.tables(prefix))

    def interactions(self, prefix: str, user_id: str = "ana") -> list[Interaction]:
        return list(self.store(prefix).list_page(Filter(user_id=user_id), order="asc", limit=100, view="full").items)

    @property
    def present(self) -> set[str]:
        """The names of all tables there are."""
        return set(self._tables)

    def described(self, name: str) -> Any:
        return self.client.describe_table(TableName=name)["Table"]

    def recovery(self, name: str) -> Any:
        described = self.client.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
        return described["PointInTimeRecoveryDescription"]

    def expiry(self, name: str) -> Any:
        return self.client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]

    def tags(self, name: str) -> dict[str, str]:
        tags = self.client.list_tags_of_resource(ResourceArn=self.described(name)["TableArn"])["Tags"]
        assert len({tag["Key"] for tag in tags}) == len(tags), "AWS would have refused, or written over"
        return {tag["Key"]: tag["Value"] for tag in tags}

    def remember(self, point: datetime) -> None:
        """So the tables were at that time."""
        now = {name: copy.deepcopy(table.items) for name, table in self._tables.items()}
        self._past = sorted([*self._past, (point, now)], key=lambda one: one[0])

    def fill(self) -> list[Interaction]:
        """Write something into each table, as the service does, and remember it as of POINT; the interactions."""
        written = [*some(3, conversation_id="talk"), *some(2, user_id="bob")]
        self.store().add_many(written)
        tables = self.tables()
        tables.accounts(username="ana", password="hashed").save()
        tables.api_keys(key_id="k1", secret_hash="h", user_id="ana", scopes=["read"], created_at=NOW).save()
        tables.sessions(session_key="s1", data="data").save()
        tables.cache(cache_key="c1", value=b"value").save()
        self.remember(POINT)
        return written

    def lose(self, name: str) -> None:
        self._tables.pop(name)

    def empty(self, names: Iterable[str]) -> None:
        """What the disaster does."""
        for name in names:
            self._tables[name].items.clear()

    def count(self, prefix: str) -> dict[str, int]:
        return {name: len(self._tables[prefix + name]) for name in self.names}

    @property
    def _tables(self) -> dict[str, Table]:
        tables: dict[str, Table] = dynamodb_backends[DEFAULT_ACCOUNT_ID][DEPLOYMENT.region].tables
        return tables

    def _make(self) -> None:
        self.tables().create()
        for name in self.names:
            self._protect(PREFIX + name)

    def _protect(self, name: str) -> None:
        self.client.update_table(TableName=name, DeletionProtectionEnabled=True)
        self._tables[name].sse_specification = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": self.key}
        recovery = {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 35}
        self.client.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification=recovery)
        tags = [{"Key": key, "Value": value} for key, value in TAGS.items()]
        self.client.tag_resource(ResourceArn=self.described(name)["TableArn"], Tags=tags)

    # What AWS answers to the commands

    def _tell_window(self, parsed: dict[str, Any], context: dict[str, Any], **kwargs: Any) -> None:
        recovery = parsed.get("ContinuousBackupsDescription", {}).get("PointInTimeRecoveryDescription", {})
        if recovery.get("PointInTimeRecoveryStatus") == "ENABLED":
            earliest, latest = self.windows.get(context["asked"]["TableName"], (EARLIEST, LATEST))
            recovery |= {"EarliestRestorableDateTime": earliest, "LatestRestorableDateTime": latest}

    def _go_back(self, parsed: dict[str, Any], context: dict[str, Any], **kwargs: Any) -> None:
        asked = context["asked"]
        if "Error" in parsed:
            return
        source, target, point = asked["SourceTableName"], asked["TargetTableName"], asked["RestoreDateTime"]
        table: Any = self._tables[target]
        past = [items for when, items in self._past if when <= point]
        table.items = copy.deepcopy(past[-1][source]) if past else table.items
        table.restore_date_time = point
        table.billing_mode = asked.get("BillingModeOverride", self._tables[source].billing_mode)
        table.sse_specification = asked.get("SSESpecificationOverride", self._tables[source].sse_specification)
        table.global_indexes = [index for index in table.global_indexes if index.name not in self.lost_indexes]
        self._looked[target] = 0

    def _describe(self, parsed: dict[str, Any], context: dict[str, Any], **kwargs: Any) -> None:
        name = context["asked"]["TableName"]
        if "Table" not in parsed:
            return
        parsed["Table"]["TableSizeBytes"] = self.sizes.get(name, 0)
        if name not in self._looked:
            return
        self._looked[name] += 1
        if self._looked[name] <= self.looks:
            parsed["Table"]["TableStatus"] = "CREATING"
            parsed["Table"]["RestoreSummary"]["RestoreInProgress"] = True
        elif self._looked[name] <= self.looks + self.index_looks:
            for index in parsed["Table"].get("GlobalSecondaryIndexes", []):
                index["IndexStatus"] = "CREATING"
        elif name in self.outcomes:
            parsed["Table"]["TableStatus"] = self.outcomes[name]


@contextmanager
def recoverable(deployed: Deployed, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Recoverable]:
    """The tables, and code that can be downloaded, while waiting takes no time."""
    code = LambdaCode(deployed.events, folder, monkeypatch)
    try:
        with moving_clock():
            yield Recoverable(deployed, code)
    finally:
        code.close()


@cache
def _bound(prefix: str) -> Tables:
    return Tables.bound(_connection(), prefix)


@cache
def _connection() -> DynamoDBConnection:
    return DynamoDBConnection(region=DEPLOYMENT.region, access_key="moto", wire="botocore")


def _keep_params(params: dict[str, Any], context: dict[str, Any], **kwargs: Any) -> None:
    context["asked"] = dict(params)
