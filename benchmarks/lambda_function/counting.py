"""Runs a process and counts the instructions of its own that it takes, where that can be counted; else its CPU time."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Counter:
    """A way to count: `command` goes before the process's own, `count` finds the number in what is written to stderr.

    `wall` is how many times longer a process takes by it.
    """

    name: str
    command: tuple[str, ...]
    count: Callable[[str], int]
    slowdown: int


def _found(pattern: str) -> Callable[[str], int]:
    def count(text: str) -> int:
        match = re.search(pattern, text)
        assert match, f"no count in {text[-500:]!r}"
        return int(match[1].replace(",", ""))

    return count


# https://perfwiki.github.io/main/ (Debian: linux-perf), https://valgrind.org/docs/manual/cl-manual.html
PERF = Counter("perf", ("perf", "stat", "-x,", "-e", "instructions:u", "--"), _found(r"(?m)^(\d+),,instructions"), 1)
CALLGRIND = Counter(
    "callgrind",
    ("valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", "--"),
    _found(r"Collected : (\d+)"),
    40,
)


class Done(NamedTuple):
    """What a process wrote to its two outputs, and its instructions: 0 without a counter."""

    said: str
    logged: str
    instructions: int


@cache
def counter() -> Counter | None:
    """The best there is on this machine; None where only time can be measured."""
    for each in (PERF, CALLGRIND):
        if shutil.which(each.command[0]) is None:
            continue
        tried = subprocess.run([*each.command, "true"], capture_output=True, text=True, check=False)
        if tried.returncode == 0 and re.search(r"(?m)^\d+,,instructions|Collected : \d+", tried.stderr):
            return each
    return None


def run(command: Sequence[str], environment: Mapping[str, str], by: Counter | None = None) -> Done:
    """Run it to its end. Raises RuntimeError, with what it wrote last, if it fails."""
    whole = [*(by.command if by else ()), *command]
    done = subprocess.run(whole, env=dict(environment), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr[-3000:]}")
    return Done(done.stdout, done.stderr, by.count(done.stderr) if by else 0)
