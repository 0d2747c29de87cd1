"""The comment on a pull request names what a plan changes, and no value."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from infra.check.plan import Plan
from infra.check.summary import MOST_LINES, main, summary

SECRET = "marker-value-7f3a"


def change(address: str, actions: list[str], before: Any = None, after: Any = None) -> dict[str, Any]:
    kind, _, name = address.partition(".")
    change = {"actions": actions, "before": before, "after": after, "after_unknown": {}}
    return {"address": address, "type": kind, "name": name, "mode": "managed", "change": change}


def document(*changes: dict[str, Any]) -> dict[str, Any]:
    root: dict[str, Any] = {"configuration": {"root_module": {}}, "planned_values": {"root_module": {}}}
    return {**copy.deepcopy(root), "resource_changes": list(changes)}


def test_it_counts_and_names_what_changes_and_tells_no_value() -> None:
    said = summary(
        Plan(
            document(
                change("aws_sqs_queue.new", ["create"], None, {"name": SECRET}),
                change("aws_sns_topic.old", ["delete"], {"name": SECRET}),
                change("aws_kms_key.same", ["no-op"], {"a": 1}, {"a": 1}),
                change("aws_lambda_alias.live", ["update"], {"name": "live", "description": SECRET}, {"name": "live"}),
                change("aws_iam_role.one", ["update"], {"name": SECRET, "path": "/"}, {"name": "new", "path": "/"}),
                change("aws_lambda_function.api", ["delete", "create"], {"runtime": "a"}, {"runtime": "b"}),
            )
        )
    )
    assert said.splitlines() == [
        "**Plan:** 1 to add, 2 to change, 1 to destroy, 1 to replace.",
        "",
        "- add `aws_sqs_queue.new`",
        "- destroy `aws_sns_topic.old`",
        "- change `aws_lambda_alias.live`: description",
        "- change `aws_iam_role.one`: name",
        "- replace `aws_lambda_function.api`: runtime",
    ]
    assert SECRET not in said


def test_it_warns_of_what_the_pipeline_will_refuse() -> None:
    parameter = {"has_value_wo": True, "description": "before", "type": "SecureString"}
    said = summary(
        Plan(document(change("aws_ssm_parameter.key", ["update"], parameter, parameter | {"description": "after"})))
    )
    assert "- :warning: aws_ssm_parameter.key: it would be sent without its value" in said


def test_a_plan_without_changes_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "plan.json").write_text(json.dumps(document()))
    assert main([str(tmp_path / "plan.json")]) == 0
    assert capsys.readouterr().out == "**Plan:** no changes.\n"


def test_a_long_plan_fits_into_a_comment() -> None:
    changes = [change(f"aws_sqs_queue.{'q' * 100}{n}", ["create"], None, {}) for n in range(MOST_LINES + 7)]
    said = summary(Plan(document(*changes)))
    assert said.splitlines()[-1] == "- … and 7 more"
    assert len(said) < 40_000
