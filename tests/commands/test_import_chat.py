"""`import_interactions` of chat JSONL."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from interactions.domain.interaction import MAX_STORED_BYTES
from tests.commands.running import Commands

AT = "2026-01-31T12:00:00.123Z"
SYSTEM = {"role": "system", "content": "Be brief."}


def chat(*texts: str, **members: Any) -> dict[str, Any]:
    """A chat line of user and assistant in turn."""
    roles = ("user", "assistant")
    return {"messages": [{"role": roles[i % 2], "content": text} for i, text in enumerate(texts)], **members}


def write(path: Path, *lines: object) -> Path:
    path.write_bytes(b"".join(json.dumps(line).encode() + b"\n" for line in lines))
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "chat.jsonl"


def test_one_pair_is_one_completed_interaction(commands: Commands, file: Path) -> None:
    write(file, chat("Hi", "Hello", model="m-1"))
    done = commands.run("import_interactions", file, "--user", "ana", "--at", AT)
    assert done.out.startswith("1 interaction recorded, 0 already there.")
    assert done.err == ""
    (found,) = commands.export()
    assert found["prompt"] == "Hi"
    assert found["response"] == "Hello"
    assert found["status"] == "completed"
    assert found["user_id"] == "ana"
    assert found["model"] == "m-1"
    assert found["conversation_id"] is None
    assert found["created_at"] == AT
    assert found["updated_at"] == "2026-01-31T12:00:00.123000Z"
    assert found["version"] == 1
    assert found["expires_at"] is None


def test_several_pairs_are_one_conversation_in_their_order(commands: Commands, file: Path, key_client: Any) -> None:
    long = [str(number) for number in range(40)]
    short = ["other", "line", "second", "pair"]
    write(file, chat(*long), chat(*short))
    commands.run("import_interactions", file, "--user", "ana", "--at", AT)
    client: APIClient = key_client("ana")
    found = client.get("/v1/interactions?order=asc&limit=100").json()["results"]
    texts: dict[str, list[str]] = {}
    for interaction in found:
        texts.setdefault(interaction["conversation_id"], []).extend([interaction["prompt"], interaction["response"]])
    assert sorted(texts.values(), key=len) == [short, long]
    listed = client.get("/v1/conversations").json()["results"]
    assert {conversation["conversation_id"] for conversation in listed} == texts.keys()


def test_the_pairs_are_read_through_the_api(commands: Commands, file: Path, key_client: Any) -> None:
    write(file, chat("Olá 👋🏽", "שלום"), chat("東京", "مرحبا"))
    commands.run("import_interactions", file, "--at", AT)
    client: APIClient = key_client("import")
    for exported in commands.export():
        assert client.get(f"/v1/interactions/{exported['interaction_id']}").json() == exported
    assert {i["prompt"] for i in commands.export()} == {"Olá 👋🏽", "東京"}


def test_equal_lines_stay_two_and_a_second_run_finds_them(commands: Commands, file: Path) -> None:
    write(file, chat("Hi", "Hello"), chat("a", "b", "c", "d"), chat("Hi", "Hello"), chat("a", "b", "c", "d"))
    assert commands.run("import_interactions", file, "--at", AT).out.startswith("6 interactions recorded")
    before = commands.export()
    assert len(before) == 6
    assert len({i["conversation_id"] for i in before if i["conversation_id"]}) == 2
    again = commands.run("import_interactions", file, "--at", AT)
    assert again.out.startswith("0 interactions recorded, 6 already there.")
    assert commands.export() == before


def test_a_run_after_an_interrupted_one_adds_what_is_missing(commands: Commands, tmp_path: Path) -> None:
    lines = [chat(f"question {n % 7}", "answer") for n in range(50)]
    commands.run("import_interactions", write(tmp_path / "part", *lines[:20]), "--at", AT)
    done = commands.run("import_interactions", write(tmp_path / "whole", *lines), "--at", AT)
    assert done.out.startswith("30 interactions recorded, 20 already there.")


def test_the_file_has_the_time_when_none_is_given(commands: Commands, file: Path) -> None:
    write(file, chat("Hi", "Hello"))
    os.utime(file, ns=(0, 1_769_860_800_123_999_999))
    commands.run("import_interactions", file)
    commands.run("import_interactions", file)
    (found,) = commands.export()
    assert found["created_at"] == "2026-01-31T12:00:00.123Z"
    assert found["user_id"] == "import"


def test_standard_input_needs_a_time(commands: Commands) -> None:
    line = json.dumps(chat("Hi", "Hello")).encode()
    assert "give --at" in commands.fail("import_interactions", "-", stdin=line).message
    assert commands.export() == []
    commands.run("import_interactions", "-", "--at", AT, stdin=line)
    assert [i["created_at"] for i in commands.export()] == [AT]


def test_a_file_from_the_future_needs_a_time(commands: Commands, file: Path) -> None:
    write(file, chat("Hi", "Hello"))
    os.utime(file, (0, datetime.now(UTC).timestamp() + 86400))
    assert "give --at" in commands.fail("import_interactions", file).message


@pytest.mark.parametrize("at", ["2999-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "yesterday", "2026-01-31", ""])
def test_a_time_that_cannot_be_is_refused(commands: Commands, file: Path, at: str) -> None:
    write(file, chat("Hi", "Hello"))
    assert "--at" in commands.fail("import_interactions", file, "--at", at).message
    assert commands.export() == []


def test_system_and_tool_messages_are_left_out_and_the_former_counted(commands: Commands, file: Path) -> None:
    call = {"role": "assistant", "content": None, "tool_calls": [{"id": "1"}]}
    tool = {"role": "tool", "tool_call_id": "1", "content": "21"}
    question, answer = chat("Warm?", "21 °C")["messages"]
    write(file, {"messages": [SYSTEM, question, call, tool, answer]}, {"messages": [SYSTEM, question, answer]})
    done = commands.run("import_interactions", file, "--at", AT)
    assert done.out == "2 interactions recorded, 0 already there.\n2 system or developer messages left out.\n"
    assert [(i["prompt"], i["response"]) for i in commands.export()] == [("Warm?", "21 °C")] * 2


def test_a_bad_line_is_left_out_whole_and_the_others_are_not(commands: Commands, file: Path) -> None:
    secret = "the secret words"
    write(
        file,
        chat("one", "1"),
        chat("two", "2", secret),
        {"messages": [{"role": "user", "content": [{"type": secret}]}]},
        chat("four", "4"),
        {"messages": [{"role": secret, "content": secret}], "model": [secret]},
    )
    failure = commands.fail("import_interactions", file, "--at", AT)
    assert "3 lines" in failure.message
    assert "2 interactions recorded" in failure.out
    assert [line.split(":")[0] for line in failure.err.splitlines()] == ["line 2", "line 3", "line 5"]
    assert "messages/2 is a user message that no assistant message answers" in failure.err
    assert secret not in failure.err + failure.out + failure.message
    assert {i["prompt"] for i in commands.export()} == {"one", "four"}


def test_an_exchange_that_fits_no_store_is_a_bad_line(commands: Commands, file: Path) -> None:
    incompressible = os.urandom(60_000).hex() + "".join(chr(0x4E00 + byte % 200 * 97) for byte in os.urandom(79_000))
    write(file, chat(incompressible, incompressible[::-1]), chat("Hi", "Hello"))
    failure = commands.fail("import_interactions", file, "--at", AT)
    assert failure.err.startswith("line 1: ")
    assert f"{MAX_STORED_BYTES} bytes" in failure.err
    assert [i["prompt"] for i in commands.export()] == ["Hi"]


def test_retention_counts_from_the_time_of_the_chat(commands: Commands, file: Path, settings: Settings) -> None:
    settings.INTERACTIONS_CONTENT_RETENTION_DAYS = 10
    settings.INTERACTIONS_RECORD_RETENTION_DAYS = 20
    now = datetime.now(UTC).replace(microsecond=0)
    for days in (5, 15, 25):
        write(file, chat(f"{days} days", "old"))
        at = (now - timedelta(days=days)).isoformat()
        said = commands.run("import_interactions", file, "--at", at).out
        assert ("1 left out" in said) is (days == 25)
    older, newer = commands.export()
    assert (older["prompt"], newer["prompt"]) == (None, "5 days")
    assert newer["content_expires_at"] == (now + timedelta(days=5)).strftime("%Y-%m-%dT%H:%M:%S.000000Z")
    assert newer["expires_at"] == (now + timedelta(days=15)).strftime("%Y-%m-%dT%H:%M:%S.000000Z")
