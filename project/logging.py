"""Logs: one JSON object a line, of named fields only, so that nobody's words get in by accident.

ADR 22 says what a request's line has, and which of it CloudWatch makes metrics of.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import Mapping
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from interactions.api.problem_types import PROVIDER
from interactions.aws.credentials import NoCredentials
from interactions.aws.endpoints import NotSupported
from interactions.aws.service import NotConnected
from interactions.domain.errors import Unavailable

# What a record's `extra` may add to the line. Anything else is dropped.
FIELDS = (
    "request_id",
    "trace_id",
    "xray_trace_id",
    "lambda_request_id",
    "cold_start",
    "client_address",
    "user_id",
    "key_id",
    "method",
    "route",
    "status",
    "problem",
    "fault",
    "duration_ms",
    "store_ms",
    "store_calls",
    "read_units",
    "write_units",
    "request_bytes",
    "response_bytes",
    # Of a question to a model.
    "provider",
    "model",
    "outcome",
    "model_ms",
    "input_tokens",
    "output_tokens",
    "cost_usd",
    "unpriced",
    "attempts",
    "fallback_depth",
    "breakers",
    "open_breakers",
    # Of a sweep: how much it has closed and removed.
    "abandoned",
    "contents",
    "interactions",
    "idempotency_keys",
    "complete",
)
# Metrics and their units, by the names of their values in the line. Their one dimension is the service.
METRICS = {
    "duration_ms": "Milliseconds",
    "store_ms": "Milliseconds",
    "read_units": "Count",
    "write_units": "Count",
    "client_errors": "Count",
    "provider_errors": "Count",
    "throttled": "Count",
    "cold_starts": "Count",
}
# Metrics with the dimensions service and version, so that a canary can be told from the version that it replaces. Each
# costs as much for every version as one of the others: the sum of server_errors counts failures, its number of samples
# counts requests. Where there are no versions, as outside Lambda, the service is the one dimension.
VERSION_METRICS = {"server_errors": "Count"}
# Metrics of a line whose request has asked a model. A service that asks none is not billed for them.
MODEL_METRICS = {
    "model_ms": "Milliseconds",
    "input_tokens": "Count",
    "output_tokens": "Count",
    "cost_usd": "None",
    "unpriced": "Count",
    "attempts": "Count",
    "fallback_depth": "Count",
    "open_breakers": "Count",
}
NAMESPACE = "Interactions"

# Errors of ours, or of settings, whose texts name what is the matter and never what somebody has written.
SPEAKING = (ImproperlyConfigured, NoCredentials, NotConnected, NotSupported, Unavailable)

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str).encode


class JsonFormatter(logging.Formatter):
    """Formats a record. Of an exception it tells types and places; its text might quote a prompt.

    With a `service` the lines of requests are in CloudWatch's embedded metric format. `version` is the function's.
    """

    def __init__(self, service: str | None = None, version: str | None = None) -> None:
        super().__init__()
        self._service = service
        self._version = version
        self._directives = self._directives_of(METRICS)

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        given = record.__dict__
        for name in FIELDS:
            if (value := given.get(name)) is not None:
                line[name] = value
        if record.exc_info and record.exc_info[1]:
            line["exception"] = type(record.exc_info[1]).__qualname__
            line["causes"] = causes_of(record.exc_info[1])
            line["stack"] = _places(record.exc_info[2])
        if self._service is None or "status" not in line:
            return _encode(line)
        return self._with_metrics(line, int(record.created * 1000))

    def _with_metrics(self, line: dict[str, Any], milliseconds: int) -> str:
        """https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html"""
        status = line["status"]
        failed, of_provider = status >= 500, line.get("fault") == PROVIDER
        line["service"] = self._service
        if self._version is not None:
            line["version"] = self._version
        line["client_errors"] = int(400 <= status < 500)
        line["server_errors"] = int(failed and not of_provider)
        line["provider_errors"] = int(failed and of_provider)
        line["throttled"] = int(status == 429)
        line["cold_starts"] = int(line.get("cold_start", False))
        for name in METRICS:
            line.setdefault(name, 0)
        directives = self._directives
        if "outcome" in line:
            told = {name: unit for name, unit in MODEL_METRICS.items() if name in line}
            directives = self._directives_of({**METRICS, **told})
        metadata = f'"_aws":{{"Timestamp":{milliseconds},"CloudWatchMetrics":{directives}}}'
        return f"{_encode(line)[:-1]},{metadata}}}"

    def _directives_of(self, metrics: Mapping[str, str]) -> str:
        if self._version is None:
            return _encode([_directive(["service"], {**metrics, **VERSION_METRICS})])
        return _encode([_directive(["service"], metrics), _directive(["service", "version"], VERSION_METRICS)])


def _directive(dimensions: list[str], metrics: Mapping[str, str]) -> dict[str, Any]:
    units = [{"Name": name, "Unit": unit} for name, unit in metrics.items()]
    return {"Namespace": NAMESPACE, "Dimensions": [dimensions], "Metrics": units}


def log_failed_start(error: BaseException) -> None:
    """One line on stderr, where the settings have not got as far as to set logging up."""
    given = {"name": "interactions.start", "levelname": "ERROR", "levelno": logging.ERROR, "msg": "the start failed"}
    record = logging.makeLogRecord({**given, "exc_info": (type(error), error, error.__traceback__)})
    print(JsonFormatter().format(record), file=sys.stderr, flush=True)


def causes_of(error: BaseException) -> list[str]:
    """The error, what it came from, and so on."""
    causes: list[str] = []
    current: BaseException | None = error
    while current is not None:
        causes.append(_named(current))
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return causes


def _named(error: BaseException) -> str:
    name = type(error).__qualname__
    if isinstance(error, SPEAKING):
        return f"{name}: {error}"
    # As botocore's ClientError has them: AWS's code for it, and what was asked.
    operation, response = getattr(error, "operation_name", None), getattr(error, "response", None)
    if operation is None or not isinstance(response, dict):
        return name
    return f"{name}: {response.get('Error', {}).get('Code')} for {operation}"


def _places(frames: TracebackType | None) -> list[str]:
    found = traceback.StackSummary.extract(traceback.walk_tb(frames), lookup_lines=False)
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in found]
