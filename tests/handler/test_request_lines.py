"""A request to the handler is one line, which is also its metrics; what it has of callers, gateway and traces."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Sequence
from datetime import datetime
from io import StringIO
from typing import Any
from unittest import mock

import pytest

from interactions.accounts import get_accounts
from project.logging import JsonFormatter
from tests.events.invocation import Context
from tests.logging.invoking import Answer, Run, request

TRACE = "0af7651916cd43dd8448eb211c80319c"
TRACEPARENT = f"00-{TRACE}-b7ad6b7169203331-01"
ROOT = "1-5759e988-bd862e3fe1be46a994272793"
XRAY = f"Root={ROOT};Parent=53995c3f42cd8ad8;Sampled=1;Lineage=a:1"


@pytest.fixture
def key(db: None) -> str:
    made, _ = get_accounts().create_key("alice", ("read", "write"))
    return made


def invoked(invocations: Sequence[dict[str, Any]]) -> Run:
    """Invoke the handler in this process, whose lines are those of a function on Lambda."""
    from project.lambda_handler import handler

    log, answers = StringIO(), []
    heard = logging.StreamHandler(log)
    heard.setFormatter(JsonFormatter("interactions-test"))
    logging.getLogger().addHandler(heard)
    try:
        for each in invocations:
            context = Context(each["seconds"], aws_request_id=each["invocation"])
            with mock.patch.dict(os.environ, {"_X_AMZN_TRACE_ID": each["trace"]}):
                given = handler(each["event"], context)
            left = context.get_remaining_time_in_millis()
            answers.append(Answer(given["statusCode"], given["multiValueHeaders"], given["body"], left))
    finally:
        logging.getLogger().removeHandler(heard)
    return Run(answers, log.getvalue())


def test_it_is_in_cloudwatchs_embedded_metric_format(key: str) -> None:
    paths = ["/v1/interactions", "/v1/nowhere", "/v1/interactions?x=1"]
    run = invoked([request(path, key=key) for path in paths])
    for line in run.requests:
        (directive,) = line["_aws"]["CloudWatchMetrics"]
        assert line["_aws"]["Timestamp"] == round(datetime.fromisoformat(line["time"]).timestamp() * 1000)
        assert directive["Dimensions"] == [["service"]]
        for metric in directive["Metrics"]:
            assert type(line[metric["Name"]]) in {int, float}, metric
            assert metric["Unit"] in {"Milliseconds", "Count"}
    assert {line["service"] for line in run.requests} == {"interactions-test"}
    assert [(line["client_errors"], line["server_errors"]) for line in run.requests] == [(0, 0), (1, 0), (1, 0)]
    assert all(line["cold_starts"] == line["cold_start"] for line in run.requests)


@pytest.mark.parametrize(
    ("status", "client", "server", "throttled"),
    [(200, 0, 0, 0), (399, 0, 0, 0), (400, 1, 0, 0), (429, 1, 0, 1), (499, 1, 0, 0), (500, 0, 1, 0), (504, 0, 1, 0)],
)
def test_a_status_counts_as_the_callers_error_the_services_or_none(
    status: int, client: int, server: int, throttled: int
) -> None:
    line = line_of(status=status)
    assert (line["client_errors"], line["server_errors"], line["throttled"]) == (client, server, throttled)
    assert line["provider_errors"] == 0
    line = line_of(status=status, fault="provider")
    assert (line["server_errors"], line["provider_errors"]) == (0, server)


def line_of(version: str | None = None, **fields: Any) -> dict[str, Any]:
    record = logging.makeLogRecord({"name": "interactions.requests", **fields})
    line: dict[str, Any] = json.loads(JsonFormatter("interactions-test", version).format(record))
    return line


def metrics_of(line: dict[str, Any]) -> dict[tuple[str, ...], set[str]]:
    """The names of the metrics, by their dimensions."""
    return {
        tuple(dimensions): {metric["Name"] for metric in directive["Metrics"]}
        for directive in line["_aws"]["CloudWatchMetrics"]
        for dimensions in directive["Dimensions"]
    }


@pytest.mark.parametrize("more", [{}, {"outcome": "completed", "model_ms": 5, "attempts": 1}])
def test_failures_are_counted_by_version_and_all_else_by_service_alone(more: dict[str, Any]) -> None:
    """A metric is billed for each version of its own: there is one."""
    line = line_of("7", status=500, **more)
    assert (line["service"], line["version"]) == ("interactions-test", "7")
    found = metrics_of(line)
    assert found.keys() == {("service",), ("service", "version")}
    assert found["service", "version"] == {"server_errors"}
    assert found["service",].isdisjoint(found["service", "version"])
    assert {"provider_errors", "duration_ms", *({"model_ms"} if more else ())} <= found["service",]
    assert all(type(line[name]) in {int, float} for names in found.values() for name in names)


def test_without_a_version_failures_are_counted_by_service() -> None:
    line = line_of(status=500)
    assert "version" not in line
    (found,) = metrics_of(line).items()
    assert found[0] == ("service",)
    assert "server_errors" in found[1]


def test_a_forged_forwarded_for_changes_no_address(key: str) -> None:
    forged = request("/health", headers={"X-Real-Ip": "6.6.6.6", "Forwarded": "for=6.6.6.6"})
    # The gateway adds what it knows to what the caller has written.
    forged["event"]["multiValueHeaders"]["X-Forwarded-For"] = ["6.6.6.6, 198.51.100.7, 130.176.1.1"]
    (line,) = invoked([forged]).lines
    assert line["client_address"] == "198.51.100.7"
    assert "6.6.6.6" not in str(line)


@pytest.mark.parametrize(
    ("trace", "headers", "trace_id", "xray_trace_id"),
    [
        (XRAY, {}, ROOT[2:].replace("-", ""), None),
        (XRAY, {"traceparent": "00-broken-01"}, ROOT[2:].replace("-", ""), None),
        (XRAY, {"traceparent": TRACEPARENT}, TRACE, ROOT),
        ("", {"traceparent": TRACEPARENT}, TRACE, None),
        (f"Parent=53995c3f42cd8ad8;Root={ROOT}", {}, ROOT[2:].replace("-", ""), None),
    ],
)
def test_the_callers_trace_comes_before_x_rays(
    key: str, trace: str, headers: dict[str, str], trace_id: str, xray_trace_id: str | None
) -> None:
    posted = request("/v1/interactions", method="POST", key=key, body={"prompt": "Hi"}, trace=trace, headers=headers)
    missed = request("/v1/nowhere", trace=trace, headers=headers)
    run = invoked([posted, missed])
    assert run.answers[0].document["trace_id"] == trace_id
    assert run.answers[1].document["trace_id"] == trace_id
    for line, answer in zip(run.lines, run.answers, strict=True):
        assert line["trace_id"] == answer.header("X-Trace-ID") == trace_id
        assert line.get("xray_trace_id") == xray_trace_id


@pytest.mark.parametrize("trace", ["", "Root=1-x-y", "Self=1-5759e988-bd862e3fe1be46a994272793", f"Root={ROOT}0"])
def test_without_a_trace_the_line_begins_one_and_the_record_has_none(key: str, trace: str) -> None:
    posted = request("/v1/interactions", method="POST", key=key, body={"prompt": "Hi"}, trace=trace)
    run = invoked([posted])
    assert run.answers[0].document["trace_id"] is None
    assert run.lines[0]["trace_id"] not in ROOT.replace("-", "")


def test_a_request_id_that_the_gateway_did_not_make_is_not_taken_over(key: str) -> None:
    asked: list[dict[str, Any]] = [request("/health") for _ in range(3)]
    for each, given in zip(asked, ["quasi-una-fantasia", "a" * 36, None], strict=True):
        each["event"]["requestContext"]["requestId"] = given
    run = invoked(asked)
    assert len({line["request_id"] for line in run.lines}) == 3
    assert all(len(line["request_id"]) == 32 for line in run.lines)


def test_no_header_names_what_only_the_gateway_knows(key: str) -> None:
    names = ("request_id", "xray_trace_id", "lambda_request_id", "cold_start")
    mark = "5759e988-bd86-2e3f-e1be-46a994272793"
    spelled = [f"interactions{dot}{name}" for name in names for dot in "._"]
    headers = dict.fromkeys([*names, *spelled, *(name.replace("_", "-") for name in spelled)], mark)
    headers |= {"X-Amzn-Trace-Id": f"Root={ROOT}", "X-Amzn-RequestId": mark, "X-Request-ID": mark}
    (line,) = invoked([request("/health", headers=headers)]).lines
    assert mark not in str(line)
    assert mark[2:].replace("-", "") not in str(line)
    assert ROOT[2:].replace("-", "") not in str(line)
