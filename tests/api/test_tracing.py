"""W3C Trace Context: the caller's trace goes on in the record, the answers and the problems."""

from __future__ import annotations

import re

import pytest
from rest_framework.test import APIClient

from tests.api.everywhere import everywhere
from tests.api.expectations import check_problem

TRACE = "0af7651916cd43dd8448eb211c80319c"
VALID = f"00-{TRACE}-b7ad6b7169203331-01"
BODY = {"prompt": "Hi"}


@pytest.mark.parametrize("flags", ["00", everywhere("01"), "ff"])
def test_the_trace_of_the_caller_is_taken_over(alice: APIClient, flags: str) -> None:
    header = {"traceparent": f"{VALID[:-2]}{flags}"}
    answer = alice.post("/v1/interactions", BODY, format="json", headers=header)
    assert answer["X-Trace-ID"] == answer.json()["trace_id"] == TRACE
    read = alice.get(answer["Location"])
    assert read.json()["trace_id"] == TRACE
    assert read["X-Trace-ID"] != TRACE
    assert check_problem(alice.get("/v1/nowhere", headers=header), 404, "not-found")["trace_id"] == TRACE


def test_the_trace_that_the_body_names_wins(alice: APIClient) -> None:
    other = TRACE[::-1]
    answer = alice.post("/v1/interactions", BODY | {"trace_id": other}, format="json", headers={"traceparent": VALID})
    assert answer.json()["trace_id"] == other
    assert answer["X-Trace-ID"] == TRACE


def test_a_version_of_the_future_may_say_more(alice: APIClient) -> None:
    header = {"traceparent": f"cc{VALID[2:]}-what-the-future-will-be-like"}
    answer = alice.post("/v1/interactions", BODY, format="json", headers=header)
    assert answer.json()["trace_id"] == TRACE


@pytest.mark.parametrize(
    "header",
    [
        "",
        "x",
        TRACE,
        VALID[:-3],
        VALID[:-1],
        f"ff{VALID[2:]}",
        f"00-{'0' * 32}-b7ad6b7169203331-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE.upper()}-b7ad6b7169203331-01",
        f"00-{TRACE[:-1]}-b7ad6b7169203331-01",
        f"00-{TRACE[:-1]}g-b7ad6b7169203331-01",
        f"{VALID}-extra",  # version 00 has four fields and no more
        f"{VALID}x",
        everywhere(f"{VALID},{VALID}"),
        VALID.replace("-", "_"),
    ],
)
def test_what_is_no_traceparent_starts_a_new_trace(alice: APIClient, header: str) -> None:
    answer = alice.post("/v1/interactions", BODY, format="json", headers={"traceparent": header})
    assert answer.status_code == 201
    assert answer.json()["trace_id"] in {None, answer["X-Trace-ID"]}  # the latter where a gateway began one
    assert re.fullmatch("[0-9a-f]{32}", answer["X-Trace-ID"])
    assert answer["X-Trace-ID"] != TRACE


@pytest.mark.everywhere
def test_every_answer_has_ids_of_its_own(alice: APIClient) -> None:
    answers = [alice.get(path) for path in ("/health", "/health", "/v1/interactions", "/v1/nowhere", "/problems/x")]
    for name in ("X-Request-ID", "X-Trace-ID"):
        assert len({answer[name] for answer in answers}) == len(answers)
