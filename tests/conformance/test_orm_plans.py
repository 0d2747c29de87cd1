"""SQLite answers each question by the index that is meant for it, and a page costs the same in any table."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import connection

from interactions.domain.interaction import Status
from interactions.domain.query import READ_BUDGET, ConversationPosition, Filter, Order, Position
from interactions.repositories.orm import OrmRepository
from tests.conformance.builders import HOUR, an_interaction
from tests.conformance.clock import NOW
from tests.conformance.sqlite import FIRST, STEP, fill, work_of

pytestmark = pytest.mark.django_db

ORDERS: tuple[Order, ...] = ("asc", "desc")
SMALL, LARGE = 1_000, 200_000
OWNER = "sqlite_autoindex_interactions_1"  # the unique constraint on the owner and the id
BOUNDS: dict[str, Any] = {"created_from": FIRST + HOUR / 6, "created_to": FIRST + LARGE * STEP - HOUR}
# Inside the range, with much of the small table on both sides and most of the large one behind it.
MIDDLE = Position(an_interaction(at=FIRST + SMALL // 2 * STEP).interaction_id, "user3")
QUESTIONS: dict[str, tuple[Filter, str]] = {
    "one user": (Filter(user_id="user3"), OWNER),
    "one user in a range": (Filter(user_id="user3", **BOUNDS), OWNER),
    "one conversation": (Filter(user_id="user3", conversation_id="c1"), "interactions_conversation"),
    "one conversation in a range": (
        Filter(user_id="user3", conversation_id="c1", **BOUNDS),
        "interactions_conversation",
    ),
    "all users": (Filter(user_id=None, **BOUNDS), "interactions_time"),
}
LISTS = [
    pytest.param(filter, order, after, index, id=f"{name}, {order}, {'further' if after else 'first'} page")
    for name, (filter, index) in QUESTIONS.items()
    for order in ORDERS
    for after in (None, MIDDLE)
]


@pytest.fixture
def store() -> OrmRepository:
    return OrmRepository(lambda: NOW)


@pytest.fixture(params=["never analyzed", "analyzed"])
def table(request: pytest.FixtureRequest) -> None:
    fill(0, SMALL)
    if request.param == "analyzed":
        _analyze()


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize(("filter", "order", "after", "index"), LISTS)
def test_a_page_is_one_query_by_its_index_in_its_order(
    store: OrmRepository, filter: Filter, order: Order, after: Position | None, index: str
) -> None:
    work = work_of(lambda: store.list_page(filter, order=order, limit=20, after=after))
    assert len(work.statements) == 1
    _assert_searches(work.plans, f"interactions USING INDEX {index} ")


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize("name", QUESTIONS)
def test_a_summary_does_not_read_the_texts(store: OrmRepository, name: str) -> None:
    filter, _ = QUESTIONS[name]
    (whole,) = work_of(lambda: store.list_page(filter, limit=20, view="full")).statements
    (summary,) = work_of(lambda: store.list_page(filter, limit=20, view="summary")).statements
    assert '"prompt"' in whole
    assert '"response"' in whole
    assert '"prompt"' not in summary
    assert '"response"' not in summary
    assert '"leased_until"' not in summary, "which SQLite keeps behind them"


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize("name", QUESTIONS)
@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("after", [None, MIDDLE])
def test_a_page_with_further_conditions_is_two_queries_by_its_index(
    store: OrmRepository, name: str, order: Order, after: Position | None
) -> None:
    filter, index = QUESTIONS[name]
    conditions = {"status": Status.FAILED, "model": "m1"}
    filter = Filter(**{f: getattr(filter, f) for f in filter.__slots__} | conditions)
    work = work_of(lambda: store.list_page(filter, order=order, limit=20, after=after))
    assert len(work.statements) == 2
    _assert_searches(work.plans, f"interactions USING INDEX {index} ")


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize("after", [None, ConversationPosition(MIDDLE.interaction_id, "c1")])
def test_conversations_are_one_query_by_their_index(store: OrmRepository, after: ConversationPosition | None) -> None:
    store.add_many([an_interaction(n, user_id="user3", conversation_id=f"c{n}") for n in range(50)])
    work = work_of(lambda: store.list_conversations("user3", limit=20, after=after))
    assert len(work.statements) == 1
    _assert_searches(work.plans, "conversations USING INDEX conversations_recent ")


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize(
    ("call", "searches"),
    [
        pytest.param(
            lambda store: store.get(MIDDLE.interaction_id, "user0"), [f"interactions USING INDEX {OWNER} "], id="get"
        ),
        pytest.param(
            lambda store: store.get(MIDDLE.interaction_id),
            ["interactions USING INDEX interactions_time "],
            id="get-by-id-alone",
        ),
        pytest.param(
            lambda store: store.sweep_expired(),
            [
                "spending USING COVERING INDEX spending_day ",
                "interactions USING INDEX interactions_lease ",
                "interactions USING COVERING INDEX interactions_expiry ",
                "interactions USING INDEX interactions_content_expiry ",
                "idempotency USING COVERING INDEX idempotency_expires_at",
                "conversations USING COVERING INDEX conversations_expiry ",
            ],
            id="sweep",
        ),
    ],
)
def test_single_reads_and_sweeps_are_answered_by_indexes(
    store: OrmRepository, call: Callable[[OrmRepository], object], searches: list[str]
) -> None:
    work = work_of(lambda: call(store))
    assert len(work.plans) == len(searches)
    for plan, search in zip(work.plans, searches, strict=True):
        _assert_searches([plan], search)


@pytest.mark.usefixtures("table")
def test_iterating_goes_along_the_index_of_time(store: OrmRepository) -> None:
    work = work_of(lambda: [*store.iterate(**BOUNDS)])
    _assert_searches(work.plans, "interactions USING INDEX interactions_time ")


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize(("user_id", "index"), [("user3", OWNER), (None, "interactions_time")])
def test_usage_reads_a_day_by_an_index(store: OrmRepository, user_id: str | None, index: str) -> None:
    work = work_of(lambda: store.usage(user_id, FIRST.date(), FIRST.date()))
    (plan,) = work.plans
    assert plan[0].startswith(f"SEARCH interactions USING INDEX {index} ")
    assert "interaction_id>? AND interaction_id<?" in plan[0]


@pytest.mark.usefixtures("table")
def test_an_erasure_finds_the_users_rows_by_indexes(store: OrmRepository) -> None:
    work = work_of(lambda: store.erase_user("user3"))
    chunks = [plan for plan in work.plans if any("user_id=?" in step for step in plan)]
    assert len(chunks) == 3  # interactions, conversations, idempotency keys
    for plan in chunks:
        assert len(plan) == 1
        assert "USING COVERING INDEX sqlite_autoindex_" in plan[0]
    assert not [step for plan in work.plans for step in plan if "SCAN" in step or "TEMP B-TREE" in step]


def test_a_page_of_20_costs_the_same_at_1_000_and_at_200_000_rows(store: OrmRepository) -> None:
    calls = {
        (name, order, after): partial(store.list_page, filter, order=order, limit=20, after=after)
        for name, (filter, _) in QUESTIONS.items()
        for order in ORDERS
        for after in (None, MIDDLE)
    }
    fill(0, SMALL)
    small = {key: work_of(call) for key, call in calls.items()}
    fill(SMALL, LARGE)
    large = {key: work_of(call) for key, call in calls.items()}
    _analyze()
    analyzed = {key: work_of(call) for key, call in calls.items()}
    assert large == small
    assert analyzed == small
    assert max(work.instructions for work in small.values()) < 20 * 200


def test_a_page_that_finds_nothing_reads_its_budget_and_no_more(store: OrmRepository) -> None:
    fill(0, LARGE // 10)
    filter = Filter(user_id="user3", status=Status.FAILED)
    before = work_of(lambda: store.list_page(filter, limit=20)).instructions
    fill(LARGE // 10, LARGE)
    after = work_of(lambda: store.list_page(filter, limit=20)).instructions
    assert after == before < READ_BUDGET * 50


def _analyze() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _assert_searches(plans: list[list[str]], search: str) -> None:
    """Each plan is a single look-up that needs no sorting."""
    assert plans
    for plan in plans:
        assert len(plan) == 1, plan
        assert plan[0].startswith(f"SEARCH {search}"), plan
