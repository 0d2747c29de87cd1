"""What Terraform says of its code itself."""

from __future__ import annotations

from infra.check import tools
from infra.check.source import Source
from infra.check.workspace import Failed


def formatted(source: Source) -> str:
    tools.run("terraform", "fmt", "-check", "-recursive", "-diff", "infra", folder=source.root)
    return "infra/ is as terraform fmt writes it"


def test(source: Source) -> str:
    """What is tested is validated by each test's plan; a module without tests is validated by itself."""
    tested = [module for module in source.modules if any((source.root / "infra" / module).glob("tests/*.tftest.hcl"))]
    for module in (module for module in source.modules if module not in tested):
        source.workspace(module).run("validate")
    passed = [_passed(source.workspace(module).run("test")) for module in tested]
    if not passed:
        raise Failed("there are no tests of Terraform's own")
    return f"{_named(tested)}: {' '.join(passed)}"


def _passed(said: str) -> str:
    return next(line for line in reversed(said.splitlines()) if line.startswith("Success!"))


def _named(modules: list[str]) -> str:
    return " and ".join(f"infra/{module}" for module in modules)
