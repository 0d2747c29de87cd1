"""What can be done with a selection: exports, and erasing its users."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.http import HttpResponse
from django.test import Client
from rest_framework.test import APIClient

from interactions.accounts import get_accounts
from interactions.domain.interaction import Interaction
from interactions.models import ConversationRow, InteractionRow
from tests.admin.conftest import LIST, Record, page_of

FULL: dict[str, Any] = {
    "prompt": 'Olá,\n"mundo" 🌍',
    "response": "a;b,c",
    "usage": {"input_tokens": 7},
    "cost": {"amount": "0.5", "currency": "USD", "source": "provider"},
    "metadata": {"região": "São Paulo"},
    "feedback": {"score": -1, "label": None, "comment": "não", "at": "2025-11-03T10:00:00.000000Z"},
}


def act(client: Client, action: str, *selected: Interaction, **more: Any) -> HttpResponse:
    names = [interaction.interaction_id for interaction in selected]
    keys = [*InteractionRow.objects.filter(interaction_id__in=names).values_list("pk", flat=True)]
    return client.post(LIST, {"action": action, "_selected_action": keys, **more}, follow=True)  # type: ignore[return-value]


def cells(answer: HttpResponse) -> list[dict[str, str]]:
    text = b"".join(answer).decode("utf-8-sig")
    return [*csv.DictReader(io.StringIO(text, newline=""))]


def test_json_lines_are_the_documents_of_the_api_newest_first(staff: Client, record: Record, alice: APIClient) -> None:
    older, newer = record(**FULL), record(prompt="second\u2028line")
    record(prompt="not selected")
    answer = act(staff, "export_jsonl", older, newer)
    assert answer["Content-Type"] == "application/x-ndjson"
    assert 'attachment; filename="interactions-' in answer["Content-Disposition"]
    lines = b"".join(answer).decode().removesuffix("\n").split("\n")
    expected = [alice.get(f"/v1/interactions/{i.interaction_id}").json() for i in (newer, older)]
    assert [json.loads(line) for line in lines] == expected


def test_csv_reads_back_with_every_field(staff: Client, record: Record) -> None:
    interaction = record(**FULL)
    answer = act(staff, "export_csv", interaction)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    content = b"".join(answer)
    assert content.startswith(b"\xef\xbb\xbfinteraction_id,")
    (row,) = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    assert row["interaction_id"] == interaction.interaction_id
    assert row["prompt"] == FULL["prompt"]
    assert row["response"] == "a;b,c"
    assert row["usage.input_tokens"] == "7"
    assert row["usage.output_tokens"] == ""
    assert row["cost.amount"] == "0.5"
    assert row["feedback.score"] == "-1"
    assert row["feedback.comment"] == "não"
    assert row["error.type"] == ""
    assert json.loads(row["metadata"]) == {"região": "São Paulo"}
    assert row["created_at"].endswith("Z")


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_cell_begins_a_formula(staff: Client, record: Record, start: str) -> None:
    evil = f"{start}HYPERLINK(1)"
    interaction = record(prompt=evil, response=evil, model=evil, metadata={"=a": evil})
    (row,) = cells(act(staff, "export_csv", interaction))
    assert row["prompt"] == row["response"] == row["model"] == f"'{evil}"
    assert not [value for value in row.values() if value.startswith(start)]


def test_a_user_whose_name_looks_like_a_formula_is_guarded_too(staff: Client, record: Record) -> None:
    (row,) = cells(act(staff, "export_csv", record(user_id="+55")))
    assert row["user_id"] == "'+55"


@pytest.mark.parametrize("action", ["export_jsonl", "export_csv"])
def test_exports_hold_no_text_that_has_expired(staff: Client, record: Record, action: str) -> None:
    past = "2025-02-01T00:00:00Z"
    gone = record(prompt="my secret", created_at="2025-01-01T00:00:00Z", content_expires_at=past)
    content = b"".join(act(staff, action, gone)).decode()
    assert gone.interaction_id in content
    assert "secret" not in content


def test_a_selection_across_pages_is_exported_as_it_is_filtered(staff: Client, record: Record) -> None:
    many = [record(user_id="ann") for _ in range(60)]
    record(user_id="bea")
    key = InteractionRow.objects.filter(user_id="ann").first()
    assert key is not None
    body = {"action": "export_jsonl", "_selected_action": [key.pk], "select_across": "1"}
    answer = staff.post(f"{LIST}?user=ann", body)
    lines = b"".join(answer.streaming_content).splitlines()  # type: ignore[attr-defined]
    found = [json.loads(line)["interaction_id"] for line in lines]
    assert found == [interaction.interaction_id for interaction in reversed(many)]


def test_erasing_leaves_no_name_in_the_log_of_the_admin(staff: Client, record: Record) -> None:
    interaction = record()
    edited = {"loaded_version": "1", "feedback_score": "1", "feedback_label": "of alice"}
    assert staff.post(page_of(interaction), edited).status_code == 302
    assert staff.post(page_of(record()).replace("change", "delete"), {"post": "yes"}).status_code == 302
    act(staff, "erase_users", interaction, user=["alice"])
    log = [*LogEntry.objects.values_list("object_repr", "change_message")]
    assert len(log) == 2
    assert "alice" not in str(log)


def test_erasing_asks_first_and_says_how_much(staff: Client, record: Record) -> None:
    selected, _, other = record(conversation_id="c"), record(), record(user_id="bob")
    get_accounts().create_key("alice", ("read",))
    page = act(staff, "erase_users", selected).content.decode()
    assert "cannot be undone" in page
    assert '<tr><th scope="row">alice</th><td>2</td><td>1</td><td>1</td></tr>' in page
    assert other.user_id not in page
    assert InteractionRow.objects.count() == 3


def test_erasing_when_confirmed_leaves_nothing_of_the_user(staff: Client, record: Record, alice: APIClient) -> None:
    selected, _, other = record(conversation_id="c"), record(), record(user_id="bob", conversation_id="c")
    page = act(staff, "erase_users", selected, user=["alice"]).content.decode()
    assert "Erased of alice: 2 interactions, 1 conversation, 0 idempotency keys, 0 sessions, 1 API key." in page
    assert [row.interaction_id for row in InteractionRow.objects.all()] == [other.interaction_id]
    assert [row.user_id for row in ConversationRow.objects.all()] == ["bob"]
    assert alice.get("/v1/interactions").status_code == 401


def test_erasing_erases_those_that_the_page_named_and_no_others(staff: Client, record: Record) -> None:
    """The selection may hold more by the time of the answer, as when it goes across all pages."""
    ann, _ = record(user_id="ann"), record(user_id="bea")
    act(staff, "erase_users", ann, user=["ann"], select_across="1")
    assert [row.user_id for row in InteractionRow.objects.all()] == ["bea"]


def test_erasing_several_users_tells_of_each(staff: Client, record: Record) -> None:
    ann, bea = record(user_id="ann"), record(user_id="bea")
    assert "Erase all data of 2 users" in act(staff, "erase_users", ann, bea).content.decode()
    page = act(staff, "erase_users", ann, bea, user=["ann", "bea"]).content.decode()
    assert "Erased of ann: 1 interaction," in page
    assert "Erased of bea: 1 interaction," in page
    assert not InteractionRow.objects.exists()


def test_erasing_that_runs_out_of_time_says_so(staff: Client, record: Record, settings: Any) -> None:
    settings.INTERACTIONS_REQUEST_SECONDS = -1.0
    InteractionRow.objects.bulk_create(
        InteractionRow(
            user_id="alice",
            interaction_id=f"0190a1b2-0000-7000-8000-{number:012d}",
            status="pending",
            prompt="p",
            created_at="2024-07-11T00:00:00Z",
            updated_at="2024-07-11T00:00:00Z",
            version=1,
        )
        for number in range(3000)
    )
    selected = record()
    page = act(staff, "erase_users", selected, user=["alice"]).content.decode()
    assert "Not everything yet: time ran out." in page
    assert InteractionRow.objects.exists()


def test_erasing_says_how_long_backups_hold_on(staff: Client, record: Record, settings: Any) -> None:
    settings.INTERACTIONS_BACKUP_RETENTION_DAYS = 35
    assert "Backups hold it for 35 more days." in act(staff, "erase_users", record(), user=["alice"]).content.decode()


def test_erasing_refuses_a_crowd(staff: Client, record: Record) -> None:
    many = [record(user_id=f"user-{number}") for number in range(21)]
    assert "at most 20 users: nothing was erased" in act(staff, "erase_users", *many).content.decode()
    named = [interaction.user_id for interaction in many]
    assert "nothing was erased" in act(staff, "erase_users", *many, user=named).content.decode()
    assert InteractionRow.objects.count() == 21


def test_there_is_no_way_past_the_services(staff: Client, record: Record) -> None:
    interaction = record()
    assert "delete_selected" not in staff.get(LIST).content.decode()
    act(staff, "delete_selected", interaction, post="yes")
    assert InteractionRow.objects.count() == 1
