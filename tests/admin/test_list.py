"""The list of interactions: what it shows, filters, finds, and costs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from interactions.domain.fields import format_instant
from interactions.domain.interaction import Interaction
from tests.admin.conftest import LIST, Record

USAGE = {"input_tokens": 1200, "output_tokens": 345}
COST = {"amount": "0.00125", "currency": "USD", "source": "provider"}


def listed(client: Client, **query: str) -> list[str]:
    """The ids on the page, in its order."""
    answer = client.get(LIST, query)
    assert answer.status_code == 200
    return [row.interaction_id for row in answer.context["cl"].result_list]


def ids(*interactions: Interaction) -> list[str]:
    return [interaction.interaction_id for interaction in interactions]


def at(days_ago: int, *, hour: int = 12) -> str:
    noon = datetime.now(UTC).replace(hour=hour, minute=0, second=0, microsecond=0)
    return format_instant(noon - timedelta(days=days_ago), "milliseconds")


def test_a_row_shows_what_matters_in_words_that_people_read(staff: Client, record: Record) -> None:
    record(
        prompt="Explain the\n\n   retry budget",
        response="It is …",
        created_at="2025-11-03T09:08:07.000Z",
        model="claude-sonnet-4",
        usage=USAGE,
        cost=COST,
        latency_ms=1830,
        feedback={"score": -1, "label": "too long", "comment": None, "at": "2025-11-03T10:00:00Z"},
    )
    answer = staff.get(LIST)
    for shown in (
        "2025-11-03 09:08:07",
        "alice",
        "completed",
        "claude-sonnet-4",
        "Explain the retry budget",
        "1,200 / 345",
        "$0.00125",
        "1.8 s",
        "−1",
        "too long",
    ):
        assert shown in answer.content.decode()


def test_what_is_not_known_is_a_dash_and_never_zero(staff: Client, record: Record) -> None:
    record()
    page = staff.get(LIST).content.decode()
    for column in ("tokens", "cost", "latency", "feedback", "model"):
        assert f'<td class="field-{column}">–</td>' in page


def test_the_newest_come_first_and_a_click_on_the_heading_turns_that_round(staff: Client, record: Record) -> None:
    old, new = record(created_at=at(3)), record(created_at=at(1))
    assert listed(staff) == ids(new, old)
    assert listed(staff, o="1") == ids(old, new)


def test_a_prompt_cannot_run_in_the_list(staff: Client, record: Record) -> None:
    record(prompt="<script>alert(1)</script>")
    page = staff.get(LIST).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page


def test_long_prompts_are_cut_and_never_read_whole(staff: Client, record: Record) -> None:
    record(prompt="word " * 10_000)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        page = staff.get(LIST).content.decode()
    assert "word word…" in page
    assert page.count("word ") < 60
    texts = [q["sql"] for q in queries if '"interactions"."prompt"' in q["sql"]]
    assert texts
    assert all('SUBSTR("interactions"."prompt"' in sql for sql in texts)


@pytest.mark.parametrize("query", [{}, {"user": "alice"}, {"day": "today"}, {"q": "fjord"}])
def test_a_page_costs_the_same_queries_for_5_rows_and_50(
    staff: Client, record: Record, query: dict[str, str], django_assert_num_queries: Any
) -> None:
    def fill(count: int) -> None:
        for number in range(count):
            record(response="a", conversation_id=f"c{number}", feedback=None, usage=USAGE, cost=COST)

    fill(5)
    with CaptureQueriesContext(connection) as with_five:
        assert len(listed(staff, **query)) == 5
    fill(45)
    with django_assert_num_queries(len(with_five)):
        assert len(listed(staff, **query)) == 50


def test_the_filter_by_user_takes_the_whole_name(staff: Client, record: Record) -> None:
    mine, _ = record(user_id="ann"), record(user_id="anna")
    assert listed(staff, user="ann") == ids(mine)
    assert listed(staff, user="an") == []


def test_the_filters_by_user_and_model_suggest_recent_values(staff: Client, record: Record) -> None:
    record(user_id="ann", model="m-large")
    record(user_id="bea")
    page = staff.get(LIST).content.decode()
    for suggested in ("ann", "bea", "m-large"):
        assert f'<option value="{suggested}">' in page
    assert '<option value="None">' not in page


def test_the_filters_by_model_and_status(staff: Client, record: Record) -> None:
    small = record(model="m-small", response="a")
    failed = record(model="m-large", status="failed", error={"type": "Timeout", "message": ""})
    assert listed(staff, model="m-small") == ids(small)
    assert listed(staff, status__exact="failed") == ids(failed)
    assert listed(staff, status__exact="failed", model="m-small") == []


def test_the_form_of_a_filter_keeps_the_other_filters_and_the_search(staff: Client, record: Record) -> None:
    record()
    page = staff.get(LIST, {"status__exact": "failed", "q": "fjord", "user": "ann"}).content.decode()
    model_form = next(form for form in page.split("<form") if 'name="model"' in form)
    for kept in ('name="status__exact" value="failed"', 'name="q" value="fjord"', 'name="user" value="ann"'):
        assert kept in model_form


def test_the_filter_by_day_goes_from_midnight_to_midnight_in_utc(staff: Client, record: Record) -> None:
    record(created_at="2025-03-01T23:59:59.999Z")
    first = record(created_at="2025-03-02T00:00:00.000Z")
    last = record(created_at="2025-03-02T23:59:59.999Z")
    record(created_at="2025-03-03T00:00:00.000Z")
    assert listed(staff, day="2025-03-02") == ids(last, first)


def test_the_filter_by_day_knows_today_yesterday_and_the_last_week(staff: Client, record: Record) -> None:
    older, week, yesterday, today = (record(created_at=at(days, hour=0)) for days in (7, 6, 1, 0))
    assert listed(staff, day="today") == ids(today)
    assert listed(staff, day="yesterday") == ids(yesterday)
    assert listed(staff, day="week") == ids(today, yesterday, week)
    assert listed(staff) == ids(today, yesterday, week, older)


@pytest.mark.parametrize("day", ["2025-02-30", "tomorrow", "20250302"])
def test_a_day_that_is_none_finds_nothing_and_says_so(staff: Client, record: Record, day: str) -> None:
    record()
    answer = staff.get(LIST, {"day": day})
    assert f"“{day}” is not a day" in answer.content.decode()
    assert not answer.context["cl"].result_list


def test_the_search_finds_ids_in_full_and_words_of_either_text(staff: Client, record: Record) -> None:
    one = record(user_id="ann", prompt="Where is Tromsø?", response="In the north.", conversation_id="trip")
    two = record(user_id="bea", prompt="And Bergen?", response="In the west of NORWAY.", conversation_id="trip-2")
    assert listed(staff, q=one.interaction_id) == ids(one)
    assert listed(staff, q=one.interaction_id.upper()) == ids(one)
    assert listed(staff, q="bea") == ids(two)
    assert listed(staff, q="trip") == ids(one)
    assert listed(staff, q="Tromsø") == ids(one)
    assert listed(staff, q="norway") == ids(two)
    assert listed(staff, q="in the") == ids(two, one)
    assert listed(staff, q="100%") == []


def test_a_conversation_is_one_users(staff: Client, record: Record) -> None:
    one, _ = record(user_id="ann", conversation_id="c"), record(user_id="bea", conversation_id="c")
    page = staff.get("/admin/interactions/conversationrow/").content.decode()
    assert f"{LIST}?user=ann&amp;conversation=c" in page
    assert listed(staff, user="ann", conversation="c") == ids(one)


def test_what_has_expired_is_not_there(staff: Client, record: Record) -> None:
    kept = record(expires_at=at(-1))
    gone = record(created_at=at(3), content_expires_at=at(2), expires_at=at(1), conversation_id="c")
    assert listed(staff) == ids(kept)
    assert listed(staff, q=gone.interaction_id) == []
    assert "c</a>" not in staff.get("/admin/interactions/conversationrow/").content.decode()


def test_texts_that_have_expired_are_neither_shown_nor_found(staff: Client, record: Record) -> None:
    gone = record(prompt="my secret", response="kept", created_at=at(3), content_expires_at=at(1))
    page = staff.get(LIST).content.decode()
    assert "no longer kept" in page
    assert "my secret" not in page
    assert listed(staff, q="secret") == []
    assert listed(staff, q=gone.user_id) == ids(gone)


@pytest.mark.parametrize("lookup", ["prompt__startswith", "response__contains", "metadata__key", "id"])
def test_an_address_cannot_ask_other_columns(staff: Client, record: Record, lookup: str) -> None:
    record()
    assert staff.get(LIST, {lookup: "m"}).status_code == 400


def test_a_list_without_end_stops_and_says_how_to_go_on(
    staff: Client, record: Record, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("interactions.admin.filters.MAX_LISTED", 3)
    monkeypatch.setattr("interactions.admin.long_tables.MAX_LISTED", 3)
    for _ in range(4):
        record()
    answer = staff.get(LIST)
    assert answer.context["cl"].result_count == 3
    assert "The list ends here, at 3." in answer.content.decode()


def test_the_last_day_of_the_calendar_is_a_day_too(staff: Client, record: Record) -> None:
    record()
    assert staff.get(LIST, {"day": "9999-12-31"}).status_code == 200
