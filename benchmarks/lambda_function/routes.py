"""What each route costs by the service's own log: milliseconds of the function, and DynamoDB's capacity units.

The tables are DynamoDB Local's, whose units are AWS's but for transactions, of which it counts the indexes twice. What
is printed is also written to `dist/lambda.routes.json`, for whoever reckons what a month costs.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import mean, median
from typing import Any
from urllib.parse import urlencode

from benchmarks.lambda_function import exchanges
from benchmarks.lambda_function.counting import run
from benchmarks.lambda_function.subjects import ROOT, Prepared
from benchmarks.printing import print_table
from interactions.accounts.dynamodb import DynamoDBAccounts
from interactions.dynamodb.connection import DynamoDBConnection
from interactions.dynamodb.tables import Tables
from interactions.repositories.dynamodb import DynamoDBRepository
from tests.dynamodb_local import running

REGION = "us-east-1"
COUNTS = ("store_calls", "read_units", "write_units")
TIMES = 40
WARM = 10
ROUTES = ROOT / "dist" / "lambda.routes.json"
PASSWORD = "correct-horse-battery"  # noqa: S105  of an account in an emulator
Found = dict[str, dict[str, float]]


def print_routes(prepared: Prepared) -> Iterator[str]:
    """Print the table, write the file; no promise is made of it."""
    with running() as local, tempfile.TemporaryDirectory() as folder:
        access_key = local.new_database()
        key = _filled(DynamoDBConnection(region=REGION, endpoint=local.endpoint, access_key=access_key))
        events = _events(key)
        file = Path(folder, "events.json")
        file.write_text(json.dumps(events))
        ours = prepared.subjects[0]
        environment = ours.environment(local.endpoint) | {"AWS_ACCESS_KEY_ID": access_key}
        command = ours.command(prepared.python, file, *(f"{name}={TIMES + WARM}" for name in events))
        logged = run(command, environment).logged
    lines = [json.loads(line) for line in logged.splitlines()]
    requests = [line for line in lines if line.get("message") == "request"]
    assert len(requests) == len(events) * (TIMES + WARM), "each request has one line"
    found = {
        name: _costs(requests[number * (TIMES + WARM) + WARM : (number + 1) * (TIMES + WARM)])
        for number, name in enumerate(events)
    }
    ROUTES.parent.mkdir(exist_ok=True)
    ROUTES.write_text(json.dumps(found, indent=2) + "\n")
    rows = [[name, *(f"{value:g}" for value in costs.values())] for name, costs in found.items()]
    header = ("", "ms of the function", "ms of the store", "calls", "read units", "write units")
    print_table(f"A request of each kind ({ROUTES.relative_to(ROOT)})", header, rows)
    yield from ()


def _costs(lines: list[dict[str, Any]]) -> dict[str, float]:
    return {
        "function_ms": round(median(line["duration_ms"] - line["store_ms"] for line in lines), 2),
        "store_ms": round(median(line["store_ms"] for line in lines), 2),
        **{
            name: round(mean(line.get(name, 0) for line in lines), 2)
            for name in ("store_calls", "read_units", "write_units")
        },
    }


def _filled(connection: DynamoDBConnection) -> str:
    """Make the tables, the exchanges and a user; the user's key."""
    tables = Tables.bound(connection, "")
    tables.create()
    for outcome in DynamoDBRepository(tables=tables).add_many(exchanges.STORED):
        assert not isinstance(outcome, Exception), outcome
    accounts = DynamoDBAccounts(tables=tables)
    accounts.create_account(exchanges.USER, PASSWORD)
    key, _ = accounts.create_key(exchanges.USER, ("read", "write"))
    return key


def _events(key: str) -> dict[str, dict[str, Any]]:
    def asked(method: str, path: str, status: int, body: Any = None, **query: str) -> dict[str, Any]:
        return {"status": status, "event": exchanges.event(method, path, body, urlencode(query), key=key)}

    item = f"/v1/interactions/{exchanges.FIRST.interaction_id}"
    new = exchanges.new_exchange()
    conversation = exchanges.FIRST.conversation_id or ""
    first = exchanges.FIRST.created_at
    days = {"from": f"{first:%Y-%m-%d}", "to": f"{exchanges.STORED[-1].created_at:%Y-%m-%d}"}
    return {
        "GET /health": asked("GET", "/health", 200),
        "GET /ready": asked("GET", "/ready", 200),
        "GET /v1/interactions/{id}": asked("GET", item, 200),
        "GET /v1/interactions": asked("GET", "/v1/interactions", 200, limit=str(exchanges.PAGE)),
        "GET /v1/interactions?view=summary": asked("GET", "/v1/interactions", 200, view="summary"),
        "GET /v1/interactions?conversation_id=": asked("GET", "/v1/interactions", 200, conversation_id=conversation),
        "GET /v1/conversations": asked("GET", "/v1/conversations", 200),
        "GET /v1/usage": asked("GET", "/v1/usage", 200, **days),
        "GET /v1/users/{user_id}/export": asked("GET", f"/v1/users/{exchanges.USER}/export", 200),
        "GET /v1/session": asked("GET", "/v1/session", 200),
        "POST /v1/session": asked("POST", "/v1/session", 200, {"username": exchanges.USER, "password": PASSWORD}),
        "PUT /v1/interactions/{id}/feedback": asked("PUT", f"{item}/feedback", 200, {"score": 1}),
        "POST /v1/interactions": asked("POST", "/v1/interactions", 201, new),
        "POST /v1/interactions in a conversation": asked(
            "POST", "/v1/interactions", 201, new | {"conversation_id": "another"}
        ),
        "POST /v1/interactions/bulk of 20": asked("POST", "/v1/interactions/bulk", 207, [new] * 20),
    }
