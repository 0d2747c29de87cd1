"""`make lambda-local`: what it prints works, and it leaves nothing running."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.lambda_local.serving import ROOT
from tests.package.building import Package
from tests.scripts import assert_gone, free_port, interrupted

SCRIPT = ROOT / "infra" / "run-lambda"


@pytest.mark.usefixtures("dynamodb_local")  # where it can be had, so can the script's own
def test_what_it_prints_works_and_it_leaves_nothing_running(package: Package, runtime: Path, tmp_path: Path) -> None:
    port = free_port()
    own = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "TMPDIR": str(tmp_path)}
    command = [str(SCRIPT), str(port), str(package.path), "--runtime", str(runtime)]
    with interrupted(command, own, until="Invoke  http") as said:
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
    assert_gone((port, int(control[1]), int(dynamodb[1])))
    assert list(tmp_path.iterdir()) == []
