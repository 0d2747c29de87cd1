"""Byte code, which only a Python of the version that will run it can make."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from lambda_package.failure import BuildFailed, NoLambdaPython
from lambda_package.target import PYTHON, ROOT

# One process compiles all, in the order given: what marshal writes depends on which constants it has met.
# Lambda does not look whether byte code fits its source: unpacking sets other times than the zip has.
COMPILE = """
import py_compile, sys
unchecked = py_compile.PycInvalidationMode.UNCHECKED_HASH
for line in sys.stdin:
    path = line.rstrip("\\n")
    try:
        print(py_compile.compile(path, dfile=f"{sys.argv[1]}/{path}", doraise=True, invalidation_mode=unchecked))
    except py_compile.PyCompileError as error:
        sys.exit(str(error))
"""
ASK_VERSION = "import sys; print(sys.implementation.name, *sys.version_info[:3])"
MISSING = f"""\
What Python {PYTHON} runs only a Python {PYTHON} can compile: none is on PATH as python{PYTHON}, in pyenv or in uv.
Install one (`uv python install {PYTHON}`, `pyenv install {PYTHON}`, your system's package),
or name one: make package LAMBDA_PYTHON=…"""


def find_python() -> tuple[str, str]:
    """A CPython of Lambda's version, and its whole version: what LAMBDA_PYTHON names, else the first that there is.

    Raises:
        NoLambdaPython: there is none.
    """
    named = os.environ.get("LAMBDA_PYTHON")
    for path in [named] if named else _candidates():
        version = _version(path)
        if version and version.rpartition(".")[0] == PYTHON:
            return path, version
    raise NoLambdaPython(f"LAMBDA_PYTHON is {named!r}, which is no CPython {PYTHON}" if named else MISSING)


def compile_all(python: str, folder: Path, sources: list[str]) -> list[str]:
    """Compile them inside the folder, whose path the byte code does not have; returns the new paths.

    Raises:
        BuildFailed: one is not Python.
    """
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        [python, "-S", "-s", "-W", "ignore", "-X", "utf8", "-c", COMPILE, ROOT],
        cwd=folder,
        env=environment | {"PYTHONHASHSEED": "0"},
        input="".join(f"{path}\n" for path in sources),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        raise BuildFailed(f"{done.stderr.strip()}\nPython {PYTHON} cannot compile the package")
    return done.stdout.splitlines()


def _candidates() -> Iterator[str]:
    yield sys.executable
    if found := shutil.which(f"python{PYTHON}"):
        yield found
    # pyenv's python3.13 on PATH does nothing where another version is chosen. Its versions are folders side by side.
    named = os.environ.get("PYENV_ROOT")
    for root in [Path(named)] if named else [Path(sys.base_prefix).parent.parent, Path("~/.pyenv").expanduser()]:
        versions = root / "versions"
        releases = [path.name.removeprefix(f"{PYTHON}.") for path in versions.glob(f"{PYTHON}.*")]
        for release in sorted((int(each) for each in releases if each.isdecimal()), reverse=True):
            yield str(versions / f"{PYTHON}.{release}" / "bin" / f"python{PYTHON}")
    uv = [sys.executable, "-m", "uv", "python", "find", "--no-python-downloads", "--managed-python", PYTHON]
    if found := _said(uv):
        yield found


def _version(python: str) -> str | None:
    match (_said([python, "-I", "-S", "-c", ASK_VERSION]) or "").split():
        case ["cpython", *numbers]:
            return ".".join(numbers)
    return None


def _said(command: list[str]) -> str | None:
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    except OSError:
        return None
    return done.stdout.strip() if done.returncode == 0 else None
