"""`export_interactions`."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.commands.running import CommandLine, Commands


def lines(*interactions: dict[str, Any]) -> bytes:
    return b"".join(json.dumps(interaction).encode() + b"\n" for interaction in interactions)


@pytest.fixture
def days(commands: Commands) -> list[str]:
    """Six interactions, of Ana and Bob on each of three days; the instants of the days."""
    instants = [f"2026-01-0{day}T00:00:00.000Z" for day in (3, 1, 2)]
    made = [{"created_at": at, "prompt": f"{user} {at}", "user_id": user} for at in instants for user in ("ana", "bob")]
    commands.run("import_interactions", "-", stdin=lines(*made))
    return sorted(instants)


def test_the_export_has_everything_oldest_first(commands: Commands, days: list[str]) -> None:
    exported = commands.export()
    assert [i["created_at"] for i in exported] == [day for day in days for _ in "ab"]
    assert [i["interaction_id"] for i in exported] == sorted(i["interaction_id"] for i in exported)
    assert len(exported) == 6


@pytest.mark.parametrize("owner", [[], ["--user", "ana"]])
@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        ({}, [0, 1, 2]),
        ({"--from": 1}, [1, 2]),
        ({"--to": 1}, [0]),
        ({"--from": 1, "--to": 2}, [1]),
        ({"--from": 1, "--to": 1}, []),
    ],
)
def test_the_range_holds_its_beginning_and_not_its_end(
    commands: Commands, days: list[str], owner: list[str], bounds: dict[str, int], expected: list[int]
) -> None:
    given = [text for name, day in bounds.items() for text in (name, days[day])]
    exported = commands.export(*owner, *given)
    users = ["ana"] if owner else ["ana", "bob"]
    assert sorted((i["user_id"], i["created_at"]) for i in exported) == sorted(
        (user, days[day]) for user in users for day in expected
    )


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--from", "yesterday"], "--from"),
        (["--to", "2026-01-01"], "--to"),
        (["--from", "2026-01-02T00:00:00Z", "--to", "2026-01-01T00:00:00Z"], "--to lies before --from"),
        (["--user", "a b"], "--user"),
    ],
)
def test_a_wrong_argument_is_named(commands: Commands, arguments: list[str], named: str) -> None:
    assert named in commands.fail("export_interactions", *arguments).message


def test_the_output_file_is_whole_and_for_its_owner_alone(commands: Commands, days: list[str], tmp_path: Path) -> None:
    file = tmp_path / "out.ndjson"
    file.write_text("what was there before")
    said = commands.run("export_interactions", "--output", file).out
    assert said == f"6 interactions written to {file}.\n"
    assert [json.loads(line) for line in file.read_text().splitlines()] == commands.export()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [*tmp_path.iterdir()] == [file]


def test_a_link_stays_one(commands: Commands, days: list[str], tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "target")
    commands.run("export_interactions", "--output", tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert len((tmp_path / "target").read_bytes().splitlines()) == 6


def test_where_no_file_can_be_is_a_clear_error(commands: Commands, days: list[str], tmp_path: Path) -> None:
    missing = tmp_path / "missing" / "out"
    assert f"{missing} cannot be written" in commands.fail("export_interactions", "--output", missing).message
    assert "regular file" in commands.fail("export_interactions", "--output", tmp_path).message
    assert "regular file" in commands.fail("export_interactions", "--output", "/dev/null").message
    assert Path("/dev/null").is_char_device()


@pytest.mark.system
def test_the_export_is_utf_8_whatever_the_locale(command_line: Callable[..., CommandLine]) -> None:
    line = command_line(PYTHONIOENCODING="ascii", PYTHONUTF8="0", LC_ALL="C")
    given = {"created_at": "2026-01-01T00:00:00Z", "prompt": "Olá 👋 東京 שלום"}
    assert line.run("import_interactions", "-", stdin=lines(given)).returncode == 0
    done = line.run("export_interactions")
    assert done.returncode == 0, done.stderr
    assert given["prompt"] in done.stdout.decode()


@pytest.mark.system
def test_a_reader_who_has_enough_ends_it_quietly(command_line: Callable[..., CommandLine]) -> None:
    line = command_line()
    made = [{"created_at": "2026-01-01T00:00:00Z", "prompt": f"{n} {'x' * 5000}"} for n in range(300)]
    assert line.run("import_interactions", "-", stdin=lines(*made)).returncode == 0
    with line.pipe("export_interactions") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert json.loads(process.stdout.readline())["user_id"] == "import"
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 0
