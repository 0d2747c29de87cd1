"""Nobody's words and no secret get into the log, whatever fails, at whatever level loggers are."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.faults import kinds
from tests.faults.plans import Plan, always, in_turn, no_faults
from tests.faults.proxy import FaultyDynamoDB
from tests.logging.conftest import PASSWORD, Database
from tests.logging.invoking import Run, invoked, request
from tests.production.process import SECRET_KEY

MARK = "quasi-una-fantasia"
ITEM = "/v1/interactions/01890000-0000-7000-8000-00000000000f"
TALKING = {"prompt": MARK, "response": MARK, "metadata": {MARK: MARK}, "conversation_id": "talk", "model": MARK}
REFUSED = kinds.refusal("ValidationException", f"One of the values is invalid: {MARK}")
PLANS: dict[str, Plan] = {
    "nothing fails": no_faults,
    "throttled": always(kinds.THROTTLED),
    "writes are throttled": always(kinds.THROTTLED, "PutItem", "UpdateItem", "TransactWriteItems"),
    "answers are cut": always(kinds.CUT_WITHIN, "PutItem", "UpdateItem", "Query"),
    "refused with the words": always(REFUSED, "PutItem", "UpdateItem", "Query", "TransactWriteItems"),
    "some fail once": in_turn([kinds.INTERNAL_ERROR, kinds.CUT_AFTER] * 8),
}
EVERYTHING = ("--verbose", "--plain")

pytestmark = pytest.mark.system


def said(key: str) -> list[dict[str, Any]]:
    """Requests with words and secrets wherever they have a place for them."""
    cookie = {"Cookie": f"sessionid={MARK}; csrftoken={MARK}", "X-CSRFToken": MARK, "X-Api-Key": MARK}
    short: dict[str, Any] = {"key": key, "headers": cookie, "seconds": 2.2}
    anonymous: dict[str, Any] = {"headers": cookie, "seconds": 2.2}
    return [
        request("/v1/interactions", method="POST", body=TALKING, **short),
        request("/v1/interactions", method="POST", body=TALKING, **(short | {"headers": {"Idempotency-Key": MARK}})),
        request("/v1/chat", method="POST", body={"prompt": MARK, "model": MARK, "metadata": {MARK: MARK}}, **short),
        request("/v1/interactions/bulk", method="POST", body=[TALKING, TALKING | {MARK: MARK}], **short),
        request(ITEM, method="PATCH", body={"response": MARK}, **short),
        request(f"{ITEM}/feedback", method="PUT", body={"score": 1, "comment": MARK}, **short),
        request("/v1/conversations/talk", method="PATCH", body={"title": MARK}, **short),
        request(f"/v1/interactions?model={MARK}&{MARK}=1", **short),
        request(f"/v1/interactions?model={MARK}", **short),
        request(f"/v1/{MARK}", **short),
        request("/v1/users/alice/export", **short),
        request("/v1/session", method="POST", body={"username": "alice", "password": PASSWORD}, **anonymous),
        request("/v1/session", method="POST", body={"username": MARK, "password": MARK}, **anonymous),
        request("/v1/session", **anonymous),
        request("/v1/interactions", headers={"Authorization": f"Bearer {key[:-1]}x"}, seconds=2.2),
        request("/v1/interactions", headers={"Host": f"{MARK}.example"}),
    ]


def check_silence(run: Run, database: Database, *more: str) -> None:
    assert run.log.count('"message":"request"') == len(said(database.key))
    for words in (MARK, database.key, database.key.split("_", 2)[2], SECRET_KEY, *more):
        assert words not in run.log


@pytest.mark.parametrize("plan", PLANS)
def test_nothing_is_said_at_all_by_any_logger_at_debug(wired: Database, wire: FaultyDynamoDB, plan: str) -> None:
    wire.plan = PLANS[plan]
    secret = "s3cr3t-of-the-role"
    run = invoked(said(wired.key), *EVERYTHING, **wired.variables, AWS_SECRET_ACCESS_KEY=secret, AWS_SESSION_TOKEN=MARK)
    check_silence(run, wired, secret)


def test_the_sdk_at_debug_says_what_it_sends_but_not_into_the_log(wired: Database) -> None:
    run = invoked(said(wired.key), "--verbose", AWS_WIRE="botocore", AWS_SECRET_ACCESS_KEY=MARK, **wired.variables)
    check_silence(run, wired)
    assert [json.loads(line)["level"] for line in run.log.splitlines()].count("DEBUG") == 0
    heard = invoked(said(wired.key)[:1], *EVERYTHING, AWS_WIRE="botocore", **wired.variables)
    assert MARK in heard.log  # or else the test above would be deaf
