"""The workflow that deploys, as its jobs and their steps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from infra.check.plan import Fault

FILE = ".github/workflows/deploy.yml"


@dataclass(frozen=True)
class Job:
    name: str
    content: dict[str, Any] = field(repr=False)

    def __str__(self) -> str:
        return f"{FILE}, job {self.name}"

    @property
    def permissions(self) -> dict[str, str]:
        """Its own; none are what the workflow gives, and a word is for everything."""
        given = self.content.get("permissions", {})
        return given if isinstance(given, dict) else {"everything": given.partition("-")[0]}

    @property
    def environment(self) -> str:
        given = self.content.get("environment", "")
        return str(given.get("name", "") if isinstance(given, dict) else given)

    @property
    def needs(self) -> set[str]:
        given = self.content.get("needs", [])
        return {given} if isinstance(given, str) else set(given)

    @property
    def steps(self) -> list[dict[str, Any]]:
        return list(self.content.get("steps", []))

    def runs(self) -> list[str]:
        return [str(step["run"]) for step in self.steps if "run" in step]

    def actions(self) -> list[str]:
        return [str(step["uses"]) for step in self.steps if "uses" in step]

    def inputs(self) -> list[dict[str, Any]]:
        return [step.get("with", {}) for step in self.steps]

    def conditional(self) -> Iterator[tuple[str, str]]:
        """The steps that run on a condition: it, and what they run."""
        for step in self.steps:
            if "if" in step and "run" in step:
                yield str(step["if"]), str(step["run"])

    def first(self, pattern: str) -> tuple[int, str] | None:
        """Where the first step is that runs this, and the last word of it."""
        for number, run in enumerate(self.runs()):
            if match := re.search(pattern, run):
                return number, match.groups()[-1] if match.groups() else match.group()
        return None


@dataclass(frozen=True)
class Workflow:
    text: str = field(repr=False)
    content: dict[str, Any] = field(repr=False)

    def __str__(self) -> str:
        return FILE

    @classmethod
    def read(cls, source: Path) -> Workflow:
        """The one of this source.

        Raises:
            Fault: there is none, or it is no YAML.
        """
        try:
            text = (source / FILE).read_text()
            return cls(text, yaml.safe_load(text))
        except (OSError, yaml.YAMLError) as error:
            raise Fault(f"{FILE} cannot be read: {error}") from error

    @property
    def permissions(self) -> Any:
        return self.content.get("permissions")

    @property
    def concurrency(self) -> dict[str, Any]:
        given = self.content.get("concurrency") or {}
        return given if isinstance(given, dict) else {"group": given}

    @property
    def jobs(self) -> list[Job]:
        return [Job(name, content) for name, content in self.content["jobs"].items()]

    def deploying(self) -> Job:
        """The job that applies.

        Raises:
            Fault: there is not one, but none or several.
        """
        found = [job for job in self.jobs if job.first(r"terraform apply")]
        if len(found) != 1:
            raise Fault(f"{FILE}: {len(found)} jobs apply, not one")
        return found[0]

    def before(self, job: Job) -> list[Job]:
        """Those that it needs, and those that they need."""
        direct = [each for each in self.jobs if each.name in job.needs]
        return [*direct, *(further for each in direct for further in self.before(each))]
