"""The page of one interaction, and what may be changed on it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from rest_framework.test import APIClient

from interactions import services
from interactions.domain.document import to_document
from interactions.domain.fields import format_instant
from interactions.domain.interaction import Feedback, Interaction
from interactions.models import InteractionRow
from interactions.repositories import get_repository
from tests.admin.conftest import LIST, Record, page_of

EDITED = {"feedback", "content_expires_at", "expires_at", "version", "updated_at"}
NOW = datetime.now(UTC).replace(microsecond=0)


def instant(days: float) -> datetime:
    return NOW + timedelta(days=days)


def form(
    interaction: Interaction, *, texts_until: datetime | None = None, until: datetime | None = None, **changes: Any
) -> dict[str, str]:
    """What the page of the interaction posts when nobody touches it, but for the changes."""
    given = interaction.feedback
    fields = {
        "loaded_version": str(interaction.version),
        "feedback_score": str(given.score) if given else "",
        "feedback_label": given.label or "" if given else "",
        "feedback_comment": given.comment or "" if given else "",
    }
    for name, value in (
        ("content_expires_at", texts_until or interaction.content_expires_at),
        ("expires_at", until or interaction.expires_at),
    ):
        fields |= {
            f"{name}_0": f"{value:%Y-%m-%d}" if value else "",
            f"{name}_1": f"{value:%H:%M:%S}" if value else "",
        }
    return fields | changes


def stored(interaction: Interaction) -> Interaction:
    return get_repository().get(interaction.interaction_id, interaction.user_id)


def rest(interaction: Interaction) -> dict[str, Any]:
    """What no form may change."""
    return {name: value for name, value in to_document(interaction).items() if name not in EDITED}


def test_it_shows_everything_there_is(staff: Client, record: Record) -> None:
    interaction = record(
        prompt="Explain\n  the budget",
        response="Well:\n- first",
        conversation_id="talk-1",
        provider="bedrock",
        model="claude-sonnet-4",
        requested_model="claude-latest",
        usage={"input_tokens": 1200, "output_tokens": 345, "cache_read_input_tokens": 1000},
        cost={"amount": "0.00125", "currency": "USD", "source": "price-table", "price_id": "claude@2025"},
        latency_ms=61_234,
        finish_reason="content_filter",
        response_id="msg_42",
        context_turns=3,
        trace_id="0af7651916cd43dd8448eb211c80319c",
        metadata={"app": "web & mobile"},
        redaction={"cpf": 2},
        attempts=[{"provider": "openai", "error_type": "Timeout", "latency_ms": 25_000}],
        feedback={"score": 1, "label": "helpful", "comment": "thanks", "at": "2025-11-03T10:00:00Z"},
    )
    page = staff.get(page_of(interaction)).content.decode()
    for shown in (
        "Explain\n  the budget",
        "Well:\n- first",
        "talk-1",
        "bedrock",
        "claude-sonnet-4",
        "claude-latest",
        "<td>1,200</td><td>345</td><td>1,000</td><td>–</td><td>–</td>",
        "$0.00125 (price-table claude@2025)",
        "61.2 s",
        "content_filter",
        "msg_42",
        "0af7651916cd43dd8448eb211c80319c",
        "<td>app</td><td>web &amp; mobile</td>",
        "<td>cpf</td><td>2</td>",
        "<td>openai</td><td>Timeout</td><td>25.0 s</td>",
        "helpful",
        "2025-11-03 10:00:00 UTC",
        interaction.interaction_id,
    ):
        assert shown in page


def test_nothing_that_people_wrote_can_run(staff: Client, record: Record) -> None:
    evil = "</div><script>alert(1)</script>"
    interaction = record(
        prompt=evil,
        status="failed",
        response=evil,
        error={"type": evil, "message": evil},
        model=evil,
        metadata={evil[:60]: evil},
        redaction={evil: 1},
        attempts=[{"provider": evil, "error_type": evil, "latency_ms": None}],
        feedback={"score": 0, "label": evil, "comment": evil, "at": "2025-11-03T10:00:00Z"},
    )
    for address in (page_of(interaction), LIST):
        page = staff.get(address).content.decode()
        assert "&lt;script&gt;alert(1)" in page
        assert "<script>alert" not in page


def test_texts_that_have_expired_are_said_to_be_gone(staff: Client, record: Record) -> None:
    interaction = record(
        prompt="my secret",
        response="your secret",
        created_at="2025-01-01T00:00:00Z",
        content_expires_at="2025-02-01T00:00:00Z",
    )
    page = staff.get(page_of(interaction)).content.decode()
    assert page.count("no longer kept, since 2025-02-01 00:00:00 UTC") == 2
    assert "secret" not in page


def test_an_interaction_that_has_expired_has_no_page(staff: Client, record: Record) -> None:
    interaction = record(
        created_at="2025-01-01T00:00:00Z",
        content_expires_at="2025-02-01T00:00:00Z",
        expires_at="2025-02-01T00:00:00Z",
    )
    answer = staff.get(page_of(interaction), follow=True)
    assert answer.redirect_chain
    assert "doesn’t exist" in answer.content.decode()


def test_saving_an_untouched_page_changes_nothing(staff: Client, record: Record) -> None:
    interaction = record(
        response=" spaces stay ",
        feedback={"score": 1, "label": " a ", "comment": "two\nlines ", "at": "2025-11-03T10:00:00Z"},
        content_expires_at=format_instant(instant(3) + timedelta(microseconds=123)),
        expires_at=format_instant(instant(4) + timedelta(microseconds=456)),
    )
    # Browsers end lines so.
    posted = form(interaction, feedback_comment="two\r\nlines ")
    assert staff.post(page_of(interaction), posted).status_code == 302
    assert stored(interaction) == interaction


def test_a_verdict_is_stored_as_the_api_stores_it(staff: Client, record: Record, alice: APIClient) -> None:
    interaction = record(response="a")
    posted = form(interaction, feedback_score="-1", feedback_label="wrong", feedback_comment="one\r\ntwo")
    assert staff.post(page_of(interaction), posted).status_code == 302
    document = alice.get(f"/v1/interactions/{interaction.interaction_id}").json()
    assert document["feedback"] == {
        "score": -1,
        "label": "wrong",
        "comment": "one\ntwo",
        "at": document["feedback"]["at"],
    }
    assert document["version"] == 2
    assert document["updated_at"] >= document["feedback"]["at"]
    assert rest(stored(interaction)) == rest(interaction)


def test_a_verdict_can_be_taken_back(staff: Client, record: Record) -> None:
    interaction = record(feedback={"score": 1, "label": "a", "comment": "b", "at": "2025-11-03T10:00:00Z"})
    posted = form(interaction, feedback_score="", feedback_label="", feedback_comment="")
    assert staff.post(page_of(interaction), posted).status_code == 302
    assert stored(interaction).feedback is None


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"feedback_score": "2"}, "2 is not one of the available choices"),
        ({"feedback_score": "", "feedback_label": "wrong"}, "A label or a comment goes with a score."),
        ({"feedback_score": "1", "feedback_label": "x" * 65}, "at most 64 characters"),
        ({"feedback_score": "1", "feedback_comment": "x" * 2001}, "Has 2001 characters; 2000 are allowed."),
        ({"feedback_score": "1", "feedback_comment": "a\0b"}, "Null characters are not allowed."),
        ({"expires_at_0": "2999-02-30", "expires_at_1": "00:00"}, "Enter a valid date."),
        ({"expires_at_0": "2999-02-28", "expires_at_1": ""}, "Enter a valid time."),
        ({"expires_at_0": "2020-01-01", "expires_at_1": "00:00"}, "Must lie in the future."),
        (
            {
                "content_expires_at_0": "2999-01-02",
                "content_expires_at_1": "00:00",
                "expires_at_0": "2999-01-01",
                "expires_at_1": "00:00",
            },
            "Must not lie after “Record until”.",
        ),
    ],
)
def test_what_breaks_a_rule_is_named_and_nothing_is_stored(
    staff: Client, record: Record, changes: dict[str, Any], told: str
) -> None:
    interaction = record(response="a")
    answer = staff.post(page_of(interaction), form(interaction, **changes))
    assert answer.status_code == 200
    assert told in answer.content.decode()
    assert stored(interaction) == interaction


def test_a_comment_of_full_length_over_many_lines_is_taken(staff: Client, record: Record) -> None:
    interaction = record()
    posted = form(interaction, feedback_score="0", feedback_comment="x\r\n" * 1000)
    assert staff.post(page_of(interaction), posted).status_code == 302
    feedback = stored(interaction).feedback
    assert feedback is not None
    assert feedback.comment == "x\n" * 1000


def test_the_retention_of_texts_and_record_can_be_changed(staff: Client, record: Record) -> None:
    interaction = record(response="a", expires_at=format_instant(instant(30)))
    posted = form(interaction, texts_until=instant(60), until=instant(90))
    assert staff.post(page_of(interaction), posted).status_code == 302
    after = stored(interaction)
    assert (after.content_expires_at, after.expires_at) == (instant(60), instant(90))
    assert after.version == 2
    assert after.updated_at > interaction.updated_at
    assert rest(after) == rest(interaction)


def test_texts_without_a_time_of_their_own_go_with_the_record(staff: Client, record: Record) -> None:
    interaction = record()
    assert staff.post(page_of(interaction), form(interaction, until=instant(9))).status_code == 302
    assert stored(interaction).content_expires_at == instant(9)


def test_texts_that_have_gone_cannot_be_brought_back(staff: Client, record: Record) -> None:
    interaction = record(
        prompt="my secret", created_at="2025-01-01T00:00:00Z", content_expires_at="2025-02-01T00:00:00Z"
    )
    answer = staff.post(page_of(interaction), form(interaction, texts_until=instant(9)))
    assert "the texts have gone already" in answer.content.decode()
    # The record may be kept longer or shorter all the same, and rated.
    posted = form(interaction, until=instant(9), feedback_score="1")
    assert staff.post(page_of(interaction), posted).status_code == 302
    after = stored(interaction)
    assert after.expires_at == instant(9)
    assert after.prompt is None
    assert InteractionRow.objects.get().version == 3


def test_what_somebody_else_changed_meanwhile_is_told_and_nothing_is_lost(staff: Client, record: Record) -> None:
    interaction = record(response="a")
    theirs = Feedback(score=-1, label="theirs", at=datetime.now(UTC))
    services.interaction_rate(interaction_id=interaction.interaction_id, user_id="alice", feedback=theirs)
    mine = form(interaction, feedback_score="1", feedback_label="mine")
    answer = staff.post(page_of(interaction), mine)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "was changed while you had it open" in page
    assert "feedback −1, “theirs”" in page
    assert stored(interaction).feedback == theirs
    # What was typed is still there, and the page now builds on what it has just told.
    assert 'value="mine"' in page
    assert 'name="loaded_version" value="2"' in page
    assert staff.post(page_of(interaction), {**mine, "loaded_version": "2"}).status_code == 302
    after = stored(interaction).feedback
    assert after is not None
    assert after.label == "mine"


@pytest.mark.parametrize("version", ["", "0", "abc", "99"])
def test_a_save_that_does_not_say_what_it_builds_on_is_held(staff: Client, record: Record, version: str) -> None:
    interaction = record()
    answer = staff.post(page_of(interaction), form(interaction, feedback_score="1", loaded_version=version))
    assert "was changed while you had it open" in answer.content.decode()
    assert stored(interaction) == interaction


def test_no_other_field_can_be_posted(staff: Client, record: Record) -> None:
    interaction = record(response="a", model="m", metadata={"a": "b"})
    others = {f.attname: "7" for f in InteractionRow._meta.concrete_fields} | {"prompt_text": "7"}
    for name in ("feedback_score", "feedback_label", "feedback_comment", "content_expires_at", "expires_at"):
        del others[name]
    assert staff.post(page_of(interaction), others | form(interaction, feedback_score="1")).status_code == 302
    after = stored(interaction)
    assert rest(after) == rest(interaction)
    assert after.version == 2
    assert InteractionRow.objects.count() == 1


def test_one_interaction_can_be_deleted_after_a_question(staff: Client, record: Record) -> None:
    interaction, other = record(), record()
    address = page_of(interaction).replace("change", "delete")
    assert "Are you sure" in staff.get(address).content.decode()
    assert InteractionRow.objects.count() == 2
    assert staff.post(address, {"post": "yes"}).status_code == 302
    assert [row.interaction_id for row in InteractionRow.objects.all()] == [other.interaction_id]
