"""`make run-production`: what it prints works, and it leaves nothing running."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from tests.e2e.client import Client
from tests.production.process import ROOT

SCRIPT = ROOT / "infra" / "run-production"


@pytest.mark.usefixtures("dynamodb_local")  # where it can be had, so can the script's own
def test_what_it_prints_works_and_it_leaves_nothing_running(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TMPDIR": str(tmp_path), "WEB_CONCURRENCY": "1"}
    process = subprocess.Popen(
        [str(SCRIPT), str(port)],
        env=own,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    try:
        said = ""
        for line in process.stdout:
            said += line
            if '"Booting worker' in line:
                break
        (key,) = re.findall(r"API key +(ik_\w+[\w-]*)", said)
        client = Client(f"http://127.0.0.1:{port}", key)
        recorded = client.ask("POST", "/v1/interactions", {"prompt": "Hi"})
        assert recorded.status == 201
        assert client.walk("/v1/interactions") == [recorded.body]
        dynamodb = re.search(r"Made at http://127\.0\.0\.1:([0-9]+)", said)
        assert dynamodb
    finally:
        os.killpg(process.pid, signal.SIGINT)  # as Ctrl+C does
        rest = process.stdout.read()
        process.stdout.close()
        status = process.wait()
    assert status == 130, said + rest
    for gone in (port, int(dynamodb[1])):
        with socket.socket() as late:
            assert late.connect_ex(("127.0.0.1", gone)) != 0
    assert list(tmp_path.iterdir()) == []
