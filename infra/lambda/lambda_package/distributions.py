"""The pinned distributions, as wheels for Lambda, from whatever machine this is."""

from __future__ import annotations

import csv
import email.parser
import re
import subprocess
import sys
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

from lambda_package.failure import BuildFailed
from lambda_package.target import PYTHON, Architecture

NO_WHEEL = "Lambda needs wheels: allow a version in pyproject.toml that has one, then `make lock`"
# What uv says, and what is to be done.
ADVICE = {
    "Hash mismatch": "a file is not the one that was pinned: do not use it; if the pins are wrong, `make lock`",
    "no wheels with a matching": NO_WHEEL,
    "has no usable wheels": NO_WHEEL,
    "network was disabled": "uv is told to stay offline, and has not fetched it before: unset UV_OFFLINE",
    "Failed to fetch": "look at the network, the proxy's variables, SSL_CERT_FILE and the address of the package index",
    "must have a hash": "each requirement has to have its hashes: `make lock` writes them",
}
UNKNOWN = "look at what uv says above"


@dataclass(frozen=True, slots=True)
class Distribution:
    """One that is installed; `files` are its paths in the folder."""

    name: str
    version: str
    metadata: Message
    tags: tuple[str, ...]
    files: frozenset[str]

    @property
    def requires(self) -> set[str]:
        """The names of what it needs, extras left out."""
        needs = [need for need in self.metadata.get_all("Requires-Dist", []) if "extra ==" not in need]
        return {normal(match[0]) for need in needs if (match := re.match(r"[A-Za-z0-9._-]+", need))}

    @property
    def licences(self) -> list[str]:
        """The paths of its licence texts."""
        inside = re.compile(r"[^/]+\.dist-info/.*(LICEN[CS]E|NOTICE|COPYING)[^/]*", re.IGNORECASE)
        return sorted(path for path in self.files if inside.fullmatch(path))


def install(requirements: Path, architecture: Architecture, folder: Path) -> list[Distribution]:
    """Install what is pinned into the folder, nothing compiled; sorted by name.

    Raises:
        BuildFailed: a wheel is missing, is not what was pinned, cannot be fetched, or is for another machine.
    """
    command = [
        *(sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", sys.executable, "--target", str(folder)),
        "--system-certs",  # uv's own know no authority of a company's
        *("--python-platform", architecture.platform, "--python-version", PYTHON, "--only-binary", ":all:"),
        *("--require-hashes", "--no-deps", "--requirements", str(requirements)),
    ]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode:
        advice = next((advice for said, advice in ADVICE.items() if said in done.stderr), UNKNOWN)
        raise BuildFailed(
            f"{done.stderr.strip()}\n"
            f"{requirements.name} cannot be installed for {architecture.name} and Python {PYTHON}: {advice}"
        )
    found = [_read(folder, info) for info in folder.glob("*.dist-info")]
    for distribution in found:
        _check_tags(distribution, architecture)
    return sorted(found, key=lambda distribution: distribution.name)


def check_compiled(folder: Path, paths: list[str], architecture: Architecture) -> None:
    """Raise BuildFailed if one of the files is compiled for another machine, whatever its wheel's tag says."""
    for path in paths:
        with (folder / path).open("rb") as file:
            header = file.read(20)
        if header[:4] == b"\x7fELF" and int.from_bytes(header[18:20], "little") != architecture.elf:
            raise BuildFailed(
                f"{path} is not compiled for {architecture.name}, though its wheel says so: pin another version"
            )


def normal(name: str) -> str:
    """A distribution's name as indexes write it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _read(folder: Path, info: Path) -> Distribution:
    metadata = _headers(info / "METADATA")
    with (info / "RECORD").open(newline="", encoding="utf-8") as record:
        files = frozenset(row[0] for row in csv.reader(record) if row and (folder / row[0]).is_file())
    tags = tuple(_headers(info / "WHEEL").get_all("Tag", []))
    return Distribution(normal(metadata["Name"]), metadata["Version"], metadata, tags, files)


def _headers(path: Path) -> Message:
    return email.parser.HeaderParser().parsestr(path.read_text(encoding="utf-8"))


def _check_tags(distribution: Distribution, architecture: Architecture) -> None:
    platforms = {platform for tag in distribution.tags for platform in tag.rpartition("-")[2].split(".")}
    foreign = [p for p in platforms if p != "any" and not p.endswith(f"_{architecture.machine}")]
    if foreign or not platforms:
        raise BuildFailed(
            f"the wheel of {distribution.name} {distribution.version} is for {', '.join(sorted(foreign)) or 'nothing'}"
            f" and not for {architecture.machine}: pin another version"
        )
