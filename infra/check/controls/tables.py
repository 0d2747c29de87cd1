"""DynamoDB: 1 to 8, and 87."""

from __future__ import annotations

from collections.abc import Iterator

from infra.check.changes import RETIRED, indexes_in_use
from infra.check.controls import control
from infra.check.plan import Resource
from infra.check.subject import Subject

TABLE = "aws_dynamodb_table"
# Whose items expire.
EXPIRING = {"interactions", "conversations", "idempotency", "cache", "sessions"}


@control(1, "tables are paid by request")
def on_demand(subject: Subject) -> Iterator[str]:
    for table in subject.plan.of(TABLE):
        yield from table.unless("billing_mode", "PAY_PER_REQUEST")


@control(2, "tables can be restored to any second")
def recoverable(subject: Subject) -> Iterator[str]:
    for table in subject.plan.of(TABLE):
        yield from table.unless("point_in_time_recovery.enabled", True)


@control(3, "tables are encrypted with the customer key")
def encrypted(subject: Subject) -> Iterator[str]:
    for table in subject.plan.of(TABLE):
        yield from table.unless("server_side_encryption.enabled", True)
        yield from subject.unless_own_key(table, "server_side_encryption.kms_key_arn")


@control(4, "tables cannot be deleted by accident")
def protected(subject: Subject) -> Iterator[str]:
    for table in subject.plan.of(TABLE):
        yield from table.unless("deletion_protection_enabled", True)
    for block in subject.code.resources(TABLE):
        if not any(each.attribute("prevent_destroy") == "true" for each in block.blocks("lifecycle")):
            yield f"{block}: its lifecycle has no prevent_destroy"


@control(5, "what is to expire expires")
def expiring(subject: Subject) -> Iterator[str]:
    tables = {_short_name(table): table for table in subject.plan.of(TABLE)}
    yield from (f"there is no table {name}" for name in sorted(EXPIRING - tables.keys()))
    for name in sorted(EXPIRING & tables.keys()):
        yield from tables[name].unless("ttl.enabled", True)
        if not tables[name].value("ttl.attribute_name"):
            yield f"{tables[name]}: ttl.attribute_name is absent"


@control(6, "an interaction is found by its id, and indexes state what they hold")
def indexed(subject: Subject) -> Iterator[str]:
    interactions = _interactions(subject)
    if "interaction_id" not in {index["hash_key"] for index in interactions.value("global_secondary_index") or []}:
        yield f"{interactions}: no global_secondary_index has the hash_key interaction_id"
    for table in subject.plan.of(TABLE):
        for index in table.value("global_secondary_index") or []:
            if not index.get("projection_type"):
                yield f"{table}: the index {index['name']} states no projection_type"


@control(7, "tables declare the attributes of their keys, and no others")
def keyed(subject: Subject) -> Iterator[str]:
    interactions = _interactions(subject)
    if not (interactions.value("hash_key") and interactions.value("range_key")):
        yield f"{interactions}: it has no partition key, or no sort key"
    for table in subject.plan.of(TABLE):
        keys = {table.value("hash_key"), table.value("range_key")}
        for index in [*(table.value("global_secondary_index") or []), *(table.value("local_secondary_index") or [])]:
            keys |= {index.get("hash_key"), index.get("range_key")}
        declared = {attribute["name"] for attribute in table.value("attribute") or []}
        if odd := declared ^ (keys - {None}):
            yield f"{table}: {', '.join(sorted(odd))} must be both a key and an attribute, or neither"


@control(8, "replicas are prepared, and not active")
def replicas(subject: Subject) -> Iterator[str]:
    if (default := subject.plan.default("replica_regions")) != []:
        yield f"variable.replica_regions: its default is {default!r}, not []"
    for table in subject.plan.of(TABLE):
        yield from table.unless("stream_enabled", False)
        yield from (f"{table}: it has a replica" for _ in table.value("replica") or [])
    for block in subject.code.resources(TABLE):
        stream = block.attribute("stream_enabled") + block.attribute("stream_view_type")
        if "var.replica_regions" not in stream or '"NEW_AND_OLD_IMAGES"' not in stream:
            yield f"{block}: its stream does not go with var.replica_regions and NEW_AND_OLD_IMAGES"
        contents = [each for dynamic in block.blocks("dynamic", "replica") for each in dynamic.blocks("content")]
        if not contents:
            yield f"{block}: there is no dynamic replica"
        for content in contents:
            if "aws_kms_key." not in content.attribute("kms_key_arn"):
                yield f"{block}: a replica has no key of its own"
            for name in ("point_in_time_recovery", "propagate_tags"):
                if content.attribute(name) != "true":
                    yield f"{block}: a replica's {name} is not true"


@control(87, "no plan deletes or rebuilds an index that is in use")
def kept_indexes(subject: Subject) -> Iterator[str]:
    yield from indexes_in_use(subject.plan)
    for block in subject.code.resources(TABLE):
        if RETIRED not in block.attribute("tags"):
            yield f"{block}: its tags do not name the indexes that are retired"


def _interactions(subject: Subject) -> Resource:
    return next((table for table in subject.plan.of(TABLE) if _short_name(table) == "interactions"), _nothing())


def _nothing() -> Resource:
    return Resource("the table interactions", TABLE, "interactions", {}, {}, {})


def _short_name(table: Resource) -> str:
    return str(table.value("name")).rpartition("-")[2]
