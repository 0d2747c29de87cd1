"""The same package comes out wherever, whenever and by whomever it is built."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.package.building import ROOT, Package, build, uv_cache

SOURCES = ("infra/lambda", "interactions", "project")
FILES = ("LICENSE", "openapi.yaml", "pyproject.toml", "requirements.txt")

Build = Callable[[], Package]


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """The sources in another folder, with other times, and with what lies about in a folder that is worked in."""
    folder = tmp_path / "a folder of somebody else's"
    for source in SOURCES:
        shutil.copytree(ROOT / source, folder / source)
    for file in FILES:
        shutil.copyfile(ROOT / file, folder / file)
    (folder / "interactions" / "notes.txt").write_text("not for Lambda")
    (folder / "interactions" / "__pycache__").mkdir(exist_ok=True)
    (folder / "interactions" / "__pycache__" / "apps.cpython-313.pyc").write_bytes(b"stale")
    for number, path in enumerate(sorted(folder.rglob("*"))):
        os.utime(path, (number, number))
    return folder


@pytest.fixture
def another_build(elsewhere: Path, lambda_python: str, tmp_path: Path) -> Build:
    """Build there, by a user with other habits, and without the network."""
    temporary, home = tmp_path / "temporary", tmp_path / "home"
    temporary.mkdir()
    home.mkdir()

    def run() -> Package:
        done = build(
            tmp_path / "made",
            sources=elsewhere,
            umask=0o077,
            environment={
                "HOME": str(home),
                "LAMBDA_PYTHON": lambda_python,
                "LC_ALL": "C",
                "PYTHONHASHSEED": "1",
                "PYTHONOPTIMIZE": "2",
                "PYTHONPYCACHEPREFIX": str(home),
                "TMPDIR": str(temporary),
                "TZ": "Pacific/Kiritimati",
                "UV_CACHE_DIR": uv_cache(),
                "UV_OFFLINE": "1",
            },
        )
        assert done.returncode == 0, done.stderr
        assert [*temporary.iterdir()] == []
        return Package(tmp_path / "made")

    return run


def test_two_builds_in_different_places_give_the_same_bytes(package: Package, another_build: Build) -> None:
    another = another_build()
    assert another.files.keys() == package.files.keys()
    assert {name for name, content in another.files.items() if content != package.files[name]} == set()
    assert another.path.read_bytes() == package.path.read_bytes()
    assert another.bill_of_materials == package.bill_of_materials


def test_a_change_of_the_sources_changes_the_bytes(package: Package, another_build: Build, elsewhere: Path) -> None:
    with (elsewhere / "project" / "urls.py").open("a") as urls:
        urls.write("# changed\n")
    another = another_build()
    changed = {name for name, content in another.files.items() if content != package.files[name]}
    assert changed >= {"manifest.json", "project/urls.py"}
    assert another.manifest["contents_sha256"] != package.manifest["contents_sha256"]
    assert another.bill_of_materials["serialNumber"] != package.bill_of_materials["serialNumber"]


def test_the_command_says_the_hash_that_the_file_has(package: Package, tmp_path: Path, lambda_python: str) -> None:
    started = time.time_ns()
    done = build(tmp_path, "--architecture", "x86_64")
    assert done.returncode == 0, done.stderr
    whole = (tmp_path / "lambda.zip").read_bytes()
    assert (tmp_path / "lambda.zip").stat().st_mtime_ns >= started
    assert f"sha256 {hashlib.sha256(whole).hexdigest()}" in done.stdout.splitlines()
    assert Package(tmp_path).manifest["architecture"] == "x86_64"
