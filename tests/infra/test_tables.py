"""The tables that Terraform declares are those that the code makes: keys, indexes, projections, expiry."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from interactions.dynamodb.connection import DynamoDBConnection
from interactions.dynamodb.tables import Tables
from tests.dynamodb_local import DynamoDBLocal
from tests.infra.planned import all_planned

PREFIX = "interactions-prod-"
REGION = "us-east-1"
Table = dict[str, Any]


@pytest.fixture
def made_by_code(dynamodb_local: DynamoDBLocal) -> Iterator[dict[str, Table]]:
    """What DynamoDB says of the tables that the code has made."""
    connection = DynamoDBConnection(
        region=REGION, endpoint=dynamodb_local.endpoint, access_key=dynamodb_local.new_database()
    )
    made = Tables.bound(connection, PREFIX).create()
    yield {name: _described(connection.client, name) for name in made}
    connection.wire.disconnect()
    connection.client.close()


def test_they_are_the_same(plan: dict[str, Any], made_by_code: dict[str, Table]) -> None:
    declared = {table["name"]: _declared(table) for table in all_planned(plan, "aws_dynamodb_table")}
    assert len(declared) == 7
    assert declared == made_by_code


def test_what_is_compared_has_all_parts(made_by_code: dict[str, Table]) -> None:
    interactions = made_by_code[f"{PREFIX}interactions"]
    assert interactions["ttl"] == "ttl"
    assert interactions["attributes"]["day_shard"] == "S"
    by_day = interactions["indexes"]["day-index"]
    assert by_day["keys"] == {"HASH": "day_shard", "RANGE": "interaction_id"}
    assert by_day["projection"] == "INCLUDE"
    assert "status" in by_day["attributes"]
    assert "prompt" not in by_day["attributes"]
    assert made_by_code[f"{PREFIX}accounts"]["ttl"] is None


def _declared(table: Table) -> Table:
    def keys(of: Table) -> dict[str, str]:
        return {kind: of[name] for kind, name in (("HASH", "hash_key"), ("RANGE", "range_key")) if of[name]}

    return {
        "keys": keys(table),
        "attributes": {attribute["name"]: attribute["type"] for attribute in table["attribute"]},
        "ttl": next((ttl["attribute_name"] for ttl in table["ttl"] if ttl["enabled"]), None),
        "indexes": {
            index["name"]: {
                "keys": keys(index),
                "projection": index["projection_type"],
                "attributes": set(index["non_key_attributes"] or ()),
            }
            for index in table["global_secondary_index"]
        },
    }


def _described(client: Any, name: str) -> Table:
    table = client.describe_table(TableName=name)["Table"]
    expiry = client.describe_time_to_live(TableName=name)["TimeToLiveDescription"]

    def keys(of: Table) -> dict[str, str]:
        return {key["KeyType"]: key["AttributeName"] for key in of["KeySchema"]}

    return {
        "keys": keys(table),
        "attributes": {each["AttributeName"]: each["AttributeType"] for each in table["AttributeDefinitions"]},
        "ttl": expiry.get("AttributeName"),
        "indexes": {
            index["IndexName"]: {
                "keys": keys(index),
                "projection": index["Projection"]["ProjectionType"],
                "attributes": set(index["Projection"].get("NonKeyAttributes", ())),
            }
            for index in table.get("GlobalSecondaryIndexes", ())
        },
    }
