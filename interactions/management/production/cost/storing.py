"""What keeping costs: the tables with their recovery, replicas and backups, and the key's part in reading them."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from interactions.management.production.cost.charge import DAYS, GB, MINUTES, Charge
from interactions.management.production.cost.consumption import Measured
from interactions.management.production.cost.function import Function
from interactions.management.production.cost.plan import Block, Plan, Resource, addresses
from interactions.management.production.cost.refusal import Refused
from interactions.management.production.cost.schedule import times_a_month
from interactions.management.production.cost.standing import started_tasks

KEY_MINUTES = 5  # after which DynamoDB asks KMS anew for a table's key


def check_tables(plan: Plan, measured: Measured) -> None:
    """Raises Refused for tables that are billed otherwise, or written otherwise, than is known here."""
    indexes = sum(len(table.blocks("global_secondary_index")) for table in plan.of("aws_dynamodb_table"))
    if indexes != measured.numbers["indexes"]:
        known = measured.numbers["indexes"]
        raise Refused(f"The plan's tables have {indexes} indexes, and units were measured with {known}: measure again")
    for table in plan.of("aws_dynamodb_table"):
        if table.get("billing_mode", "PROVISIONED") != "PAY_PER_REQUEST":
            raise Refused(f"There is no price for {table.address}: its capacity is provisioned, not on demand")
        if table.usual("table_class", "STANDARD") != "STANDARD":
            raise Refused(f"There is no price for {table.address}: its class is not the standard one")


def stored(function: Function, requests: Decimal) -> Iterator[Charge]:
    """A month's interactions, for a month: they stay, and the next month's come on top."""
    plan, measured = function.plan, function.measured
    tables = plan.of("aws_dynamodb_table")
    if not tables:
        return
    made = requests * measured.mean(lambda work: work.interactions) / GB
    items = made * measured.numbers["stored.item_bytes"]
    whole = items + made * measured.numbers["stored.index_bytes"]
    where = addresses(tables)
    yield Charge(
        "DynamoDB", "what a month's requests store, indexes too", whole, "dynamodb.storage", where, fixed=False
    )
    if recoverable := [each for each in tables if each.block("point_in_time_recovery").usual("enabled", False)]:
        what = "recovery of it to a point in time"
        yield Charge("DynamoDB", what, items, "dynamodb.pitr", addresses(recoverable), fixed=False)
    yield from _backups(plan, items)
    yield from _replicas(function, requests, items, whole)


def _replicas(function: Function, requests: Decimal, items: Decimal, whole: Decimal) -> Iterator[Charge]:
    tables = [each for each in function.plan.of("aws_dynamodb_table") if each.blocks("replica")]
    if not tables:
        return
    where, count = addresses(tables), max(len(each.blocks("replica")) for each in tables)
    writes = function.measured.mean(lambda work: work.write_units, function.limits) * requests * count
    yield Charge("DynamoDB", "writes to replicas", writes, "dynamodb.replicated_writes", where, fixed=False)
    yield Charge("DynamoDB", "what replicas store", whole * count, "dynamodb.storage", where, fixed=False)
    yield Charge("Data transfer", "to replicas", items * count, "transfer.regions", where, fixed=False)
    recovered = max(_recoverable(each) for each in tables)
    if recovered:
        yield Charge("DynamoDB", "recovery of replicas", items * recovered, "dynamodb.pitr", where, fixed=False)


def _recoverable(table: Resource) -> int:
    return sum(bool(each.get("point_in_time_recovery")) for each in table.blocks("replica"))


def _backups(plan: Plan, items: Decimal) -> Iterator[Charge]:
    for each in plan.of("aws_backup_plan"):
        kept = sum((_kept(rule) for rule in each.blocks("rule")), Decimal(0))
        what = f"{kept.normalize():f} backups of it"
        yield Charge("AWS Backup", what, items * kept, "backup.dynamodb", (each.address,), fixed=False)


def _kept(rule: Block) -> Decimal:
    """How many backups there are at a time."""
    lifecycle = rule.block("lifecycle")
    if lifecycle.get("cold_storage_after") or rule.blocks("copy_action"):
        raise Refused(f"There is no price for {rule.address}: cold storage, or copies elsewhere")
    if not lifecycle.get("delete_after"):
        raise Refused(f"{rule.address}: backups that are never deleted have no monthly cost")
    times = times_a_month(str(rule.get("schedule", "none")), rule.address)
    return (times * Decimal(lifecycle.get("delete_after")) / DAYS).quantize(Decimal("0.01"))


def keys_asked(function: Function, requests: Decimal) -> Iterator[Charge]:
    """At most: of each table each environment's connection asks anew every five minutes; a cold start reads secrets."""
    plan = function.plan
    tables = [each for each in plan.of("aws_dynamodb_table") if each.block("server_side_encryption").values]
    secrets = [each for each in plan.of("aws_ssm_parameter") if each.get("type") == "SecureString"]
    times, _ = started_tasks(plan)
    windows = MINUTES / KEY_MINUTES * function.environments(requests)
    asked = min(requests + times, windows) * len(tables)
    asked += function.starts(requests + times) * (len(secrets) + 1)  # and the function's variables
    if keys := plan.of("aws_kms_key"):
        yield Charge("KMS", "requests, at the most", asked, "kms.requests", addresses(keys), fixed=False)
