"""`usage`: counts, tokens and cost by UTC day of creation and model."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from interactions.domain.errors import Invalid
from interactions.domain.interaction import MAX_INTEGER, CallError, Interaction, Status, Usage
from interactions.domain.pricing import Cost
from interactions.domain.query import UsageReport, UsageRow
from interactions.repositories.base import InteractionRepository
from tests.conformance.builders import DAY, an_interaction, past
from tests.conformance.clock import NOW
from tests.conformance.stores import ALSO_OVER_BOTOCORE
from tests.conformance.threads import Fill

TODAY = NOW.date()
EMPTY = UsageRow(day=TODAY, model=None, count=0, failures=0, input_tokens=0, output_tokens=0, nano_usd=0, unpriced=0)


def a_call(n: int, tokens: tuple[int | None, int | None], nano_usd: int | None, **fields: Any) -> Interaction:
    cost = None if nano_usd is None else Cost(nano_usd=nano_usd, source="provider")
    return an_interaction(n, usage=Usage(input_tokens=tokens[0], output_tokens=tokens[1]), cost=cost, **fields)


def by_day_and_model(reports: UsageReport | Iterable[UsageReport]) -> dict[tuple[date, str | None], UsageRow]:
    rows = [row for report in ([reports] if isinstance(reports, UsageReport) else reports) for row in report.rows]
    found = {(row.day, row.model): row for row in rows}
    assert len(found) == len(rows), "a day and model in two rows"
    assert [row.day for row in rows] == sorted(row.day for row in rows)
    return found


def test_a_day_without_interactions_has_no_row(store: InteractionRepository) -> None:
    assert store.usage("ana", TODAY, TODAY) == UsageReport([], None)


@ALSO_OVER_BOTOCORE
def test_counts_tokens_and_cost_are_added_up_by_model(store: InteractionRepository) -> None:
    error = {"status": Status.FAILED, "error": CallError(type="timeout", message="")}
    store.add_many(
        [
            a_call(0, (10, 3), 700, model="m"),
            a_call(1, (20, None), 50, model="m"),
            a_call(2, (None, None), None, model="m", **error),
            a_call(3, (5, 5), 0, model="M", cached=True),
            a_call(4, (1, 2), None),
        ]
    )
    found = by_day_and_model(store.usage("ana", TODAY, TODAY))
    assert found == {
        (TODAY, "m"): replace(
            EMPTY, model="m", count=3, failures=1, input_tokens=30, output_tokens=3, nano_usd=750, unpriced=1
        ),
        (TODAY, "M"): replace(EMPTY, model="M", count=1, input_tokens=5, output_tokens=5),
        (TODAY, None): replace(EMPTY, count=1, input_tokens=1, output_tokens=2, unpriced=1),
    }


def test_a_cost_of_nothing_is_priced_and_an_unknown_one_is_not(store: InteractionRepository) -> None:
    store.add_many([a_call(0, (1, 1), 0), a_call(1, (1, 1), None), a_call(2, (1, 1), None)])
    (row,) = store.usage("ana", TODAY, TODAY).rows
    assert (row.count, row.nano_usd, row.unpriced) == (3, 0, 2)


def test_one_users_usage_holds_nobody_elses_and_all_users_everybodys(store: InteractionRepository) -> None:
    store.add_many([a_call(0, (n, 0), n, user_id=user_id) for n, user_id in enumerate(("ana", "bia", "ana-b"), 1)])
    assert [row.input_tokens for row in store.usage("ana", TODAY, TODAY).rows] == [1]
    assert [row.input_tokens for row in store.usage(None, TODAY, TODAY).rows] == [6]


@pytest.mark.parametrize("user_id", ["ana", None])
def test_days_are_those_of_utc_from_their_first_millisecond_to_their_last(
    store: InteractionRepository, user_id: str | None
) -> None:
    midnight = datetime(2026, 3, 10, tzinfo=UTC)
    store.add_many(
        [
            an_interaction(at=midnight + days * DAY + offset)
            for days in (-1, 0, 1)
            for offset in (timedelta(0), DAY - timedelta(milliseconds=1))
        ]
    )
    yesterday, tomorrow = TODAY - DAY, TODAY + DAY
    assert {key[0]: row.count for key, row in by_day_and_model(store.usage(user_id, yesterday, tomorrow)).items()} == {
        yesterday: 2,
        TODAY: 2,
        tomorrow: 2,
    }
    assert [row.day for row in store.usage(user_id, TODAY, TODAY).rows] == [TODAY]


def test_sums_beyond_64_bits_are_exact(store: InteractionRepository, fill: Fill) -> None:
    cost = Cost(nano_usd=999_999_999_999_999, source="provider")
    usage = Usage(input_tokens=MAX_INTEGER, output_tokens=MAX_INTEGER - 1)
    fill([an_interaction(n, usage=usage, cost=cost) for n in range(1100)])
    (row,) = store.usage("ana", TODAY, TODAY).rows
    assert row.input_tokens == 1100 * MAX_INTEGER > 2**63
    assert row.output_tokens == 1100 * (MAX_INTEGER - 1)
    assert row.nano_usd == 1100 * cost.nano_usd


def test_what_was_deleted_has_left_usage(store: InteractionRepository) -> None:
    store.add_many([an_interaction(0), an_interaction(1)])
    store.delete(an_interaction().interaction_id, "ana")
    assert [row.count for row in store.usage("ana", TODAY, TODAY).rows] == [1]


@pytest.mark.parametrize(("user_id", "days"), [("ana", 92), (None, 31)])
def test_the_longest_range_is_answered_and_a_day_more_is_refused(
    store: InteractionRepository, user_id: str | None, days: int
) -> None:
    first = TODAY - (days - 1) * DAY
    store.add_many([an_interaction(at=NOW - n * DAY) for n in range(days + 1)])
    assert {row.day for row in store.usage(user_id, first, TODAY).rows} == {TODAY - n * DAY for n in range(days)}
    with pytest.raises(Invalid) as refused:
        store.usage(user_id, first - DAY, TODAY)
    assert refused.value.errors[0].pointer == "?from"


def test_a_range_that_runs_backwards_is_refused(store: InteractionRepository) -> None:
    with pytest.raises(Invalid) as refused:
        store.usage("ana", TODAY, TODAY - DAY)
    assert refused.value.errors[0].pointer == "?to"


@pytest.mark.parametrize("day", [date.min, date(1969, 12, 31), date(9999, 12, 31)])
@pytest.mark.parametrize("user_id", ["ana", None])
def test_the_ends_of_the_calendar_are_days_like_others(
    store: InteractionRepository, user_id: str | None, day: date
) -> None:
    store.add(an_interaction())
    assert store.usage(user_id, day, day) == UsageReport([], None)


@pytest.mark.parametrize("user_id", ["ana", None])
def test_what_the_deadline_cut_off_is_said_and_can_be_gone_on_with(
    store: InteractionRepository, user_id: str | None
) -> None:
    store.add_many([an_interaction(at=NOW - n * DAY, model="mn"[n % 2]) for n in range(10)])
    first = TODAY - 9 * DAY
    reports = [store.usage(user_id, first, TODAY, past())]
    assert reports[0].next_day is not None
    while (day := reports[-1].next_day) is not None:
        assert day > first
        first = day
        reports.append(store.usage(user_id, day, TODAY, past()))
    whole = store.usage(user_id, TODAY - 9 * DAY, TODAY)
    assert whole.next_day is None
    assert by_day_and_model(reports) == by_day_and_model(whole)
    assert len(whole.rows) == 10


def test_a_single_day_is_complete_however_late_it_is(store: InteractionRepository) -> None:
    store.add(an_interaction())
    assert store.usage("ana", TODAY, TODAY, past()) == store.usage("ana", TODAY, TODAY)
