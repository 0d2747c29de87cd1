"""Commands run in this process over the test database, and as processes over a database file of their own."""

from __future__ import annotations

import json
import os
import pty
import select
import subprocess
import sys
import termios
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

# Runs a command as its only child and says the most memory that the child had resident, in KiB. Measured from here it
# would begin with what this process holds at the fork.
MEASURE = (
    "import resource, subprocess, sys; code = subprocess.call(sys.argv[1:]); "
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss); sys.exit(code)"
)


@dataclass(frozen=True)
class Output:
    out: str
    err: str


@dataclass(frozen=True)
class Failure(Output):
    message: str


class Commands:
    """Run commands in this process; standard input is no terminal."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch

    def run(self, *arguments: object, stdin: bytes = b"") -> Output:
        result = self._call(arguments, stdin)
        assert not isinstance(result, Failure), result
        return result

    def fail(self, *arguments: object, stdin: bytes = b"") -> Failure:
        result = self._call(arguments, stdin)
        assert isinstance(result, Failure), result
        return result

    def export(self, *arguments: object) -> list[dict[str, Any]]:
        lines = self.run("export_interactions", *arguments).out.splitlines()
        return [json.loads(line) for line in lines]

    def _call(self, arguments: Sequence[object], stdin: bytes) -> Output:
        out, err = StringIO(), StringIO()
        with self._monkeypatch.context() as patch:
            patch.setattr(sys, "stdin", TextIOWrapper(BytesIO(stdin), encoding="utf-8"))
            try:
                call_command(*map(str, arguments), stdout=out, stderr=err)
            except CommandError as error:
                return Failure(out.getvalue(), err.getvalue(), str(error))
        return Output(out.getvalue(), err.getvalue())


class CommandLine:
    """Run `manage.py` in processes of its own, over the data in one directory."""

    def __init__(self, directory: Path, **environment: str) -> None:
        self.directory = directory
        self._environment = {**os.environ, **environment, "DATA_DIR": str(directory)}

    def run(self, *arguments: object, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """The finished process, whatever its exit code."""
        return subprocess.run(
            self.command(*arguments), env=self._environment, input=stdin, capture_output=True, check=False
        )

    def peak_bytes(self, *arguments: object) -> int:
        """Run a command that has to succeed, and say the most memory it had."""
        done = subprocess.run(
            [sys.executable, "-c", MEASURE, *self.command(*arguments)],
            env=self._environment,
            stdout=subprocess.PIPE,
            check=True,
        )
        return int(done.stdout.splitlines()[-1]) * (1 if sys.platform == "darwin" else 1024)

    def pipe(self, *arguments: object) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            self.command(*arguments), env=self._environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def in_terminal(self, *arguments: object, answers: Sequence[tuple[str, str]] = ()) -> tuple[int, str]:
        """The exit code and what a person sees who gives each answer once its question is on the screen."""
        ours, theirs = pty.openpty()
        termios.tcsetwinsize(theirs, (24, 100))
        process = subprocess.Popen(
            self.command(*arguments),
            env=self._environment,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,  # so that getpass finds no other terminal than this one
        )
        os.close(theirs)
        seen = ""
        for question, answer in answers:
            start = len(seen)
            while question not in seen[start:]:
                piece = _read(ours)
                assert piece, f"it ended before asking {question!r}: {seen}"
                seen += piece
            os.write(ours, f"{answer}\n".encode())
        while piece := _read(ours):
            seen += piece
        os.close(ours)
        return process.wait(), seen.replace("\r\n", "\n")

    def command(self, *arguments: object) -> list[str]:
        return [sys.executable, str(settings.BASE_DIR / "manage.py"), *map(str, arguments)]


def _read(terminal: int) -> str:
    """What comes next, nothing at the end."""
    ready, _, _ = select.select([terminal], [], [], 60)
    assert ready, "the command neither says anything nor ends"
    try:
        return os.read(terminal, 65536).decode(errors="replace")
    except OSError:  # how Linux tells that the other side is closed
        return ""
