"""`make run-production`: what it prints works, and it leaves nothing running."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests.e2e.client import Client
from tests.production.process import ROOT
from tests.scripts import assert_gone, free_port, interrupted

SCRIPT = ROOT / "infra" / "run-production"


@pytest.mark.system
@pytest.mark.usefixtures("dynamodb_local")  # where it can be had, so can the script's own
def test_what_it_prints_works_and_it_leaves_nothing_running(tmp_path: Path) -> None:
    port = free_port()
    own = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TMPDIR": str(tmp_path), "WEB_CONCURRENCY": "1"}
    with interrupted([str(SCRIPT), str(port)], own, until='"Booting worker') as said:
        (key,) = re.findall(r"API key +(ik_\w+[\w-]*)", said)
        client = Client(f"http://127.0.0.1:{port}", key)
        recorded = client.ask("POST", "/v1/interactions", {"prompt": "Hi"})
        assert recorded.status == 201
        assert client.walk("/v1/interactions") == [recorded.body]
        dynamodb = re.search(r"Made at http://127\.0\.0\.1:([0-9]+)", said)
        assert dynamodb
    assert_gone((port, int(dynamodb[1])))
    assert list(tmp_path.iterdir()) == []
