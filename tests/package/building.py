"""Runs the builder, and unpacks what it makes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from zipfile import ZipFile

ROOT = Path(__file__).resolve().parents[2]
UV = [sys.executable, "-m", "uv"]


@dataclass(frozen=True)
class Package:
    """The folder that has both files."""

    folder: Path

    @property
    def path(self) -> Path:
        return self.folder / "lambda.zip"

    @cached_property
    def files(self) -> dict[str, bytes]:
        """All that is in it."""
        with ZipFile(self.path) as archive:
            return {name: archive.read(name) for name in archive.namelist()}

    @cached_property
    def manifest(self) -> dict[str, Any]:
        manifest: dict[str, Any] = json.loads(self.files["manifest.json"])
        return manifest

    @cached_property
    def bill_of_materials(self) -> dict[str, Any]:
        bill: dict[str, Any] = json.loads((self.folder / "lambda.cdx.json").read_text())
        return bill

    def unpack(self, folder: Path) -> Path:
        """As Lambda does: nobody may write."""
        with ZipFile(self.path) as archive:
            archive.extractall(folder)
        for path in folder.rglob("*"):
            path.chmod(0o555 if path.is_dir() else 0o444)
        return folder


def build(
    output: Path,
    *arguments: str,
    sources: Path = ROOT,
    umask: int = -1,
    environment: Mapping[str, str | None] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run it; a variable that is None is left out."""
    changed = {name: value for name, value in ({**os.environ, **(environment or {})}).items() if value is not None}
    command = [sys.executable, str(sources / "infra" / "lambda" / "build.py"), "--output", str(output), *arguments]
    return subprocess.run(
        command, cwd=output.parent, env=changed, umask=umask, capture_output=True, text=True, check=False
    )


def build_package(output: Path) -> None:
    """Build the package of this tree."""
    done = build(output)
    assert done.returncode == 0, done.stderr


def build_runtime(output: Path) -> None:
    """Unpack AWS's runtime client for Lambda's Python."""
    program = ROOT / "infra" / "lambda" / "runtime.py"
    subprocess.run([sys.executable, str(program), str(output)], stdout=subprocess.DEVNULL, check=True)


def uv_cache() -> str:
    """Where uv keeps the wheels that it has fetched."""
    return subprocess.run([*UV, "cache", "dir"], capture_output=True, text=True, check=True).stdout.strip()
