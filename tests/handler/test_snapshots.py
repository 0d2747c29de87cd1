"""What a snapshot of an initialized process holds, and what a process restored from it has: SnapStart's hooks."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.dynamodb_local import DynamoDBLocal
from tests.production import ssm
from tests.production.database import new_database
from tests.production.process import python

KEY = "/interactions/prod/django-secret-key"
FIRST, SECOND = "first-0123456789" * 4, "second-0123456789" * 4

pytestmark = pytest.mark.system

# Runs the hooks as Lambda's runtime does, and looks at the memory in between.
CODE = """
import gc, json, socket
import project.lambda_handler as module
from snapshot_restore_py import get_after_restore, get_before_snapshot
from django.conf import settings
from tests.events.invocation import answered
from tests.events.proxy import proxy_event

def run(hooks):
    for hook, arguments, named in hooks:
        hook(*arguments, **named)

def connected():
    return sum(isinstance(each, socket.socket) and each.fileno() >= 0 for each in gc.get_objects())

gc.unfreeze()
seen = {"before": [settings.SECRET_KEY[:6], connected()]}
run(get_before_snapshot())
try:
    settings.SECRET_KEY
except Exception as error:
    seen["between"] = [type(error).__name__, connected()]
run(get_after_restore())
seen["after"] = [settings.SECRET_KEY[:6], connected()]
seen["ready"] = answered(proxy_event(path="/ready")).status
seen["last"] = [settings.SECRET_KEY[:6], connected()]
print(json.dumps(seen))
"""


@pytest.fixture
def store() -> Iterator[ssm.ParameterStore]:
    with ssm.serving() as store:
        yield store


class Rotated(dict[str, str]):
    """The key is another once it has been read."""

    def __getitem__(self, name: str) -> str:
        value = super().__getitem__(name)
        self[name] = SECOND
        return value


def test_a_snapshot_has_no_key_and_no_connection_and_a_restored_process_its_own(
    store: ssm.ParameterStore, dynamodb_local: DynamoDBLocal
) -> None:
    environment = {
        **new_database(dynamodb_local).variables,
        "AWS_ENDPOINT_URL_SSM": store.url,
        "SSM_PREFIX": "/interactions/prod",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "snap-start",
    }
    store.values = Rotated({KEY: FIRST})
    done = python("-c", CODE, **environment)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "before": ["first-", 1],
        "between": ["ImproperlyConfigured", 0],
        "after": ["second", 0],
        "ready": 200,
        "last": ["second", 1],
    }


def test_without_snapshots_nothing_is_registered() -> None:
    code = "import sys, project.lambda_handler; assert 'snapshot_restore_py' not in sys.modules"
    done = python("-c", code, AWS_ENDPOINT_URL_DYNAMODB="http://127.0.0.1:9")
    assert done.returncode == 0, done.stderr
