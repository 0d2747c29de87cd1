"""AWS Lambda's entry, `project.lambda_handler.handler`: the one module that knows about Lambda."""

from __future__ import annotations

import gc
import logging
import os
from base64 import b64encode
from collections.abc import Callable
from typing import Any

from interactions.deadline import WIND_UP_SECONDS, within
from interactions.metering import metered

logger = logging.getLogger("interactions.lambda")

# Before Lambda ends a function there has to be time to wind up, and to say so.
MARGIN_SECONDS = WIND_UP_SECONDS + 1.0
# Lambda takes answers of 6 MB as JSON, where a character may take 12 bytes; base64 makes a third more of any.
LONGEST_TEXT = 500_000

Answer = dict[str, Any]


class UnknownEvent(Exception):
    """Neither a request of a REST API nor a task of the schedule."""


def handler(event: dict[str, Any], context: Any) -> Answer:
    """Answer a proxy event (payload format 1.0) of a REST API, or do the task that the event names.

    The schedule names `sweep_expired`, and `manage.py release` names `lend_trial_key`. IAM decides who may name a task:
    the gateway sends proxy events alone.

    Raises:
        UnknownEvent: it is neither.
    """
    with within(context.get_remaining_time_in_millis() / 1000 - MARGIN_SECONDS):
        match event:
            case {"httpMethod": str(), "path": str(), "requestContext": {"stage": str()}}:
                return _sent(event, _answer(_without_look_alikes(event), context))
            case {"task": "sweep_expired"}:
                return _sweep_expired(context)
            case {"task": "lend_trial_key"}:
                return _lend_trial_key(context)
    names = (
        ", ".join(sorted(map(str, event)))
        if isinstance(event, dict)
        else f"no members, being of type {type(event).__name__}"
    )
    raise UnknownEvent(
        "the event is no request of a REST API (payload format 1.0) and names no known task; "
        f"it has {names or 'no members'}"
    )


def _without_look_alikes(event: dict[str, Any]) -> dict[str, Any]:
    """The event without the headers that WSGI would take for others: `X_CSRFToken` for `X-CSRFToken`, say."""
    return event | {
        kind: {name: value for name, value in event[kind].items() if "_" not in name}
        for kind in ("headers", "multiValueHeaders")
        if event.get(kind)
    }


def _sent(event: dict[str, Any], answer: Answer) -> Answer:
    """What a server makes of an application's answer: to HEAD it has no body, and it is no larger than can be sent."""
    if event["httpMethod"] == "HEAD":
        return answer | {"isBase64Encoded": False, "body": ""}
    if not answer["isBase64Encoded"] and len(answer["body"]) > LONGEST_TEXT:
        return answer | {"isBase64Encoded": True, "body": b64encode(answer["body"].encode()).decode()}
    return answer


def _sweep_expired(context: Any) -> Answer:
    from interactions import services

    with metered() as use:
        swept = services.expired_sweep(deadline=services.request_deadline())._asdict()
    invocation = {"lambda_request_id": context.aws_request_id}
    logger.info("sweep_expired", extra={**invocation, **use.fields(), **swept})
    return swept


def _lend_trial_key(context: Any) -> Answer:
    from interactions.trial_key import trial_key_lend

    lent = trial_key_lend()
    about = {"lambda_request_id": context.aws_request_id, "user_id": lent.user_id}
    logger.info("lend_trial_key", extra=about)
    return lent._asdict()


def _initialize() -> Callable[[dict[str, Any], Any], Answer]:
    """What happens once, while Lambda makes an environment: afterwards nothing is imported, and DynamoDB is connected.

    ADR 20 says why in this order, and what each step saves.
    """
    gc.disable()  # what is imported stays: there is nothing to collect
    import interactions.dynamodb.postponed

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings.production")
    from apig_wsgi import DEFAULT_NON_BINARY_CONTENT_TYPE_PREFIXES, make_lambda_handler

    from project.gateway import GatewayEnvironment
    from project.wsgi import application

    # NDJSON goes in base64, which does not double its quotes.
    text_types = (*DEFAULT_NON_BINARY_CONTENT_TYPE_PREFIXES, "application/vnd.oai.openapi")
    answer = make_lambda_handler(
        GatewayEnvironment(application), binary_support=True, non_binary_content_type_prefixes=text_types
    )
    import interactions.api.without_admin  # noqa: F401  before the routes import DRF's views

    _warm_up()
    if os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start":
        from project import snapshots

        snapshots.register()
    gc.freeze()
    gc.enable()
    return answer


def _warm_up() -> None:
    """Do what the first request would otherwise wait for: import all routes, and connect to the store.

    A store that does not answer is no reason not to start: `/health` still tells that the service is alive.
    """
    from django.urls import get_resolver

    from interactions import selectors
    from interactions.accounts import get_accounts
    from interactions.domain.errors import Unavailable

    get_resolver().reverse_dict  # noqa: B018  it is made of all routes
    get_accounts()
    try:
        selectors.store_check()
    except Unavailable as error:
        logger.error("the store cannot be used yet", exc_info=error)


try:
    _answer = _initialize()
except Exception as error:
    from project.logging import log_failed_start

    log_failed_start(error)
    raise
