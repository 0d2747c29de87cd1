"""What a pull needs to be allowed in AWS: to read, of the tables that it reads, and nothing else."""

from __future__ import annotations

from typing import Any

from interactions.repositories.dynamodb.calendar import DAYS


def policy(region: str, prefix: str) -> dict[str, Any]:
    """An IAM policy for the tables of that prefix, in whichever account it is made."""
    tables = f"arn:aws:dynamodb:{region}:*:table/{prefix}"
    return {
        "Version": "2012-10-17",
        "Statement": [
            _allow("Interactions", ["BatchGetItem", "Query"], f"{tables}interactions"),
            _allow("InteractionsOfADay", ["Query"], f"{tables}interactions/index/day-index"),
            _allow("Conversations", ["BatchGetItem"], f"{tables}conversations"),
            _allow("DaysWithInteractions", ["Query"], f"{tables}idempotency")
            | {"Condition": {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [DAYS]}}},
            {
                # Only where the tables have a key of the customer's own; name that key to narrow it.
                "Sid": "DecryptTables",
                "Effect": "Allow",
                "Action": ["kms:Decrypt"],
                "Resource": [f"arn:aws:kms:{region}:*:key/*"],
                "Condition": {"StringEquals": {"kms:ViaService": f"dynamodb.{region}.amazonaws.com"}},
            },
        ],
    }


def _allow(sid: str, operations: list[str], resource: str) -> dict[str, Any]:
    actions = [f"dynamodb:{operation}" for operation in operations]
    return {"Sid": sid, "Effect": "Allow", "Action": actions, "Resource": [resource]}
