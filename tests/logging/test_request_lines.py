"""A request to the handler of Lambda is one line, which is also its metrics."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from tests.logging.conftest import Database
from tests.logging.invoking import invoked, request
from tests.production.process import python

TRACE = "0af7651916cd43dd8448eb211c80319c"
TRACEPARENT = f"00-{TRACE}-b7ad6b7169203331-01"
ROOT = "1-5759e988-bd862e3fe1be46a994272793"
XRAY = f"Root={ROOT};Parent=53995c3f42cd8ad8;Sampled=1;Lineage=a:1"


def test_it_says_who_asked_what_of_whom_and_what_that_took(database: Database) -> None:
    asked = [
        request("/v1/interactions", method="POST", key=database.key, body={"prompt": "Hi"}),
        request("/v1/interactions?limit=3&model=a-secret-model", key=database.key),
        request("/health"),
    ]
    run = invoked(asked, **database.variables)
    assert [answer.status for answer in run.answers] == [201, 200, 200]
    assert len(run.lines) == 3
    written, listed, probed = run.lines
    assert (written["method"], written["route"], written["status"]) == ("POST", "/v1/interactions", 201)
    assert written["request_bytes"] == len('{"prompt": "Hi"}')
    assert written["response_bytes"] == len(run.answers[0].text.encode())
    assert (written["user_id"], written["key_id"]) == ("alice", database.key.split("_")[1])
    assert written["store_calls"] >= 2
    assert written["read_units"] > 0
    assert written["write_units"] > 0
    assert 0 < written["store_ms"] <= written["duration_ms"]
    assert listed["write_units"] == 0
    assert listed["read_units"] > 0
    assert "store_calls" not in probed
    assert [line["cold_start"] for line in run.lines] == [True, False, False]
    for line, each, answer in zip(run.lines, asked, run.answers, strict=True):
        assert line["lambda_request_id"] == each["invocation"]
        assert line["request_id"] == answer.header("X-Request-ID") == each["event"]["requestContext"]["requestId"]
        assert line["client_address"] == "198.51.100.7"
        assert datetime.fromisoformat(line["time"]).tzinfo
    assert "a-secret-model" not in run.log


def test_it_is_in_cloudwatchs_embedded_metric_format(database: Database) -> None:
    paths = ["/v1/interactions", "/v1/nowhere", "/v1/interactions?x=1"]
    run = invoked([request(path, key=database.key) for path in paths], **database.variables)
    for line in run.requests:
        (directive,) = line["_aws"]["CloudWatchMetrics"]
        assert line["_aws"]["Timestamp"] == round(datetime.fromisoformat(line["time"]).timestamp() * 1000)
        assert directive["Dimensions"] == [["service"]]
        for metric in directive["Metrics"]:
            assert type(line[metric["Name"]]) in {int, float}, metric
            assert metric["Unit"] in {"Milliseconds", "Count"}
    assert {line["service"] for line in run.requests} == {"interactions-test"}
    counts = [(line["client_errors"], line["server_errors"], line["cold_starts"]) for line in run.requests]
    assert counts == [(0, 0, 1), (1, 0, 0), (1, 0, 0)]


def test_a_laptops_lines_are_no_metrics(tmp_path_factory: pytest.TempPathFactory) -> None:
    code = "import django; django.setup(); from django.test import Client; Client().get('/health')"
    folder = tmp_path_factory.mktemp("data")
    done = python("-c", code, DJANGO_SETTINGS_MODULE="project.settings.local", DATA_DIR=str(folder))
    assert '"route":"/health","status":200' in done.stderr
    assert "_aws" not in done.stderr
    assert "store_ms" not in done.stderr  # SQLite is not measured


def test_a_forged_forwarded_for_changes_no_address(database: Database) -> None:
    forged = request("/health", headers={"X-Real-Ip": "6.6.6.6", "Forwarded": "for=6.6.6.6"})
    # The gateway adds what it knows to what the caller has written.
    forged["event"]["multiValueHeaders"]["X-Forwarded-For"] = ["6.6.6.6, 198.51.100.7, 130.176.1.1"]
    (line,) = invoked([forged], **database.variables).lines
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
    database: Database, trace: str, headers: dict[str, str], trace_id: str, xray_trace_id: str | None
) -> None:
    posted = request(
        "/v1/interactions", method="POST", key=database.key, body={"prompt": "Hi"}, trace=trace, headers=headers
    )
    missed = request("/v1/nowhere", trace=trace, headers=headers)
    run = invoked([posted, missed], **database.variables)
    assert run.answers[0].document["trace_id"] == trace_id
    assert run.answers[1].document["trace_id"] == trace_id
    for line, answer in zip(run.lines, run.answers, strict=True):
        assert line["trace_id"] == answer.header("X-Trace-ID") == trace_id
        assert line.get("xray_trace_id") == xray_trace_id


@pytest.mark.parametrize("trace", ["", "Root=1-x-y", "Self=1-5759e988-bd862e3fe1be46a994272793", f"Root={ROOT}0"])
def test_without_a_trace_the_line_begins_one_and_the_record_has_none(database: Database, trace: str) -> None:
    posted = request("/v1/interactions", method="POST", key=database.key, body={"prompt": "Hi"}, trace=trace)
    run = invoked([posted], **database.variables)
    assert run.answers[0].document["trace_id"] is None
    assert run.lines[0]["trace_id"] not in ROOT.replace("-", "")


def test_a_request_id_that_the_gateway_did_not_make_is_not_taken_over(database: Database) -> None:
    asked: list[dict[str, Any]] = [request("/health") for _ in range(3)]
    for each, given in zip(asked, ["quasi-una-fantasia", "a" * 36, None], strict=True):
        each["event"]["requestContext"]["requestId"] = given
    run = invoked(asked, **database.variables)
    assert len({line["request_id"] for line in run.lines}) == 3
    assert all(len(line["request_id"]) == 32 for line in run.lines)


def test_no_header_names_what_only_the_gateway_knows(database: Database) -> None:
    names = ("request_id", "xray_trace_id", "lambda_request_id", "cold_start")
    mark = "5759e988-bd86-2e3f-e1be-46a994272793"
    spelled = [f"interactions{dot}{name}" for name in names for dot in "._"]
    headers = dict.fromkeys([*names, *spelled, *(name.replace("_", "-") for name in spelled)], mark)
    headers |= {"X-Amzn-Trace-Id": f"Root={ROOT}", "X-Amzn-RequestId": mark, "X-Request-ID": mark}
    (line,) = invoked([request("/health", headers=headers)], **database.variables).lines
    assert mark not in str(line)
    assert mark[2:].replace("-", "") not in str(line)
    assert ROOT[2:].replace("-", "") not in str(line)


def test_a_sweep_is_one_line_that_counts(database: Database) -> None:
    swept = request("/health") | {"event": {"task": "sweep_expired"}}
    (line,) = invoked([swept], **database.variables).lines
    assert (line["message"], line["contents"], line["interactions"], line["complete"]) == ("sweep_expired", 0, 0, True)
    assert line["lambda_request_id"] == swept["invocation"]
    assert line["store_calls"] > 0
    assert line["read_units"] > 0
