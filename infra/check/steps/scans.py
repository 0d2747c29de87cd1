"""checkov on the code and on the plan; what is waived is waived in the code, with a reason."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

from infra.check import tools
from infra.check.source import Source
from infra.check.workspace import Failed

# It asks nothing of the network, and takes what is known only after the apply for something.
ENVIRONMENT = {"SKIP_PACKAGE_UPDATE_CHECK": "true", "EVAL_TF_PLAN_AFTER_UNKNOWN": "true", "LOG_LEVEL": "ERROR"}
OPTIONS = ("--compact", "--output", "json", "--skip-download")
WAIVER = re.compile(r"#\s*checkov:skip=(\w*)(?::[ \t]*(\S[^\n]*))?")


def code(source: Source) -> str:
    waivers = _waivers(source)
    results, said = _run(source, "--directory", "infra", "--framework", "terraform", "--skip-path", "tests")
    used = Counter((waived["file_path"].lstrip("/"), waived["check_id"]) for waived in results["skipped_checks"])
    if idle := waivers - used:
        raise Failed("\n".join(f"infra/{file} waives {check} where it does not fail" for file, check in idle))
    return f"{said}, each with a reason"


def plan(source: Source) -> str:
    folder = source.plan().path
    options = ("--file", str(folder / "plan.json"), "--repo-root-for-plan-enrichment", str(folder))
    return _run(source, *options, "--framework", "terraform_plan")[1]


def _waivers(source: Source) -> Counter[tuple[str, str]]:
    """How often each file waives each check."""
    found = Counter[tuple[str, str]]()
    for path in sorted((source.root / "infra").glob("*/*.tf")):
        file = f"{path.parent.name}/{path.name}"
        for check, reason in WAIVER.findall(path.read_text()):
            found[file, check] += 1
            if not check or not reason:
                raise Failed(f"infra/{file} waives {check or 'nothing'} without a reason")
    return found


def _run(source: Source, *options: str) -> tuple[dict[str, Any], str]:
    """checkov's results, and what they come to."""
    said = tools.run("checkov", *options, *OPTIONS, folder=source.root, environment=ENVIRONMENT, fails_by=2)
    report: dict[str, Any] = json.loads(said)
    if "results" not in report or report["summary"]["parsing_errors"] or not report["summary"]["resource_count"]:
        raise Failed(f"checkov has checked nothing, or not all: {said[:500]}")
    if failures := [_said(failed) for failed in report["results"]["failed_checks"]]:
        raise Failed("\n".join([f"{len(failures)} checks fail, and are not waived", *failures]))
    summary = report["summary"]
    return report["results"], f"{summary['passed']} checks pass, {summary['skipped']} are waived"


def _said(failed: dict[str, Any]) -> str:
    return f"     {failed['check_id']} {failed['resource']} ({failed['file_path']}): {failed['check_name']}"
