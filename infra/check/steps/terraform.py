"""What Terraform says of its code itself."""

from __future__ import annotations

from infra.check import tools
from infra.check.source import Source
from infra.check.workspace import Failed


def formatted(source: Source) -> str:
    tools.run("terraform", "fmt", "-check", "-recursive", "-diff", "infra", folder=source.root)
    return "infra/ is as terraform fmt writes it"


def validate(source: Source) -> str:
    for module in source.modules:
        source.workspace(module).run("validate")
    return f"{_named(source.modules)} are valid"


def test(source: Source) -> str:
    tested = [module for module in source.modules if any((source.root / "infra" / module).glob("tests/*.tftest.hcl"))]
    passed = [_passed(source.workspace(module).run("test")) for module in tested]
    if not passed:
        raise Failed("there are no tests of Terraform's own")
    return f"{_named(tested)}: {' '.join(passed)}"


def _passed(said: str) -> str:
    return next(line for line in reversed(said.splitlines()) if line.startswith("Success!"))


def _named(modules: list[str]) -> str:
    return " and ".join(f"infra/{module}" for module in modules)
