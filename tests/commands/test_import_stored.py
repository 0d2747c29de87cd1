"""`import_interactions` of the API's own shape, and of input of any kind."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from interactions.management.import_lines import MAX_LINE_BYTES
from tests.commands.running import CommandLine, Commands

ID = "019c13ec-9e7b-7000-8000-000000000001"
CREATED_AT = "2026-01-31T12:00:00.123Z"
FULL = {
    "interaction_id": ID,
    "user_id": "ana",
    "conversation_id": "c-1",
    "status": "failed",
    "prompt": "Qual é a capital? 🇵🇹",
    "response": "Lis",
    "finish_reason": "length",
    "response_id": "chatcmpl-42",
    "context_turns": 3,
    "provider": "p",
    "model": "m-1",
    "requested_model": "m",
    "usage": {
        "input_tokens": 1,
        "output_tokens": 2,
        "cache_read_input_tokens": 3,
        "cache_creation_input_tokens": 4,
        "reasoning_output_tokens": 5,
    },
    "cost": {"amount": "0.000000001", "currency": "USD", "source": "price-table", "price_id": "x"},
    "latency_ms": 12,
    "error": {"type": "timeout", "message": "too slow"},
    "trace_id": "a" * 32,
    "metadata": {"k": "v"},
    "feedback": {"score": -1, "label": "late", "comment": "never came", "at": "2026-01-31T12:05:00.000001Z"},
    "cached": False,
    "attempts": [{"provider": "p", "error_type": "timeout", "latency_ms": None}],
    "redaction": {"email": 2},
    "created_at": CREATED_AT,
    "updated_at": "2026-01-31T12:05:00.000001Z",
    "version": 7,
    "content_expires_at": "2998-01-31T12:00:00.000000Z",
    "expires_at": "2999-01-31T12:00:00.000000Z",
}


def ndjson(*lines: object) -> bytes:
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


def test_every_field_comes_back_as_it_was(commands: Commands, settings: Settings) -> None:
    settings.INTERACTIONS_RECORD_RETENTION_DAYS = 1  # a stored interaction keeps the times it has
    assert commands.run("import_interactions", "-", stdin=ndjson(FULL)).out.startswith("1 interaction recorded")
    assert commands.export() == [FULL]


@pytest.mark.system
def test_what_the_api_recorded_moves_to_an_empty_store(
    commands: Commands, alice: APIClient, command_line: Callable[..., CommandLine], tmp_path: Path
) -> None:
    made = alice.post("/v1/interactions", {"prompt": "Hi", "conversation_id": "c"}, format="json").json()
    alice.put(f"/v1/interactions/{made['interaction_id']}/feedback", {"score": 1}, format="json")
    exported = commands.export()
    assert len(exported) == 1
    other = command_line()
    assert other.run("import_interactions", "-", stdin=ndjson(*exported)).returncode == 0
    assert ndjson(*exported) == ndjson(json.loads(other.run("export_interactions").stdout))


def test_an_owner_is_only_given_to_what_has_none(commands: Commands) -> None:
    own = {"interaction_id": ID, "prompt": "mine", "user_id": "bob"}
    ownerless = {"interaction_id": ID, "prompt": "nobody's"}
    commands.run("import_interactions", "-", "--user", "ana", stdin=ndjson(own, ownerless))
    assert {i["user_id"]: i["prompt"] for i in commands.export()} == {"bob": "mine", "ana": "nobody's"}


def test_lines_without_ids_are_found_again_and_equal_ones_stay_two(commands: Commands) -> None:
    line = {"prompt": "Hi", "response": "Hello", "created_at": CREATED_AT}
    assert commands.run("import_interactions", "-", stdin=ndjson(line, line)).out.startswith("2 interactions recorded")
    again = commands.run("import_interactions", "-", stdin=ndjson(line, line, line)).out
    assert again.startswith("1 interaction recorded, 2 already there.")
    assert {i["created_at"] for i in commands.export()} == {CREATED_AT}


def test_what_is_there_is_left_as_it_is(commands: Commands) -> None:
    commands.run("import_interactions", "-", stdin=ndjson(FULL))
    changed = {**FULL, "prompt": "changed"}
    assert (
        "0 interactions recorded, 1 already there"
        in commands.run("import_interactions", "-", stdin=ndjson(changed)).out
    )
    assert commands.export() == [FULL]


def test_the_expired_is_not_brought_back(commands: Commands) -> None:
    past = (datetime.now(UTC) - timedelta(seconds=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    gone = {**FULL, "content_expires_at": past, "expires_at": past}
    textless = {**FULL, "user_id": "bob", "content_expires_at": past}
    done = commands.run("import_interactions", "-", stdin=ndjson(gone, textless))
    assert done.out.startswith("1 interaction recorded, 0 already there, 1 left out")
    assert [(i["user_id"], i["prompt"], i["response"]) for i in commands.export()] == [("bob", None, None)]


def test_both_kinds_of_lines_may_stand_in_one_file(commands: Commands) -> None:
    chat = {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}
    commands.run("import_interactions", "-", "--at", "2026-02-01T00:00:00Z", stdin=ndjson(FULL, chat))
    assert [i["user_id"] for i in commands.export()] == ["ana", "import"]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        (b'{"prompt": "secret"', "is not JSON at line 1, column "),
        (b"secret", "is not JSON"),
        (b'{"prompt": "secr\xe9t"}', "is not UTF-8 at byte 16"),
        (b'{"latency_ms": NaN}', "has NaN, which is not JSON"),
        (b'{"latency_ms": 1e999}', "has a number that is too large"),
        (b"[" * 100_000, "is nested too deeply"),
        (b'{"a": ' + b"1" * 5000 + b"}", "has a number that is too long"),
        (b"[]", "must be a JSON object"),
        (b"null", "must be a JSON object"),
        (b'{"prompt": "secret"}', "interaction_id is required"),
        (ndjson({**FULL, "prompt": "secret" * 40_000}), "prompt has 240000 characters; 200000 are allowed"),
        (ndjson({**FULL, "prompt": "secret\0"}), "prompt must not contain the NUL character"),
        (ndjson({**FULL, "response": "secret\ud800"}), "response must not contain a surrogate without its pair"),
        (ndjson({**FULL, "usage": {"input_tokens": -1}}), "usage/input_tokens must be from 0 to"),
        (ndjson({**FULL, "user_id": "secret words"}), "user_id must match"),
        (ndjson({**FULL, "created_at": "2026-01-31T12:00:00Z"}), "created_at must be the millisecond"),
        (ndjson({**FULL, "interaction_id": None, "created_at": "2999-01-01T00:00:00Z"}), "five minutes ahead"),
        (ndjson({**FULL, "interaction_id": None, "created_at": "1969-01-01T00:00:00Z"}), "must not lie before 1970"),
        (ndjson({**FULL, "interaction_id": None, "created_at": 7}), "created_at must be an RFC 3339"),
        (ndjson({**FULL, "colour\x1b[31m": "secret"}), "colour%1B%5B31m is not a field of this object"),
        (ndjson(FULL | {f"field {n}": 1 for n in range(50)}), "and 45 more"),
        (b'"' + b"a" * MAX_LINE_BYTES + b'"', f"is over {MAX_LINE_BYTES} bytes long"),
    ],
    ids=range(22),
)
def test_a_bad_line_is_named_and_stops_nothing(commands: Commands, line: bytes, complaint: str) -> None:
    good = {"interaction_id": ID, "prompt": "good"}
    data = ndjson(good) + b"\n" + line.rstrip(b"\n") + b"\n  \n" + ndjson({**good, "user_id": "bob"})
    failure = commands.fail("import_interactions", "-", "--at", CREATED_AT, stdin=data)
    assert complaint in failure.err
    assert failure.err.startswith("line 3: ")
    assert failure.err.count("\n") == 1
    assert "secret" not in failure.err
    assert failure.out.startswith("2 interactions recorded, 0 already there.")
    assert failure.message.startswith("1 line could not be imported")
    assert len(commands.export()) == 2


@pytest.mark.parametrize(
    "data", [b"", b"\n\n", b"\xef\xbb\xbf", b"\r\n"], ids=["nothing", "blank lines", "byte order mark", "CRLF"]
)
def test_nothing_to_import_is_no_error(commands: Commands, data: bytes) -> None:
    assert commands.run("import_interactions", "-", stdin=data).out == "0 interactions recorded, 0 already there.\n"


@pytest.mark.parametrize(
    "form",
    [
        lambda lines: b"\xef\xbb\xbf" + lines,
        lambda lines: lines.replace(b"\n", b"\r\n"),
        lambda lines: lines.rstrip(b"\n"),
        lambda lines: b"\n" + lines.replace(b"\n", b" \t\n\n"),
    ],
    ids=["byte order mark", "CRLF", "no end of the last line", "blanks"],
)
def test_how_lines_end_makes_no_difference(commands: Commands, form: Callable[[bytes], bytes]) -> None:
    chats: list[Any] = [
        {"messages": [{"role": "user", "content": str(n)}, {"role": "assistant", "content": "a"}]} for n in range(3)
    ]
    commands.run("import_interactions", "-", "--at", CREATED_AT, stdin=ndjson(*chats))
    said = commands.run("import_interactions", "-", "--at", CREATED_AT, stdin=form(ndjson(*chats))).out
    assert said.startswith("0 interactions recorded, 3 already there.")


def test_many_lines_cross_the_borders_of_batches(commands: Commands) -> None:
    lines = [{"created_at": CREATED_AT, "prompt": str(n)} for n in range(1203)]
    lines[700]["prompt"] = ""
    failure = commands.fail("import_interactions", "-", stdin=ndjson(*lines))
    assert failure.out.startswith("1202 interactions recorded")
    assert failure.err.startswith("line 701: ")
    assert {i["prompt"] for i in commands.export()} == {str(n) for n in range(1203)} - {"700"}


def test_an_unreadable_file_is_a_clear_error(commands: Commands, tmp_path: Path) -> None:
    assert "No such file" in commands.fail("import_interactions", tmp_path / "missing.jsonl").message
    assert "directory" in commands.fail("import_interactions", tmp_path).message


def test_a_wrong_owner_is_named(commands: Commands) -> None:
    assert "--user" in commands.fail("import_interactions", "-", "--user", "two words").message


@pytest.mark.system
def test_the_exit_code_tells_of_bad_lines(command_line: Callable[..., CommandLine]) -> None:
    line = command_line()
    done = line.run("import_interactions", "-", stdin=ndjson(FULL, {}))
    assert done.returncode == 1
    assert done.stdout == b"1 interaction recorded, 0 already there.\n"
    assert done.stderr.startswith(b"line 2: ")
    assert line.run("import_interactions", "-", stdin=ndjson(FULL)).returncode == 0


@pytest.mark.system
def test_a_terminal_shows_progress_and_nothing_else_does(
    command_line: Callable[..., CommandLine], tmp_path: Path
) -> None:
    line = command_line()
    file = tmp_path / "lines"
    file.write_bytes(ndjson(FULL, {}, {**FULL, "user_id": "bob"}))
    code, seen = line.in_terminal("import_interactions", file)
    assert code == 1
    assert "100%|" in seen
    assert "2 interactions recorded" in seen
    assert b"%|" not in line.run("import_interactions", file).stderr
