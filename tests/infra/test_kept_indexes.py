"""An index that the live version may ask is neither deleted nor rebuilt; one that a release has retired may go."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from infra.check.changes import faults
from infra.check.plan import Plan
from infra.check.workspace import Workspace
from tests.infra.deployments import Applied, applied
from tests.infra.planned import all_planned

pytestmark = pytest.mark.system

__all__ = ["applied"]

TABLE = 'aws_dynamodb_table.service["interactions"]'
BY_DAY = (
    '"day-index"             = { hash_key = "day_shard", range_key = "interaction_id", projection = local.summary }'
)
BY_MONTH = BY_DAY.replace("day-index", "month-index").replace("day_shard", "month_shard")
RETIRED = 'retired_indexes = { interactions = ["day-index"] }'


class Releases:
    """A deployment without its firewall, which no index has to do with, and releases that change its code."""

    def __init__(self, applied: Workspace, folder: Path) -> None:
        self._workspace = Workspace.at(shutil.copytree(applied.root, folder, symlinks=True))
        self._main = self._workspace.path / "main.tf"
        security, state = self._workspace.path / "security.tf", self._workspace.path / "terraform.tfstate"
        security.write_text(security.read_text().partition("# --- The firewall")[0])
        document = json.loads(state.read_text())
        document["resources"] = [each for each in document["resources"] if not each["type"].startswith("aws_wafv2_")]
        state.write_text(json.dumps(document))

    def edit(self, old: str, new: str = "") -> None:
        text = self._main.read_text()
        assert old in text, f"{old!r} is not in the code any more"
        self._main.write_text(text.replace(old, new, 1))

    def plan(self) -> dict[str, Any]:
        return self._workspace.plan()

    def apply(self) -> None:
        self._workspace.run("apply", "-input=false", "plan.bin")


@pytest.fixture
def releases(applied: Applied, tmp_path: Path) -> Releases:
    return Releases(applied.workspace, tmp_path / "releases")


def indexes(plan: dict[str, Any]) -> set[str]:
    (table,) = [each for each in all_planned(plan, "aws_dynamodb_table") if each["name"].endswith("-interactions")]
    return {index["name"] for index in table["global_secondary_index"]}


def test_an_index_is_replaced_in_two_releases(releases: Releases) -> None:
    releases.edit(BY_DAY, f"{BY_DAY}\n        {BY_MONTH}")
    releases.edit("retired_indexes = {}", RETIRED)
    first = releases.plan()
    assert {"day-index", "month-index"} <= indexes(first)
    assert faults(Plan(first)) == []
    releases.apply()

    releases.edit(BY_DAY)
    releases.edit(RETIRED, "retired_indexes = {}")
    second = releases.plan()
    assert indexes(second) & {"day-index", "month-index"} == {"month-index"}
    assert faults(Plan(second)) == []


def test_a_release_that_retires_an_index_and_deletes_it_or_changes_others_is_refused(releases: Releases) -> None:
    releases.edit(BY_DAY, BY_MONTH)
    releases.edit("retired_indexes = {}", RETIRED)
    releases.edit('hash_key = "conversation_key"', 'hash_key = "status"')
    releases.edit(
        'range_key = "last_interaction_id", projection = null', 'range_key = "last_interaction_id", projection = []'
    )
    said = faults(Plan(releases.plan()))
    assert [each.partition(": the index ")[2].partition(" would")[0] for each in sorted(said)] == [
        "recent-index", "conversation_id-index", "day-index",
    ]  # fmt: skip


def a_plan(plan: dict[str, Any], actions: list[str], **before: object) -> Plan:
    """The plan for a deployment whose table of interactions is there, with these values."""
    document = json.loads(json.dumps(plan))
    for entry in document["resource_changes"]:
        if entry["address"] == TABLE:
            change = entry["change"]
            change |= {"actions": actions, "before": change["after"] | before}
            if actions == ["delete"]:
                change["after"] = None
    return Plan(document)


def test_a_table_that_is_deleted_or_replaced_loses_all_its_indexes(plan: dict[str, Any]) -> None:
    for actions in (["delete"], ["delete", "create"], ["create", "delete"]):
        assert len(faults(a_plan(plan, actions))) == 4, actions


def test_what_is_no_part_of_an_index_may_change(plan: dict[str, Any]) -> None:
    (index,) = [
        each
        for table in all_planned(plan, "aws_dynamodb_table")
        for each in table["global_secondary_index"]
        if each["name"] == "day-index"
    ]
    limited = index | {"on_demand_throughput": [{"max_read_request_units": 100, "max_write_request_units": 100}]}
    reordered = index | {"non_key_attributes": index["non_key_attributes"][::-1]}
    for before in (limited, reordered):
        others = [each for each in a_plan(plan, ["no-op"]).changes if each.address == TABLE]
        rest = [each for each in others[0].after["global_secondary_index"] if each["name"] != "day-index"]
        assert faults(a_plan(plan, ["update"], global_secondary_index=[before, *rest])) == []
