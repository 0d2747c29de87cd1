"""Whatever must is broken in a copy, the check names it and no other, and fails."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest

from infra.check.controls import all_controls
from infra.check.workspace import LEFT_OUT, ROOT


class Breakage(NamedTuple):
    control: int
    file: str
    old: str
    new: str = ""


TABLE = tomllib.loads(Path(__file__).with_name("breakages.toml").read_text())
FIRST = [Breakage(**each) for each in TABLE["first"]]
# One plan serves many breakages, and shows of the other half that they are told apart.
GROUPS = {
    "odd": [each for each in FIRST if each.control % 2],
    "even": [each for each in FIRST if not each.control % 2],
    "further": [Breakage(**each) for each in TABLE["further"]],
}
BACKEND = """terraform {
  backend "s3" {
    bucket       = "interactions-prod-terraform-state-210987654321"
    encrypt      = true
    use_lockfile = true
  }
}
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """What infra-check looks at, without what Terraform leaves there, and with what infra/bootstrap writes."""
    for folder in ("infra", ".github"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=LEFT_OUT)
    (tmp_path / "infra/terraform/backend.tf").write_text(BACKEND)
    return tmp_path


def broken(copy: Path, breakages: list[Breakage]) -> Path:
    for each in breakages:
        path = copy / each.file
        text = path.read_text()
        assert each.old in text, f"{each.file} has changed: {each.old!r} of must {each.control} is not there"
        assert each.old != each.new, f"the edit for must {each.control} changes nothing"
        path.write_text(text.replace(each.old, each.new, 1))
    return copy


def check(source: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "infra.check", "controls", "--source", str(source)]
    return subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False)


def test_there_is_an_edit_for_every_must() -> None:
    assert [each.control for each in FIRST] == [control.number for control in all_controls()]


def test_an_edit_that_changes_nothing_is_no_test(copy: Path) -> None:
    with pytest.raises(AssertionError, match="is not there"):
        broken(copy, [Breakage(1, "infra/terraform/main.tf", "what nobody writes")])
    with pytest.raises(AssertionError, match="changes nothing"):
        broken(copy, [Breakage(1, "infra/terraform/main.tf", "resource", "resource")])


@pytest.mark.slow
@pytest.mark.usefixtures("planned_folder")  # skips where there is no Terraform
@pytest.mark.parametrize("group", GROUPS)
def test_what_is_broken_is_named_and_nothing_else(group: str, copy: Path) -> None:
    checked = check(broken(copy, GROUPS[group]))
    named = dict(re.findall(r"^must +(\d+) .*\n +(.*)$", checked.stdout, re.MULTILINE))
    assert {int(number) for number in named} == {each.control for each in GROUPS[group]}, checked.stdout
    assert all(named.values())
    assert checked.returncode == 1
    assert checked.stdout.startswith("FAILED controls: ")
