"""AWS's runtime client in a folder of its own, as in Lambda's `/var/runtime`, and the Python that it is for."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path

from lambda_package.bytecode import find_python
from lambda_package.failure import NoLambdaPython
from lambda_package.target import PYTHON

# The client and what it imports: a function finds nothing else that its zip lacks.
DISTRIBUTIONS = ("awslambdaric", "simplejson", "snapshot-restore-py")
REQUIREMENTS = Path(__file__).resolve().parents[3] / "requirements-dev.txt"


@dataclass(frozen=True, slots=True)
class Runtime:
    """An interpreter, and the folder of what it imports besides its own library and the zip."""

    interpreter: str
    folder: Path

    @classmethod
    def of(cls, folder: Path) -> Runtime:
        """The one that `make_runtime` has made there."""
        return cls((folder / "interpreter").read_text().strip(), folder.resolve())


def make_runtime(folder: Path) -> str:
    """Make one anew: for the Python that Lambda has, or for this one where there is no such; says which.

    Raises:
        subprocess.CalledProcessError: the client cannot be installed.
    """
    shutil.rmtree(folder, ignore_errors=True)
    try:
        interpreter, version = find_python()
    except NoLambdaPython:
        link_runtime(folder)
        own = ".".join(map(str, sys.version_info[:3]))
        return f"There is no Python {PYTHON} here, which Lambda has: the function runs on {own}, and starts slower."
    folder.mkdir(parents=True)
    pinned = re.findall(rf"^(?:{'|'.join(DISTRIBUTIONS)})==(?:.*\\\n)*.*\n", REQUIREMENTS.read_text(), re.MULTILINE)
    requirements = folder / "requirements.txt"
    requirements.write_text("".join(pinned))
    command = [
        *(sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", interpreter, "--target", str(folder)),
        "--system-certs",
        *("--only-binary", ":all:", "--require-hashes", "--no-deps", "--requirements", str(requirements)),
    ]
    subprocess.run(command, stdin=subprocess.DEVNULL, check=True)
    (folder / "interpreter").write_text(interpreter)
    return f"The function runs on Python {version}."


def link_runtime(folder: Path) -> Runtime:
    """Make one of what this Python has installed, in a new folder.

    Raises:
        PackageNotFoundError: the client is not installed.
    """
    folder.mkdir(parents=True)
    for name in DISTRIBUTIONS:
        found = distribution(name)
        for top in {file.parts[0] for file in found.files or []} - {"..", "__pycache__"}:
            (folder / top).symlink_to(Path(str(found.locate_file(top))))
    (folder / "interpreter").write_text(sys.executable)
    return Runtime.of(folder)
