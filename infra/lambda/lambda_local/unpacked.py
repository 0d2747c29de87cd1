"""A function's zip, unpacked where nothing can be written, as `/var/task` is on Lambda."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from zipfile import ZipFile

READ_ONLY_FOLDER, READ_ONLY_FILE, WRITABLE_FOLDER = 0o555, 0o444, 0o755


class WrittenTo(Exception):
    """The function's code is not what was unpacked."""


@contextmanager
def unpacked(package: Path, folder: Path) -> Iterator[Path]:
    """Unpack into the folder, which must not be there yet, and remove it in the end.

    Raises:
        WrittenTo: in the end it was not what it had been.
    """
    with ZipFile(package) as archive:
        archive.extractall(folder)
    for path in _tree(folder):
        path.chmod(READ_ONLY_FOLDER if path.is_dir() else READ_ONLY_FILE)
    before = _digest(folder)
    try:
        yield folder
        if _digest(folder) != before:
            raise WrittenTo(f"the function has written into its code, which is read-only on Lambda: {package}")
    finally:
        for path in _tree(folder):
            if path.is_dir():
                path.chmod(WRITABLE_FOLDER)
        shutil.rmtree(folder)


def held_to_permissions() -> Sequence[str]:
    """What a command has to begin with so that even root may not write where it has no permission."""
    setpriv = shutil.which("setpriv")
    if not setpriv or sys.platform != "linux":
        return []
    dies_with_us = [setpriv, "--pdeathsig", "KILL"]
    return dies_with_us if os.geteuid() else [*dies_with_us, "--bounding-set=-dac_override,-dac_read_search"]


def _tree(folder: Path) -> list[Path]:
    return [folder, *sorted(folder.rglob("*"))]


def _digest(folder: Path) -> str:
    digest = sha256()
    for path in _tree(folder):
        content = b"" if path.is_dir() else path.read_bytes()
        digest.update(f"{path.relative_to(folder)} {path.stat().st_mode} {len(content)}\n".encode() + content)
    return digest.hexdigest()
