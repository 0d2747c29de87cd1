"""The steps of `make infra-check`: each returns what it has found in order, and raises what it has not."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from infra.check.source import Source
from infra.check.steps import linters, musts, scans, terraform
from infra.check.workspace import Absent, Failed

Step = Callable[[Source], str]

# The longest first, and what makes the plan before what only reads it.
STEPS: dict[str, Step] = {
    "tests": terraform.test,
    "controls": musts.controls,
    "checkov": scans.checkov,
    "format": terraform.formatted,
    "workflow": linters.workflow,
    "dockerfile": linters.dockerfile,
    "scripts": linters.scripts,
}


@dataclass(frozen=True)
class Outcome:
    name: str
    word: str
    text: str

    def __str__(self) -> str:
        return f"{self.word:6} {self.name}: {self.text}"


def run(names: Sequence[str], root: Path, say: Callable[[Outcome], None]) -> bool:
    """Whether all of these steps are in order, or left out; two run at a time."""
    with tempfile.TemporaryDirectory(prefix="infra-check-") as folder, ThreadPoolExecutor(2) as pool:
        source = Source(root, Path(folder))
        running = [pool.submit(outcome, name, source) for name in STEPS if name in names]
        outcomes = []
        for done in as_completed(running):
            outcomes.append(done.result())
            say(outcomes[-1])
    return not any(each.word == "FAILED" for each in outcomes)


def outcome(name: str, source: Source) -> Outcome:
    """Run a step."""
    try:
        return Outcome(name, "ok", STEPS[name](source))
    except Failed as failed:
        return Outcome(name, "FAILED", str(failed))
    except Absent as absent:
        if os.environ.get("CI") == "true":
            return Outcome(name, "FAILED", f"{absent}; in CI nothing is left out")
        return Outcome(name, "absent", f"left out: {absent}")
