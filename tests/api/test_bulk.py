"""POST /v1/interactions/bulk: many at once, each for itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from rest_framework.test import APIClient

from interactions.domain.document import NOT_IN_SUMMARIES
from tests.api.everywhere import everywhere
from tests.api.expectations import check_problem, id_at, walked_ids

NDJSON = "application/x-ndjson"


def post_lines(client: APIClient, *lines: str | bytes) -> Any:
    body = b"\n".join(line.encode() if isinstance(line, str) else line for line in lines)
    return client.post("/v1/interactions/bulk", body, content_type=NDJSON)


@pytest.mark.everywhere
def test_an_array_gets_one_result_an_item_in_order(alice: APIClient) -> None:
    items = [
        {"prompt": "first", "response": "yes", "conversation_id": "c1"},
        {"prompt": ""},
        {"prompt": "third", "metadata": {"n": "3"}},
        "no object",
        {"prompt": "fifth", "colour": "red", "latency_ms": -1},
    ]
    answer = alice.post("/v1/interactions/bulk", items, format="json")
    assert answer.status_code == 207
    assert answer["Cache-Control"] == "private, no-store"
    results = answer.json()["results"]
    assert [result["index"] for result in results] == [0, 1, 2, 3, 4]
    assert [result["status"] for result in results] == [201, 400, 201, 400, 400]
    assert [sorted(result) for result in results[:2]] == [
        ["index", "interaction", "status"],
        ["index", "problem", "status"],
    ]
    pointers = [[e["pointer"] for e in result["problem"]["errors"]] for result in results if "problem" in result]
    assert pointers[0] == ["#/prompt"]
    assert pointers[1][0] == "#"
    assert pointers[2] == ["#/latency_ms", "#/colour"]


def test_a_result_is_the_summary_of_what_is_read_back(alice: APIClient) -> None:
    items = [{"prompt": "Hi", "response": "Hello", "model": "m1"}, {"prompt": "Hi"}]
    results = alice.post("/v1/interactions/bulk", items, format="json").json()["results"]
    for result in results:
        summary = result["interaction"]
        whole = alice.get(f"/v1/interactions/{summary['interaction_id']}").json()
        assert summary == {name: value for name, value in whole.items() if name not in NOT_IN_SUMMARIES}
    listed = walked_ids(alice, "/v1/interactions?order=asc")
    assert listed == [result["interaction"]["interaction_id"] for result in results]


@pytest.mark.everywhere
def test_of_ndjson_the_bad_lines_are_named_and_the_others_recorded(alice: APIClient) -> None:
    answer = post_lines(
        alice, '{"prompt": "one"}', "{broken", b'{"prompt": "\xff"}', '{"prompt": NaN}', '{"prompt": "five"}'
    )
    assert answer.status_code == 207
    results = answer.json()["results"]
    assert [(result["index"], result["status"]) for result in results] == [
        (0, 201),
        (1, 400),
        (2, 400),
        (3, 400),
        (4, 201),
    ]
    for result in results[1:4]:
        assert result["problem"]["type"].endswith("/problems/malformed-body")
        assert result["problem"]["errors"][0]["pointer"] == "#"
    assert len(walked_ids(alice, "/v1/interactions")) == 2


def test_blank_lines_and_any_line_ends_are_taken(alice: APIClient) -> None:
    answer = alice.post(
        "/v1/interactions/bulk", b'\r\n{"prompt": "one"}\r\n\n  {"prompt": "two"}  \n\n', content_type=NDJSON
    )
    assert [result["status"] for result in answer.json()["results"]] == [201, 201]


def test_ndjson_with_a_charset_is_ndjson(alice: APIClient) -> None:
    answer = alice.post("/v1/interactions/bulk", '{"prompt": "é"}'.encode(), content_type=f"{NDJSON}; charset=utf-8")
    assert answer.json()["results"][0]["status"] == 201


def test_a_hundred_fit_and_one_more_is_refused_whole(alice: APIClient) -> None:
    items = [{"prompt": f"number {n}"} for n in range(101)]
    refused = alice.post("/v1/interactions/bulk", items, format="json")
    check_problem(refused, 400, "invalid-request", "#")
    check_problem(post_lines(alice, *map(json.dumps, items)), 400, "invalid-request", "#")
    assert walked_ids(alice, "/v1/interactions") == []
    results = alice.post("/v1/interactions/bulk", items[:100], format="json").json()["results"]
    assert {result["status"] for result in results} == {201}
    assert len(walked_ids(alice, "/v1/interactions?limit=100")) == 100


@pytest.mark.parametrize("content_type", ["application/json", everywhere(NDJSON)])
def test_more_than_four_megabytes_are_refused_whole(alice: APIClient, content_type: str) -> None:
    line = json.dumps({"prompt": "é" * 30_000})  # escaped: 180 KB
    separator, around = ("\n", "{}") if content_type == NDJSON else (",", "[{}]")
    body = around.replace("{}", separator.join([line] * 23)).encode()
    assert len(body) > 4_000_000
    check_problem(alice.post("/v1/interactions/bulk", body, content_type=content_type), 413, "content-too-large")
    assert walked_ids(alice, "/v1/interactions") == []
    body = around.replace("{}", separator.join([line] * 22)).encode()
    assert len(body) < 4_000_000
    answer = alice.post("/v1/interactions/bulk", body, content_type=content_type)
    assert [result["status"] for result in answer.json()["results"]] == [201] * 22


@pytest.mark.everywhere
def test_an_id_that_comes_twice_or_exists_is_recorded_once(alice: APIClient) -> None:
    chosen, existing = id_at(datetime.now(UTC)), id_at(datetime.now(UTC))
    alice.post("/v1/interactions", {"prompt": "before", "interaction_id": existing}, format="json")
    items = [
        {"prompt": "first", "interaction_id": chosen},
        {"prompt": "second", "interaction_id": chosen.upper()},
        {"prompt": "third", "interaction_id": existing},
    ]
    results = alice.post("/v1/interactions/bulk", items, format="json").json()["results"]
    assert [result["status"] for result in results] == [201, 409, 409]
    assert results[1]["problem"]["type"].endswith("/problems/already-exists")
    assert alice.get(f"/v1/interactions/{chosen}").json()["prompt"] == "first"
    assert alice.get(f"/v1/interactions/{existing}").json()["prompt"] == "before"


def test_sending_a_batch_with_ids_again_adds_nothing(alice: APIClient) -> None:
    items = [{"prompt": f"number {n}", "interaction_id": id_at(datetime.now(UTC))} for n in range(10)]
    for status in (201, 409):
        results = alice.post("/v1/interactions/bulk", items, format="json").json()["results"]
        assert {result["status"] for result in results} == {status}
    assert len(walked_ids(alice, "/v1/interactions")) == 10


@pytest.mark.everywhere
def test_one_that_fits_no_store_does_not_stop_the_others(alice: APIClient) -> None:
    noise = "".join(chr(0x4E00 + (n * n * 7919 + n * 104729) % 20_000) for n in range(200_000))
    items = [{"prompt": "Hi"}, {"prompt": noise, "response": noise[::-1]}, {"prompt": "Ho"}]
    body = json.dumps(items, ensure_ascii=False).encode()
    results = alice.post("/v1/interactions/bulk", body, content_type="application/json").json()["results"]
    assert [result["status"] for result in results] == [201, 413, 201]
    assert results[1]["problem"]["type"].endswith("/problems/interaction-too-large")


def test_owners_and_times_of_items_need_the_scope_any(alice: APIClient, key_client: Callable[..., APIClient]) -> None:
    items = [
        {"prompt": "Hi", "user_id": "bob"},
        {"prompt": "Hi", "created_at": "2024-01-01T00:00:00Z"},
        {"prompt": "Hi", "user_id": "alice"},
    ]
    results = alice.post("/v1/interactions/bulk", items, format="json").json()["results"]
    assert [result["status"] for result in results] == [403, 403, 201]
    importer = key_client("importer", "read", "write", "any")
    results = importer.post("/v1/interactions/bulk", items, format="json").json()["results"]
    assert [result["interaction"]["user_id"] for result in results] == ["bob", "importer", "alice"]


@pytest.mark.parametrize(("content_type", "body"), [("application/json", b"[]"), (NDJSON, b"\n"), (NDJSON, b"\r\n \n")])
def test_nothing_at_all_is_no_results(alice: APIClient, content_type: str, body: bytes) -> None:
    answer = alice.post("/v1/interactions/bulk", body, content_type=content_type)
    assert (answer.status_code, answer.json()) == (207, {"results": []})


@pytest.mark.parametrize("body", [b'{"prompt": "Hi"}', b'"Hi"', b"null", b"7"])
def test_what_is_no_array_is_refused(alice: APIClient, body: bytes) -> None:
    check_problem(
        alice.post("/v1/interactions/bulk", body, content_type="application/json"), 400, "invalid-request", "#"
    )


def test_an_idempotency_key_is_refused_rather_than_ignored(alice: APIClient) -> None:
    answer = alice.post("/v1/interactions/bulk", [], format="json", headers={"Idempotency-Key": "k"})
    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == ["Idempotency-Key"]
