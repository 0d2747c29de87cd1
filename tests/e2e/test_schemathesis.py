"""Schemathesis, with all its checks, over the OpenAPI document that the running service serves."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.e2e.schemathesis_hooks import CALLER
from tests.e2e.service import Service

HOOKS = Path(__file__).with_name("schemathesis_hooks.py")
SCHEMATHESIS = Path(sys.executable).with_name("schemathesis")


def test_schemathesis_finds_no_server_error_no_undocumented_status_and_no_schema_violation(
    service: Service, tmp_path: Path
) -> None:
    command = [
        str(SCHEMATHESIS),
        "run",
        f"{service.url}/v1/schema",
        "--header",
        f"Authorization: Bearer {service.key(CALLER)}",
        "--checks",
        "all",
        "--phases",
        "examples,coverage,fuzzing,stateful",
        "--max-examples",
        os.environ.get("SCHEMATHESIS_EXAMPLES", "25"),
        "--seed",
        os.environ.get("SCHEMATHESIS_SEED", "1"),
    ]
    environment = {**os.environ, "SCHEMATHESIS_HOOKS": str(HOOKS)}
    # Its database of examples and its reports go where the test's other files go.
    found = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout + found.stderr
    assert "Tested: 20" in found.stdout, found.stdout
