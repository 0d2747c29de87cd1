"""Answers arrive as the application made them, of every type, and none is larger than Lambda sends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from interactions.api.answers import MAX_ANSWER_BYTES
from tests.events.invocation import invoked
from tests.events.proxy import proxy_event
from tests.handler.conftest import Ask, header

LIST = "/v1/interactions"
# Two, three and four bytes; a quote, a backslash, a control character; what JSON in JavaScript must escape.
SPECIAL = 'é€\U0001f68c"\\\u0001\u007f\u2028\u2029'
# What grows most: in JSON, in JSON within JSON, in UTF-8, in base64.
WORST = ["\u0001", '"', "\\", "\u2028", "\U0001f68c", "a", "é"]
COMMITTED = Path(__file__).resolve().parents[2] / "openapi.yaml"


@pytest.fixture(autouse=True, params=[None, "AWS_Lambda_python3.13"], ids=["escaped", "unicode"])
def runtime(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lambda's runtime escapes what is not ASCII, but for runtimes from 3.12 on."""
    monkeypatch.delenv("AWS_EXECUTION_ENV", raising=False)
    if request.param:
        monkeypatch.setenv("AWS_EXECUTION_ENV", request.param)


def raw(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


def test_json_problems_and_ndjson_arrive_as_they_were_made(ask: Ask) -> None:
    created = ask("POST", LIST, raw({"prompt": SPECIAL, "response": SPECIAL * 100}))
    document = json.loads(created.body)
    assert (created.status, document["prompt"], document["response"]) == (201, SPECIAL, SPECIAL * 100)
    assert header(created, "Content-Type") == "application/json"
    exported = ask("GET", "/v1/users/alice/export")
    assert header(exported, "Content-Type") == "application/x-ndjson"
    assert exported.body.endswith(b"\n")
    assert json.loads(exported.body) == document
    problem = ask("GET", "/v1/n%C3%B4where/%F0%9F%9A%8C")
    assert header(problem, "Content-Type") == "application/problem+json"
    assert json.loads(problem.body)["instance"] == "/prod/v1/nôwhere/🚌"


def test_the_page_of_a_problem_and_the_description_arrive_as_they_were_made(ask: Ask) -> None:
    page = ask("GET", "/problems/not-found")
    assert (header(page, "Content-Type") or "").startswith("text/html")
    assert page.body.decode().startswith("<!doctype html>")
    description = ask("GET", "/v1/schema")
    assert (header(description, "Content-Type") or "").startswith("application/vnd.oai.openapi")
    assert description.body == COMMITTED.read_bytes()


@pytest.mark.parametrize("path", ["/v1/schema", "/problems/not-found", LIST, "/health", "/v1/nowhere"])
def test_the_length_that_an_answer_names_is_its_own(ask: Ask, path: str) -> None:
    answer = ask("GET", path)
    assert header(answer, "Content-Length") == str(len(answer.body))
    head = ask("HEAD", path)
    assert (head.body, header(head, "Content-Length")) == (b"", str(len(answer.body)))


def test_what_has_no_content_has_an_empty_body(ask: Ask) -> None:
    item = f"{LIST}/{json.loads(ask('POST', LIST, {'prompt': 'Hi'}).body)['interaction_id']}"
    unchanged = ask("GET", item, headers=(("If-None-Match", '"1"'),))
    assert (unchanged.status, unchanged.body) == (304, b"")
    deleted = ask("DELETE", item)
    assert (deleted.status, deleted.body) == (204, b"")


def test_only_ndjson_and_what_is_large_goes_in_base64(ask: Ask, authorization: tuple[str, str]) -> None:
    ask("POST", LIST, {"prompt": "Hi"})
    for path, in_base64 in ((LIST, False), ("/v1/users/alice/export", True), ("/v1/schema", False)):
        assert invoked(proxy_event(path=path, headers=[authorization]))["isBase64Encoded"] is in_base64


def documents(answer: Any) -> list[Any]:
    return [json.loads(line) for line in answer.body.split(b"\n")[:-1]]


@pytest.mark.parametrize("text", WORST)
def test_pages_of_the_longest_texts_fit_and_miss_nothing(ask: Ask, text: str) -> None:
    made = [ask("POST", LIST, raw({"prompt": text * 200_000, "response": text * 200_000})) for _ in range(5)]
    assert {answer.status for answer in made} == {201}
    expected = [json.loads(answer.body) for answer in made]
    for path, results in ((LIST, lambda a: json.loads(a.body)["results"]), ("/v1/users/alice/export", documents)):
        found: list[Any] = []
        query = "order=asc&limit=100" if path == LIST else ""
        while True:
            page = ask("GET", path, query=query)
            assert page.status == 200
            found += results(page)
            link = header(page, "Link")
            if link is None:
                break
            query = link.partition("?")[2].partition(">")[0]
        assert found == expected


@pytest.mark.parametrize("text", WORST)
def test_the_largest_bulk_answer_is_sent(ask: Ask, text: str) -> None:
    metadata = {f"{n:02}{text * 62}": text * 512 for n in range(16)}
    error = {"type": text * 128, "message": text * 1000}
    names = dict.fromkeys(("provider", "model", "requested_model"), text * 128)
    item = {"prompt": "x", "status": "failed", "metadata": metadata, "error": error, **names}
    count = min(100, 3_990_000 // len(raw(item)))
    answer = ask("POST", f"{LIST}/bulk", raw([item] * count))
    results = json.loads(answer.body)["results"]
    assert answer.status == 207
    assert [result["status"] for result in results] == [201] * count, results[0]
    assert len(answer.body) <= MAX_ANSWER_BYTES


def test_mistakes_without_number_are_named_up_to_a_number(ask: Ask) -> None:
    wrong = b"{" + b",".join(b'"%d\xf0\x9f\x9a\x8c":1' % n for n in range(200_000)) + b"}"
    answer = ask("POST", LIST, wrong)
    assert (answer.status, len(json.loads(answer.body)["errors"])) == (400, 100)
    items = b"[" + b",".join([b"{" + b",".join(b'"%d":1' % n for n in range(3_500)) + b"}"] * 100) + b"]"
    results = json.loads(ask("POST", f"{LIST}/bulk", items).body)["results"]
    assert [len(result["problem"]["errors"]) for result in results] == [20] * 100


def test_a_usage_report_that_cannot_be_sent_is_a_problem(ask: Ask) -> None:
    for start in range(0, 6_000, 100):
        batch = [{"prompt": "x", "model": f"{n:04}".ljust(128, "\u0001")} for n in range(start, start + 100)]
        assert ask("POST", f"{LIST}/bulk", batch).status == 207
    answer = ask("GET", "/v1/usage")
    assert (answer.status, json.loads(answer.body)["type"]) == (500, "/prod/problems/answer-too-large")
    assert ask("GET", LIST).status == 200


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=20),
            st.integers(1, 10_000),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_whatever_the_text_it_comes_back(ask: Ask, parts: list[tuple[str, int]]) -> None:
    text = "".join(part * count for part, count in parts)[:200_000]
    created = ask("POST", LIST, raw({"prompt": text}))
    assert created.status == 201
    assert json.loads(created.body)["prompt"] == text
    read = ask("GET", f"{LIST}/{json.loads(created.body)['interaction_id']}")
    assert read.body == created.body


@pytest.mark.parametrize("ndjson", [False, True])
def test_a_bulk_request_of_four_megabytes_is_taken_in_base64(ask: Ask, ndjson: bool) -> None:
    line = raw({"prompt": "x" * 39_900})
    body = b"\n".join([line] * 100) if ndjson else b"[" + b",".join([line] * 100) + b"]"
    body += b" " * (4_000_000 - len(body))
    kind = (("Content-Type", "application/x-ndjson"),) if ndjson else ()
    answer = ask("POST", f"{LIST}/bulk", body, headers=kind)
    assert {result["status"] for result in json.loads(answer.body)["results"]} == {201}
    larger = ask("POST", f"{LIST}/bulk", body + b" ", headers=kind)
    assert json.loads(larger.body)["type"] == "/prod/problems/content-too-large"
