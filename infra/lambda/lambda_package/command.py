"""The command: pins and sources in, the zip and its bill of materials out."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path

from lambda_package import contents
from lambda_package.archive import digest, zipped
from lambda_package.bytecode import compile_all, find_python
from lambda_package.distributions import Distribution, check_compiled, install
from lambda_package.failure import BuildFailed
from lambda_package.sbom import sbom
from lambda_package.target import ARCHITECTURES, PYTHON, Architecture

SOURCES = Path(__file__).resolve().parents[3]
MEGABYTE = 1_000_000


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="build.py", description=__doc__)
    parser.add_argument("--architecture", choices=ARCHITECTURES, default="arm64")
    parser.add_argument("--requirements", type=Path, default=SOURCES / "requirements.txt", help="pinned, with hashes")
    parser.add_argument("--output", type=Path, default=SOURCES / "dist", help="the folder for both files")
    given = parser.parse_args(arguments)
    try:
        said = build(ARCHITECTURES[given.architecture], given.requirements, given.output)
    except BuildFailed as error:
        print(f"The package cannot be built.\n{error}", file=sys.stderr)
        return 1
    print(said)
    return 0


def build(architecture: Architecture, requirements: Path, output: Path) -> str:
    """Write both files, or none; says what they are.

    Raises:
        BuildFailed: the text says what to do.
    """
    project = tomllib.loads((SOURCES / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    python, compiler = find_python()
    with tempfile.TemporaryDirectory(prefix="lambda-package-") as temporary:
        site, task = Path(temporary, "site"), Path(temporary, "task")
        distributions = install(requirements, architecture, site)
        inside = _gather(distributions, site, task, architecture)
        names = [*_files(task)]
        names += compile_all(python, task, [name for name in names if name.endswith(".py")])
        files = {name: (task / name).read_bytes() for name in names}
    files["manifest.json"] = _manifest(project["version"], architecture, inside, digest(files))
    archive = zipped(files)
    sha256 = hashlib.sha256(archive).hexdigest()
    document = sbom(
        name=project["name"],
        version=project["version"],
        architecture=architecture.name,
        sha256=sha256,
        compiler=compiler,
        distributions=inside,
    )
    output.mkdir(parents=True, exist_ok=True)
    _replace(output / "lambda.zip", archive)
    _replace(output / "lambda.cdx.json", document.encode())
    unpacked = sum(map(len, files.values())) / MEGABYTE
    return (
        f"{output / 'lambda.zip'}: {architecture.name}, {len(archive) / MEGABYTE:.1f} MB, unpacked {unpacked:.1f} MB\n"
        f"sha256 {sha256}"
    )


def _gather(
    distributions: list[Distribution], site: Path, task: Path, architecture: Architecture
) -> list[Distribution]:
    """Copy into `task` what goes in; returns the distributions of which something does."""
    for path in contents.ours(SOURCES):
        _copy(SOURCES / path, task / path)
    inside = []
    for distribution in distributions:
        paths = contents.of_others(distribution.files)
        check_compiled(site, paths, architecture)
        if not paths:
            continue
        inside.append(distribution)
        for path in paths:
            _copy(site / path, task / path)
        for path in distribution.licences:
            _copy(site / path, task / "licences" / distribution.name / Path(path).name)
    return inside


def _manifest(
    version: str, architecture: Architecture, distributions: list[Distribution], contents_sha256: str
) -> bytes:
    manifest = {
        "service": version,
        "architecture": architecture.name,
        "python": PYTHON,
        "distributions": {each.name: each.version for each in distributions},
        "contents_sha256": contents_sha256,
    }
    return (json.dumps(manifest, indent=2) + "\n").encode()


def _files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _replace(path: Path, content: bytes) -> None:
    """Write it whole, or leave what was there."""
    part = path.with_name(f"{path.name}.part")
    part.write_bytes(content)
    os.replace(part, path)
