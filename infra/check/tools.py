"""Programs that check: where they are, and what they say."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from infra.check.workspace import ROOT, Absent, Failed

# Beside this Python, and where the Makefile puts what cannot be installed there.
PLACES = (Path(sys.executable).parent, ROOT / ".checkov" / "bin", ROOT / ".tools")
INSTALLED_BY = {
    "actionlint": "needs Go: `make .tools/actionlint`",
    "check-jsonschema": "`make install`",
    "checkov": "`make .checkov/stamp`",
    "hadolint": "`make install`",
    "shellcheck": "`make install`",
    "terraform": "https://developer.hashicorp.com/terraform/install",
    "zizmor": "`make install`",
}


def find(name: str) -> str:
    """Where the program is.

    Raises:
        Absent: it is nowhere.
    """
    path = os.pathsep.join([*map(str, PLACES), os.environ.get("PATH", os.defpath)])
    if (found := shutil.which(name, path=path)) is None:
        raise Absent(f"{name} is not installed ({INSTALLED_BY[name]})")
    return found


def run(
    name: str, *arguments: str | Path, folder: Path, environment: Mapping[str, str] | None = None, fails_by: int = 1
) -> str:
    """What the program writes to standard output. It has failed when it ends with `fails_by` or more, or by a signal.

    Raises:
        Absent: it is nowhere.
        Failed: it finds something wrong, which the text tells.
    """
    command = [find(name), *map(str, arguments)]
    # Programs find one another, as actionlint does shellcheck.
    path = os.pathsep.join([*map(str, PLACES), os.environ.get("PATH", os.defpath)])
    given = {**os.environ, "PATH": path, "NO_COLOR": "1", **(environment or {})}
    done = subprocess.run(command, cwd=folder, env=given, capture_output=True, text=True, check=False)
    if not 0 <= done.returncode < fails_by:
        raise Failed(f"{name}: {(done.stdout + done.stderr).strip() or f'it ended with status {done.returncode}'}")
    return done.stdout
