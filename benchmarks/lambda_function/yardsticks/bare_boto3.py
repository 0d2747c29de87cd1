"""The least that one writes: boto3's table resource and the event, without a framework, a check or a credential."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import boto3

table = boto3.resource("dynamodb").Table("typical-interactions")


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    path, method = event["path"], event["httpMethod"]
    if path == "/health":
        return _answer(200, {"status": "ok"})
    if method == "POST":
        item = json.loads(event["body"], parse_float=Decimal)
        table.put_item(Item=item | {"user_id": "alice", "interaction_id": "0198f6a0-0000-7000-8000-000000000000"})
        return _answer(201, item)
    if path == "/v1/interactions":
        found = table.query(
            KeyConditionExpression="user_id = :user",
            ExpressionAttributeValues={":user": "alice"},
            Limit=20,
            ScanIndexForward=False,
        )
        return _answer(200, {"results": found["Items"]})
    found = table.get_item(Key={"user_id": "alice", "interaction_id": path.rpartition("/")[2]})
    return _answer(200, found["Item"])


def _answer(status: int, body: Any) -> dict[str, Any]:
    return {
        "statusCode": status,
        "headers": {"Content-Type": "application/json"},
        "body": json.dumps(body, default=str),
    }
