"""The compose file is one, and what is copied into the image is what it needs. `make infra-check` has hadolint."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent


@pytest.mark.system
def test_the_compose_file_is_one() -> None:
    command = [str(BIN / "check-jsonschema"), "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"]
    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout


def test_the_image_runs_as_nobody_in_particular_and_copies_only_named_files() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    assert "USER 10001" in lines
    assert not [line for line in lines if line.startswith("COPY . ")]
    assert (ROOT / ".dockerignore").read_text().startswith("*\n")
