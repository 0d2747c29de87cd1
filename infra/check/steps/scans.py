"""checkov on the code and on the plan; what is waived is waived in the code, with a reason."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from infra.check import tools
from infra.check.source import Source
from infra.check.workspace import Absent, Failed

# It asks nothing of the network, and takes what is known only after the apply for something.
ENVIRONMENT = {"SKIP_PACKAGE_UPDATE_CHECK": "true", "EVAL_TF_PLAN_AFTER_UNKNOWN": "true", "LOG_LEVEL": "ERROR"}
OPTIONS = ("--compact", "--output", "json", "--skip-download")
WAIVER = re.compile(r"#\s*checkov:skip=(\w*)(?::[ \t]*(\S[^\n]*))?")
# One process for all runs: checkov loads its checks for seconds. A result is a line of JSON.
RUNS = """
import contextlib, io, json, sys
from checkov.main import Checkov
for arguments in json.loads(sys.argv[1]):
    with contextlib.redirect_stdout(io.StringIO()) as said:
        Checkov(arguments).run()
    print(json.dumps(said.getvalue()))
"""

Result = dict[str, Any]


def checkov(source: Source) -> str:
    waivers = _waivers(source)
    runs, left_out = [["--directory", "infra", "--framework", "terraform", "--skip-path", "tests"]], ""
    if "terraform" in source.modules:
        try:
            plan = source.plan().path
            enriched = ["--repo-root-for-plan-enrichment", str(plan), "--framework", "terraform_plan"]
            runs.append(["--file", str(plan / "plan.json"), *enriched])
        except Absent as absent:
            left_out = f"; the plan is left out: {absent}"
    code, *planned = results = _run(source, runs)
    faults = [fault for result in results for fault in _failures(result)]
    used = Counter((waived["file_path"].lstrip("/"), waived["check_id"]) for waived in code["skipped_checks"])
    faults += [f"infra/{file} waives {check} where it does not fail" for file, check in waivers - used]
    if faults:
        raise Failed("\n".join(faults))
    return (
        "; ".join([f"{_told('code', code)}, each with a reason", *(_told("plan", each) for each in planned)]) + left_out
    )


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


def _run(source: Source, runs: list[list[str]]) -> list[Result]:
    """checkov's results, run by run."""
    python = Path(tools.find("checkov")).resolve().with_name("python")
    arguments = json.dumps([[*run, *OPTIONS] for run in runs])
    said = tools.run(str(python), "-P", "-c", RUNS, arguments, folder=source.root, environment=ENVIRONMENT)
    return [_checked(json.loads(line)) for line in said.splitlines()]


def _checked(said: str) -> Result:
    report: dict[str, Any] = json.loads(said)
    if "results" not in report or report["summary"]["parsing_errors"] or not report["summary"]["resource_count"]:
        raise Failed(f"checkov has checked nothing, or not all: {said[:500]}")
    results: Result = report["results"]
    return results


def _failures(result: Result) -> Iterator[str]:
    """The checks that fail, and are not waived."""
    for failed in result["failed_checks"]:
        yield f"{failed['check_id']} {failed['resource']} ({failed['file_path']}): {failed['check_name']}"


def _told(what: str, result: Result) -> str:
    return f"{what}: {len(result['passed_checks'])} checks pass, {len(result['skipped_checks'])} are waived"
