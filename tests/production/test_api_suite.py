"""The same tests of the API, all of them, as events through the handler of Lambda, against DynamoDB Local."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from tests.dynamodb_local import DynamoDBLocal
from tests.production.plugin import LOCAL_ONLY
from tests.production.process import python

# What reads a whole table, or may.
NEVER = {"Scan", "ExecuteStatement", "BatchExecuteStatement", "ExecuteTransaction"}
RELATIONAL = {"interactions.models", "django.contrib.auth.models", "django.db.backends.sqlite3.base"}


def collected() -> set[str]:
    """The API's tests as they are on a laptop."""
    done = python(
        "-m", "pytest", "tests/api", "--collect-only", "-q", DJANGO_SETTINGS_MODULE=None, DJANGO_SECRET_KEY=None
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return {line for line in done.stdout.splitlines() if "::" in line}


@pytest.mark.slow
def test_the_api_passes_all_its_tests_as_events_in_production_and_never_scans(
    dynamodb_local: DynamoDBLocal, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "report.json"
    done = python(
        *("-m", "pytest", "tests/api", "--ds=project.settings.production", "-p", "tests.production.plugin"),
        *("--report", str(report), "-q", "--show-capture=no", "--tb=short"),
        AWS_ENDPOINT_URL_DYNAMODB=dynamodb_local.endpoint,
        AWS_ACCESS_KEY_ID=dynamodb_local.new_database(),
        TABLE_PREFIX="production-",
        AWS_EXECUTION_ENV="AWS_Lambda_python3.13",  # by which its runtime serializes answers
    )
    assert done.returncode == 0, done.stdout + done.stderr
    seen = json.loads(report.read_text())
    outcomes, local = seen["outcomes"], collected()
    with capsys.disabled():
        print(f"\n{len(local)} tests of the API; in production {dict(Counter(outcomes.values()))}")
        print(f"DynamoDB operations: {dict(sorted(seen['operations'].items()))}")
    assert outcomes.keys() == local
    assert {name for name, outcome in outcomes.items() if outcome != "passed"} == LOCAL_ONLY.keys()
    assert seen["operations"]["TransactWriteItems"] > 0
    assert not NEVER & seen["operations"].keys()
    assert not RELATIONAL & {*seen["modules"]}
    assert seen["requests"] > len(local)
