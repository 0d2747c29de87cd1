"""AWS's runtime client in a folder of its own, as in Lambda's `/var/runtime`, out of what this Python has installed."""

from __future__ import annotations

from importlib.metadata import distribution
from pathlib import Path

# The client and what it imports: a function finds nothing else that its zip lacks.
DISTRIBUTIONS = ("awslambdaric", "simplejson", "snapshot-restore-py")


def link_runtime(folder: Path) -> Path:
    """Link their modules into a new folder.

    Raises:
        PackageNotFoundError: one is not installed.
    """
    folder.mkdir()
    for name in DISTRIBUTIONS:
        found = distribution(name)
        for top in {file.parts[0] for file in found.files or []} - {"..", "__pycache__"}:
            (folder / top).symlink_to(Path(str(found.locate_file(top))))
    return folder
