"""The check names each broken must and no other."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from infra.check.controls import all_controls
from infra.check.hcl import Module
from infra.check.plan import Plan
from infra.check.source import Source
from infra.check.steps import outcome
from infra.check.subject import Subject
from infra.check.workspace import LEFT_OUT, ROOT, Workspace

Document = dict[str, Any]

ARGUMENT = re.compile(r"(\w+) *= (.+)")
BACKEND = """terraform {
  backend "s3" {
    bucket       = "interactions-prod-terraform-state-210987654321"
    encrypt      = true
    use_lockfile = true
  }
}
"""


@dataclass(frozen=True)
class Breakage:
    """An edit; breakages.toml says what the fields mean."""

    control: int
    old: str
    new: str = ""
    file: str = ""
    at: str = ""
    in_plan: bool = True
    existing: bool = False
    says: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.control}: {' '.join(self.old.split())[:50]}"


TABLE = tomllib.loads(Path(__file__).with_name("breakages.toml").read_text())
FIRST, FURTHER = ([Breakage(**each) for each in TABLE[name]] for name in ("first", "further"))
PLANNED = [each for each in FIRST + FURTHER if each.says]
UNPLANNED = [each for each in FIRST + FURTHER if not each.says]


@pytest.fixture
def edited(tmp_path: Path) -> Path:
    """What the controls look at, without what Terraform leaves there, and with what infra/bootstrap writes."""
    for folder in ("infra/bootstrap", "infra/terraform", ".github"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=LEFT_OUT)
    (tmp_path / "infra/terraform/backend.tf").write_text(BACKEND)
    return tmp_path


def edit(folder: Path, breakage: Breakage) -> None:
    if not breakage.file:
        return
    path, name = folder / breakage.file, f"{breakage.file}, must {breakage.control}"
    kind, _, label = breakage.at.partition(".")
    head = f'resource "{kind}" "{label}"' if breakage.at else ""
    before, _, text = path.read_text().partition(head) if head else ("", "", path.read_text())
    assert breakage.old in text, f"{name} has changed: {breakage.old!r} is not there"
    assert breakage.old != breakage.new, f"{name}: the edit changes nothing"
    path.write_text(before + head + text.replace(breakage.old, breakage.new, 1))


class Edited(Source):
    """An edited copy of the repository, with its plans."""

    def __init__(self, root: Path, plan: Document, bootstrap: Document) -> None:
        super().__init__(root, root)
        self._plans = Plan(plan), Plan(bootstrap)

    def subject(self) -> Subject:
        plan, bootstrap = self._plans
        codes = Module(self.root / "infra" / "terraform"), Module(self.root / "infra" / "bootstrap")
        return Subject(self.root, plan, codes[0], bootstrap, codes[1])


def named(edited: Edited) -> dict[int, list[str]]:
    """The complaints of the step, by the musts."""
    said = str(outcome("controls", edited))
    assert said.startswith("FAILED controls: ")
    found = re.findall(r"^must +(\d+) .*\n((?: {5}.*\n?)+)", said, re.MULTILINE)
    return {int(number): lines.splitlines() for number, lines in found}


def changed(documents: list[Document], breakage: Breakage) -> list[Document]:
    """The plans with another constant, as it is planned and as it is configured."""
    documents = json.loads(json.dumps(documents))  # faster than copy.deepcopy
    if breakage.existing:
        changes = sum(_update(entry, breakage) for entry in documents[0]["resource_changes"])
    else:
        changes = _changes(documents, breakage)
    assert changes > 0, f"must {breakage.control}: {breakage.at} has nothing to change"
    return documents


def _update(entry: Document, breakage: Breakage) -> int:
    """How many values the plan changes in a resource that is there already, and has what the edit says."""
    if entry["address"].partition("[")[0] != breakage.at:
        return 0
    change = entry["change"]
    before = json.loads(json.dumps(change["after"]))
    if changes := _change(before, breakage):
        change |= {"actions": ["update"], "before": before}
    return changes


def _changes(documents: list[Document], breakage: Breakage) -> int:
    return sum(_change(entry, breakage) for document in documents for entry in _entries(document, breakage.at))


def _entries(document: Document, address: str) -> Iterator[Document]:
    configured = document["configuration"]["root_module"]["resources"]
    for entry in [*document["planned_values"]["root_module"]["resources"], *configured]:
        if entry["address"].partition("[")[0] == address:
            yield entry


def _change(entry: Any, breakage: Breakage) -> int:
    """How many values were changed: an argument by its name, or what a text has in it."""
    argument, new = ARGUMENT.fullmatch(breakage.old), ARGUMENT.fullmatch(breakage.new)
    changes = 0
    for name, value in [*entry.items()] if isinstance(entry, dict) else [*enumerate(entry)]:
        if argument and new and name == argument[1]:
            before, after = json.loads(argument[2]), json.loads(new[2])
            if value in (before, {"constant_value": before}):
                entry[name] = after if value == before else {"constant_value": after}
                changes += 1
        elif not argument and isinstance(value, str) and breakage.old in value:
            entry[name] = value.replace(breakage.old, breakage.new)
            changes += 1
        elif isinstance(value, dict | list):
            changes += _change(value, breakage)
    return changes


def test_there_is_an_edit_for_every_must() -> None:
    assert [each.control for each in FIRST] == [control.number for control in all_controls()]


def test_an_edit_that_changes_nothing_is_no_test(edited: Path) -> None:
    breakage = Breakage(1, "what nobody writes", file="infra/terraform/main.tf")
    with pytest.raises(AssertionError, match="is not there"):
        edit(edited, breakage)
    with pytest.raises(AssertionError, match="changes nothing"):
        edit(edited, replace(breakage, old="resource", new="resource"))


@pytest.mark.parametrize("breakage", UNPLANNED, ids=str)
def test_a_breakage_is_named_and_nothing_else(breakage: Breakage, edited: Path, plan: Document, source: Source) -> None:
    edit(edited, breakage)
    plans = [plan, source.bootstrap_plan()]
    assert bool(breakage.at) is breakage.in_plan
    assert named(Edited(edited, *(changed(plans, breakage) if breakage.at else plans))).keys() == {breakage.control}


def test_what_is_broken_in_the_plan_is_named_and_nothing_else(
    edited: Path, source: Source, planned_workspace: Workspace, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """One plan serves all breakages. Each complaint is expected, and each expected complaint is there."""
    for breakage in PLANNED:
        assert "terraform" in breakage.file, "infra/bootstrap is not planned anew"
        edit(edited, breakage)
    plan = json.loads((Source(edited, tmp_path_factory.mktemp("made")).plan().path / "plan.json").read_text())
    found = named(Edited(edited, plan, source.bootstrap_plan()))
    assert found.keys() == {each.control for each in PLANNED}
    for number, lines in found.items():
        expected = {text for each in PLANNED if each.control == number for text in each.says}
        assert [line for line in lines if not any(text in line for text in expected)] == [], number
        assert [text for text in expected if not any(text in line for line in lines)] == [], number
