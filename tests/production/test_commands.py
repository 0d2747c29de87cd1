"""The commands as an operator runs them: a process under the settings of production, with no relational database."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from tests.dynamodb_local import DynamoDBLocal
from tests.production.process import ENVIRONMENT, ROOT, python

Manage = Callable[..., str]
LINE = '{"prompt": "Which tram?", "response": "28.", "created_at": "2026-01-01T00:00:00Z"}\n'

pytestmark = pytest.mark.system


@pytest.fixture
def variables(dynamodb_local: DynamoDBLocal) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL_DYNAMODB": dynamodb_local.endpoint,
        "AWS_ACCESS_KEY_ID": dynamodb_local.new_database(),
        "TABLE_PREFIX": "ops-",
    }


@pytest.fixture
def manage(variables: dict[str, str]) -> Iterator[Manage]:
    """Run a command that has to succeed, or fail with `code=1`; what it says. One process runs a test's commands."""
    process = subprocess.Popen(
        [sys.executable, "-W", "error::ResourceWarning", "-m", "tests.production.commands"],
        cwd=ROOT,
        env=ENVIRONMENT | variables,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    given, told = process.stdin, process.stdout
    assert given
    assert told

    def run(*arguments: str, stdin: str = "", code: int = 0) -> str:
        print(json.dumps({"arguments": arguments, "stdin": stdin}), file=given, flush=True)
        done = json.loads(told.readline())
        said: str = done["said"]
        assert done["code"] == code, said
        assert "Traceback" not in said
        return said

    yield run
    process.communicate()
    assert process.returncode == 0


def test_a_command_is_a_process_whose_code_says_how_it_ended(variables: dict[str, str]) -> None:
    failed = python("manage.py", "create_account", "x", "--password-stdin", stdin="x", **variables)
    assert failed.returncode == 1
    assert "`python manage.py create_tables`" in failed.stderr
    assert "Traceback" not in failed.stderr
    done = python("manage.py", "create_tables", **variables)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Made at" in done.stdout


def test_accounts_and_keys_are_managed_from_the_first_to_the_last(manage: Manage) -> None:
    assert "`python manage.py create_tables`" in manage("create_account", "x", "--password-stdin", stdin="x", code=1)
    assert "Made at" in manage("create_tables")
    first = manage("welcome")
    assert "API key   ik_" in first
    assert "/admin" not in first + manage("welcome")
    assert "too common" in manage("create_account", "ana", "--password-stdin", stdin="password123\n", code=1)
    manage("create_account", "ana", "--password-stdin", stdin="correct-horse-battery\n")
    key_id = json.loads(manage("create_api_key", "ana", "--json"))["key_id"]
    assert f"revoke_api_key {key_id}" in manage("change_account", "ana", "--disable")
    manage("revoke_api_key", key_id)
    assert "revoked" in manage("list_api_keys", "ana")
    erased = manage("erase_user", "ana", "--yes", "--account")
    assert re.search("api keys: 1$", erased, re.MULTILINE)
    assert "The account is deleted." in erased
    assert "no account" in manage("change_account", "ana", "--enable", code=1)


def test_interactions_are_imported_exported_swept_and_made_up(manage: Manage) -> None:
    manage("create_tables")
    assert "1 interaction recorded" in manage("import_interactions", "-", "--user", "ana", stdin=LINE)
    assert "0 interactions recorded, 1 already there" in manage("import_interactions", "-", "--user", "ana", stdin=LINE)
    assert json.loads(manage("export_interactions"))["prompt"] == "Which tram?"
    assert "12 interactions recorded" in manage("seed_demo", "--count", "12")
    assert "Removed: 0 interactions" in manage("sweep_expired")
    assert "interactions: 1\n" in manage("erase_user", "ana", "--yes")
