"""GET /v1/interactions: what a page holds, filters, orders, views."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from rest_framework.test import APIClient

from interactions.domain.document import NOT_IN_SUMMARIES
from tests.api.everywhere import everywhere
from tests.api.expectations import check_problem, id_at, next_of, pages, recorded, recorded_many, walked_ids
from tests.transports.place import base

LIST = "/v1/interactions"
START = datetime(2024, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def mixed(alice: APIClient) -> list[dict[str, Any]]:
    """Six of Alice's interactions, a day apart, oldest first."""
    given: list[dict[str, Any]] = [
        {"model": "m1", "conversation_id": "c1"},
        {"model": "m2", "conversation_id": "c1", "response": "Hello"},
        {"model": "m1", "response": "Hello"},
        {"status": "failed", "error": {"type": "timeout"}, "model": "m1"},
        {"conversation_id": "c2", "response": "Hello"},
        {"conversation_id": "c1", "response": "Hello", "model": "m 2/é"},
    ]
    days = [id_at(START + timedelta(days=day)) for day in range(len(given))]
    batch = [{"prompt": "Hi", "interaction_id": id} | fields for id, fields in zip(days, given, strict=True)]
    results = alice.post(f"{LIST}/bulk", batch, format="json").json()["results"]
    return [  # whose interactions are summaries
        dict.fromkeys(NOT_IN_SUMMARIES) | result["interaction"] | {"prompt": "Hi", "response": fields.get("response")}
        for result, fields in zip(results, given, strict=True)
    ]


@pytest.mark.everywhere
def test_the_newest_comes_first_unless_asked_otherwise(alice: APIClient, mixed: list[dict[str, Any]]) -> None:
    assert alice.get(LIST).json()["results"] == mixed[::-1]
    assert alice.get(f"{LIST}?order=desc").json()["results"] == mixed[::-1]
    assert alice.get(f"{LIST}?order=asc").json()["results"] == mixed


@pytest.mark.parametrize(
    ("query", "days"),
    [
        ("conversation_id=c1", [0, 1, 5]),
        ("conversation_id=none", []),
        ("status=pending", [0]),
        ("status=completed", [1, 2, 4, 5]),
        ("status=failed", [3]),
        ("model=m1", [0, 2, 3]),
        everywhere(f"model={quote('m 2/é', safe='')}", [5]),
        ("model=m1&status=completed", [2]),
        ("conversation_id=c1&status=completed", [1, 5]),
        ("created_from=2024-03-03T12:00:00Z", [2, 3, 4, 5]),
        ("created_from=2024-03-03T12:00:00.001Z", [3, 4, 5]),
        ("created_to=2024-03-03T12:00:00Z", [0, 1]),
        ("created_to=2024-03-03T12:00:00.001Z", [0, 1, 2]),
        ("created_from=2024-03-02T12:00:00Z&created_to=2024-03-04T12:00:00Z", [1, 2]),
        ("created_from=2024-03-02T09:00:00-03:00&created_to=2024-03-02T13:00:00.000%2B01:00", []),
        ("created_from=2024-03-02T09:00:00-03:00&created_to=2024-03-02T13:00:00.001%2B01:00", [1]),
        everywhere("created_to=2024-03-02T13:00:00.001+01:00", [0, 1]),  # a plus sign that was not escaped
        ("created_from=2024-03-03T12:00:00Z&created_to=2024-03-03T12:00:00Z", []),
        ("created_from=0001-01-01T00:00:00Z", [0, 1, 2, 3, 4, 5]),
        ("created_to=9999-12-31T23:59:59Z", [0, 1, 2, 3, 4, 5]),
        everywhere("created_from=2024-03-02T12:00:00Z&conversation_id=c1&model=m2&status=completed", [1]),
        ("user_id=alice&status=failed", [3]),
    ],
)
def test_filters_hold_all_together(alice: APIClient, mixed: list[dict[str, Any]], query: str, days: list[int]) -> None:
    expected = [mixed[day]["interaction_id"] for day in days]
    for limit in (1, 2, 100):
        assert walked_ids(alice, f"{LIST}?{query}&order=asc&limit={limit}") == expected
        assert walked_ids(alice, f"{LIST}?{query}&limit={limit}") == expected[::-1]


@pytest.mark.parametrize(
    "query", [everywhere(""), "&order=asc", "&view=summary", everywhere("&view=summary&order=asc")]
)
def test_walking_visits_each_once(alice: APIClient, query: str) -> None:
    ids = sorted(recorded_many(alice, 45), reverse="asc" not in query)
    walked = [[item["interaction_id"] for item in page] for page in pages(alice, f"{LIST}?limit=20{query}")]
    assert [len(page) for page in walked] == [20, 20, 5]
    assert [interaction_id for page in walked for interaction_id in page] == ids


def test_a_page_has_twenty_unless_asked_otherwise(alice: APIClient) -> None:
    recorded_many(alice, 101)
    assert len(alice.get(LIST).json()["results"]) == 20
    assert len(alice.get(f"{LIST}?limit=1").json()["results"]) == 1
    assert len(alice.get(f"{LIST}?limit=100").json()["results"]) == 100


@pytest.mark.everywhere
def test_the_envelope_is_that_of_drf_with_a_link_beside_it(alice: APIClient) -> None:
    recorded_many(alice, 2)
    first = alice.get(f"{LIST}?limit=1&order=asc")
    assert [*first.json()] == ["next", "previous", "results"]
    assert first.json()["previous"] is None
    assert first["Cache-Control"] == "private, no-store"
    following = next_of(first)
    assert following is not None
    assert following.startswith(f"{base()}/v1/interactions?limit=1&order=asc&cursor=")
    last = alice.get(following)
    assert next_of(last) is None
    assert "Link" not in last


@pytest.mark.parametrize(
    "path", [f"{LIST}?limit=1", "/v1/conversations", everywhere("/v1/users/alice/export"), "/v1/usage"]
)
def test_head_has_the_headers_of_get_and_no_body(alice: APIClient, path: str) -> None:
    recorded_many(alice, 2, conversation_id="c1")
    got, head = alice.get(path), alice.head(path)
    assert (head.status_code, head.content) == (200, b"")
    hidden = {"X-Request-ID", "X-Trace-ID", "Content-Length"}
    assert {k: v for k, v in head.items() if k not in hidden} == {k: v for k, v in got.items() if k not in hidden}


def test_a_list_of_nothing_is_empty(alice: APIClient) -> None:
    assert alice.get(LIST).json() == {"next": None, "previous": None, "results": []}


@pytest.mark.everywhere
def test_a_slash_at_the_end_works_and_links_are_canonical(alice: APIClient) -> None:
    ids = recorded_many(alice, 3)
    answer = alice.get(f"{LIST}/?limit=2")
    assert answer.json()["results"] == alice.get(f"{LIST}?limit=2").json()["results"]
    following = next_of(answer)
    assert following is not None
    assert following.startswith(f"{base()}/v1/interactions?")
    one = alice.get(f"{LIST}/{ids[0]}/")
    assert one.json() == alice.get(f"{LIST}/{ids[0]}").json()
    created = alice.post(f"{LIST}/", {"prompt": "Hi"}, format="json")
    assert created["Location"] == f"{base()}{LIST}/{created.json()['interaction_id']}"


@pytest.mark.everywhere
def test_summaries_have_everything_but_the_texts(alice: APIClient, mixed: list[dict[str, Any]]) -> None:
    summaries = alice.get(f"{LIST}?view=summary&order=asc").json()["results"]
    assert summaries == [{k: v for k, v in item.items() if k not in NOT_IN_SUMMARIES} for item in mixed]
    assert alice.get(f"{LIST}?view=full&order=asc").json()["results"] == mixed


@pytest.mark.everywhere
def test_large_texts_end_a_page_early_and_the_next_one_goes_on(alice: APIClient) -> None:
    text = "".join(chr(0x4E00 + n % 97) for n in range(200_000))  # 600 KB in UTF-8, and compressible
    ids = [recorded(alice, prompt=text, response=text)["interaction_id"] for _ in range(8)]
    sizes, walked = [], []
    following: str | None = f"{LIST}?order=asc&limit=100"
    while following is not None:
        answer = alice.get(following)
        sizes.append(len(answer.content))
        walked += [item["interaction_id"] for item in answer.json()["results"]]
        following = next_of(answer)
    assert walked == ids
    assert len(sizes) > 1
    assert max(sizes) < 4_100_000
    assert len(alice.get(f"{LIST}?view=summary").json()["results"]) == 8, "without the texts, they fit one page"


@pytest.mark.everywhere
def test_with_the_scope_any_another_user_can_be_named(
    key_client: Callable[..., APIClient], alice: APIClient, mixed: list[dict[str, Any]]
) -> None:
    staff = key_client("staff", "read", "write", "any")
    own = recorded(staff, prompt="staff's own")
    assert staff.get(LIST).json()["results"] == [own]
    assert staff.get(f"{LIST}?user_id=alice&order=asc").json()["results"] == mixed
    assert staff.get(f"{LIST}?user_id=nobody").json()["results"] == []
    assert staff.get(f"{LIST}?user_id=alice&conversation_id=c2").json()["results"] == [mixed[4]]


@pytest.mark.everywhere
def test_with_the_scope_any_all_users_can_be_walked_within_bounds(
    key_client: Callable[..., APIClient], alice: APIClient, bob: APIClient
) -> None:
    staff = key_client("staff", "read", "write", "any")
    shared = id_at(START)  # the same id of two owners is a tie in the order
    ids = [recorded(client, interaction_id=shared)["interaction_id"] for client in (alice, bob)]
    ids += [recorded(alice, interaction_id=id_at(START + timedelta(hours=1)))["interaction_id"]]
    ids += [recorded(bob, interaction_id=id_at(START + timedelta(hours=2)))["interaction_id"]]
    recorded(bob, interaction_id=id_at(START + timedelta(days=2)))
    bounds = "created_from=2024-03-01T00:00:00Z&created_to=2024-03-02T00:00:00Z"
    for order in ("asc", "desc"):
        walk = pages(staff, f"{LIST}?user_id=*&{bounds}&limit=1&order={order}")
        found = [(page[0]["interaction_id"], page[0]["user_id"]) for page in walk]
        assert [interaction_id for interaction_id, _ in found] == sorted(ids, reverse=order == "desc")
        assert len(set(found)) == 4


@pytest.mark.parametrize(
    ("query", "slug", "pointer"),
    [
        ("", "unbounded-query", "?created_from"),
        ("&created_from=2024-03-01T00:00:00Z", "unbounded-query", "?created_to"),
        ("&created_to=2024-03-01T00:00:00Z", "unbounded-query", "?created_from"),
        ("&conversation_id=c1", "invalid-request", "?conversation_id"),
    ],
)
def test_all_users_without_bounds_are_refused(
    key_client: Callable[..., APIClient], query: str, slug: str, pointer: str
) -> None:
    staff = key_client("staff", "read", "any")
    check_problem(staff.get(f"{LIST}?user_id=*{query}"), 400, slug, pointer)


@pytest.mark.parametrize("view", ["full", "summary"])
def test_a_page_ends_at_four_megabytes_also_where_it_is_the_metadata_that_is_large(alice: APIClient, view: str) -> None:
    metadata = {f"{n:02}": "\x01" * 512 for n in range(16)}  # six bytes a character in JSON
    ids = [recorded_id for _ in range(2) for recorded_id in recorded_many(alice, 50, metadata=metadata)]
    first = alice.get(f"{LIST}?limit=100&view={view}")
    assert len(first.content) <= 4_000_000
    assert next_of(first) is not None
    assert walked_ids(alice, f"{LIST}?limit=100&view={view}") == sorted(ids, reverse=True)
