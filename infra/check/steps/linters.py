"""The workflow, the Dockerfile and the scripts, each by the linter that is made for it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from infra.check import tools
from infra.check.source import Source
from infra.check.workspace import Absent, Failed

# Whatever else begins with a dot is made, and not written.
DOTTED = {".ci", ".github"}
MADE = {"artifacts", "data", "dist", "static", "__pycache__"}
SHELLS = ("sh", "bash", "dash", "ksh")


def workflow(source: Source) -> str:
    files = sorted((source.root / ".github" / "workflows").glob("*.y*ml"))
    if not files:
        raise Failed("there is no workflow in .github/workflows")
    tools.run("zizmor", "--offline", "--no-progress", "--quiet", *files, folder=source.root)
    tools.run("check-jsonschema", "--builtin-schema", "vendor.github-workflows", *files, folder=source.root)
    said = f"{_named(source, files)}: zizmor and check-jsonschema find nothing"
    try:
        tools.run("actionlint", *files, folder=source.root)
    except Absent as absent:
        return f"{said}; left out: {absent}"
    return f"{said}, nor does actionlint"


def dockerfile(source: Source) -> str:
    tools.run("hadolint", "Dockerfile", folder=source.root)
    return "hadolint finds nothing"


def scripts(source: Source) -> str:
    found = sorted(_scripts(source.root))
    if not found:
        raise Failed("there are no scripts")
    tools.run("shellcheck", "--external-sources", *found, folder=source.root)
    return f"shellcheck finds nothing in {_named(source, found)}"


def _scripts(root: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(root):
        folders[:] = [name for name in folders if name not in MADE and (name[0] != "." or name in DOTTED)]
        for name in names:
            path = Path(folder) / name
            if path.suffix == ".sh" or (not path.suffix and not path.is_symlink() and _is_for_a_shell(path)):
                yield path


def _is_for_a_shell(path: Path) -> bool:
    with path.open("rb") as file:
        first = file.readline(200).decode("utf-8", "replace")
    if not first.startswith("#!"):
        return False
    words = first[2:].split()
    return any(word.rpartition("/")[2] in SHELLS for word in words[:2])


def _named(source: Source, files: list[Path]) -> str:
    return ", ".join(path.relative_to(source.root).as_posix() for path in files)
