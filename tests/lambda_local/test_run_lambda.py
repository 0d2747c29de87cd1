"""`make lambda-local`: what it prints works, and it leaves nothing running."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from tests.lambda_local.serving import ROOT
from tests.package.building import Package

SCRIPT = ROOT / "infra" / "run-lambda"


@pytest.mark.usefixtures("dynamodb_local")  # where it can be had, so can the script's own
def test_what_it_prints_works_and_it_leaves_nothing_running(package: Package, runtime: Path, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TMPDIR": str(tmp_path)}
    process = subprocess.Popen(
        [str(SCRIPT), str(port), str(package.path), "--runtime", str(runtime)],
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
            if line.startswith("Invoke"):
                break
        record, read = re.findall(r"^curl (?:.*\\\n)*.*$", said, re.MULTILINE)
        recorded, listed = (
            subprocess.run(["sh", "-c", line], env=own, capture_output=True, text=True, check=True).stdout
            for line in (record, read)
        )
        assert '"response":"Lisbon."' in recorded
        assert recorded in listed
        control = re.search(r"^Invoke +http://127\.0\.0\.1:([0-9]+)", said, re.MULTILINE)
        dynamodb = re.search(r"Made at http://127\.0\.0\.1:([0-9]+)", said)
        assert control
        assert dynamodb
    finally:
        os.killpg(process.pid, signal.SIGINT)  # as Ctrl+C does
        rest = process.stdout.read()
        process.stdout.close()
        status = process.wait()
    assert status == 130, said + rest
    for gone in (port, int(control[1]), int(dynamodb[1])):
        with socket.socket() as late:
            assert late.connect_ex(("127.0.0.1", gone)) != 0
    assert list(tmp_path.iterdir()) == []
