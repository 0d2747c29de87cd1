"""A request to the handler of Lambda is one line, which says what its store took; see `tests/handler` for the rest."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.logging.conftest import Database
from tests.logging.invoking import invoked, request
from tests.production.process import python

pytestmark = pytest.mark.system


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
    assert [line["cold_starts"] for line in run.lines] == [1, 0, 0]
    assert {line["service"] for line in run.lines} == {"interactions-test"}
    for line, each, answer in zip(run.lines, asked, run.answers, strict=True):
        assert line["lambda_request_id"] == each["invocation"]
        assert line["request_id"] == answer.header("X-Request-ID") == each["event"]["requestContext"]["requestId"]
        assert line["client_address"] == "198.51.100.7"
        assert datetime.fromisoformat(line["time"]).tzinfo
    assert "a-secret-model" not in run.log


def test_a_laptops_lines_are_no_metrics(tmp_path_factory: pytest.TempPathFactory) -> None:
    code = "import django; django.setup(); from django.test import Client; Client().get('/health')"
    folder = tmp_path_factory.mktemp("data")
    done = python("-c", code, DJANGO_SETTINGS_MODULE="project.settings.local", DATA_DIR=str(folder))
    assert '"route":"/health","status":200' in done.stderr
    assert "_aws" not in done.stderr
    assert "store_ms" not in done.stderr  # SQLite is not measured


def test_a_sweep_is_one_line_that_counts(database: Database) -> None:
    swept = request("/health") | {"event": {"task": "sweep_expired"}}
    (line,) = invoked([swept], **database.variables).lines
    assert (line["message"], line["contents"], line["interactions"], line["complete"]) == ("sweep_expired", 0, 0, True)
    assert line["lambda_request_id"] == swept["invocation"]
    assert line["store_calls"] > 0
    assert line["read_units"] > 0
