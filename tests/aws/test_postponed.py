"""PynamoDB is there without botocore's client, and botocore's client is there for who wants it, in any order."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pynamodb
import pytest

from interactions.dynamodb.postponed import POSTPONED

ROOT = Path(__file__).resolve().parents[2]
# What the errors of botocore need.
NEEDED = {"botocore", "botocore.exceptions", "botocore.vendored"}
POSTPONE, PYNAMODB = "interactions.dynamodb.postponed", "pynamodb.models"
WHOLE = """
from interactions.dynamodb.connection import DynamoDBConnection
client = DynamoDBConnection(region="us-east-1", access_key="a", wire="botocore").client
assert client.meta.service_model.service_name == "dynamodb"
client.close()
import botocore.client, botocore.exceptions, botocore.session, pynamodb.connection.base as base, sys
from interactions.dynamodb.postponed import _Postponed
assert isinstance(client, botocore.client.BaseClient)
assert not [name for name, module in sys.modules.items() if isinstance(module, _Postponed)]
assert not [name for name, value in vars(botocore).items() if isinstance(value, _Postponed)]
assert base.ClientError is botocore.exceptions.ClientError is botocore.client.ClientError
assert base.BotoCoreError is botocore.exceptions.BotoCoreError
"""


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.system
def test_importing_pynamodb_loads_nothing_of_botocore_but_its_errors() -> None:
    code = f"import {POSTPONE}, {PYNAMODB}, sys; print(*[name for name in sys.modules if name.startswith('boto')])"
    loaded = run(code).split()
    assert {name for name in loaded if not name.startswith("botocore.vendored.")} == NEEDED


def test_pynamodb_imports_no_more_of_botocore_than_is_postponed() -> None:
    """If a new version does, a cold start pays for it until it is postponed too."""
    imported: set[str] = set()
    for path in Path(pynamodb.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                imported.add(node.module)
    of_botocore = {name for name in imported if name.partition(".")[0] in {"botocore", "boto3"}}
    assert of_botocore - {"botocore.exceptions"} == {f"botocore.{name}" for name in POSTPONED}


@pytest.mark.system
@pytest.mark.parametrize(
    "order",
    [
        (POSTPONE,),
        (POSTPONE, PYNAMODB, "boto3"),
        (POSTPONE, "botocore.session", PYNAMODB),
        ("botocore.session", POSTPONE),
        ("botocore.config", POSTPONE, PYNAMODB),
        (PYNAMODB, POSTPONE),
        ("interactions.dynamodb.botocore_wire", POSTPONE),
        ("interactions.dynamodb.tables", POSTPONE),
        ("interactions.dynamodb.lean_wire", PYNAMODB, POSTPONE),
    ],
    ids=" ".join,
)
def test_botocore_is_whole_afterwards_whatever_was_imported_first(order: tuple[str, ...]) -> None:
    settings = "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'project.settings.local'"
    run("\n".join([settings, *(f"import {name}" for name in order), WHOLE]))


@pytest.mark.system
def test_threads_may_import_it_together() -> None:
    code = f"""
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from threading import Barrier
start = Barrier(8)
def work(name):
    start.wait(60)
    import_module(name)
with ThreadPoolExecutor(8) as threads:
    list(threads.map(work, ["{POSTPONE}"] * 8))
"""
    run(code + WHOLE)


@pytest.mark.system
@pytest.mark.usefixtures("dynamodb_local")  # left out where there is none
def test_the_store_keeps_its_promises_over_botocore_after_a_postponed_import() -> None:
    code = f"""
import {POSTPONE}, pytest, sys
files = ["tests/conformance/test_adding.py", "tests/conformance/test_idempotency.py"]
sys.exit(pytest.main(["-q", "-n", "0", "-p", "no:cacheprovider", "-k", "over-botocore", *files]))
"""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout
