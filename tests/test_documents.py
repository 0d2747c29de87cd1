"""The documents say what the code does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import get_commands
from django.urls import URLPattern, URLResolver, get_resolver

from interactions.providers.configuration import OPENAI_KEY, variable_of
from project.settings.secrets import FALLBACKS, KEY

ROOT = Path(__file__).resolve().parents[1]
READMES = [ROOT / "README.md", ROOT / "README.pt-BR.md"]
ADRS = sorted((ROOT / "docs" / "adr").glob("*.md"))
METHODS = ("get", "post", "put", "patch", "delete")


PARAMETER = re.compile(r"<(?:[a-z]+:)?([a-z_]+)>")


def endpoints() -> set[str]:
    return {
        f"{method.upper()} " + PARAMETER.sub(r"{\1}", path)
        for path, pattern in routes(get_resolver().url_patterns, "/")
        for method in methods_of(pattern)
        if not path.startswith("/admin") and path != "/"
    }


def routes(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, path)
        else:
            yield path, pattern


def methods_of(pattern: URLPattern) -> set[str]:
    callback = pattern.callback
    view = getattr(callback, "cls", None) or getattr(callback, "view_class", None)
    if hasattr(callback, "actions"):
        return {method for method in callback.actions if method in METHODS}
    if view is None:
        return {"get"}
    return {method for method in METHODS if hasattr(view, method)}


def settings_read() -> set[str]:
    """The names of the environment variables that the settings read, as those of secrets are made of their names."""
    reader = re.compile(r"""environment\.(?!secrets)[a-z]+\(\s*["']([A-Z_]+)["']""")
    found = {name for path in (ROOT / "project").rglob("*.py") for name in reader.findall(path.read_text())}
    return found | {variable_of(name) for name in (KEY, FALLBACKS, OPENAI_KEY)}


def table(readme: Path, header: str) -> list[str]:
    """The code in the first column of the table that begins with a column of that name."""
    lines = readme.read_text().splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith(f"| {header} |"))
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append(line.split("|")[1].strip().strip("`"))
    return rows


@pytest.mark.parametrize(("readme", "header"), [*zip(READMES, ("request", "pedido"), strict=True)])
def test_the_table_of_endpoints_is_the_urlconf(readme: Path, header: str) -> None:
    rows = table(readme, header)
    assert len(rows) == len(set(rows))
    assert set(rows) == endpoints()


@pytest.mark.parametrize(("readme", "header"), [*zip(READMES, ("command", "comando"), strict=True)])
def test_the_table_of_commands_is_what_there_is(readme: Path, header: str) -> None:
    ours = {name for name, app in get_commands().items() if app == "interactions"}
    assert {row.split()[0] for row in table(readme, header)} == ours


@pytest.mark.parametrize(("readme", "header"), [*zip(READMES, ("variable", "variável"), strict=True)])
def test_the_table_of_settings_is_what_is_read(readme: Path, header: str) -> None:
    assert set(table(readme, header)) == settings_read()


@pytest.mark.parametrize("readme", READMES)
def test_every_make_target_and_file_that_is_named_exists(readme: Path) -> None:
    text = readme.read_text()
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {one or other for one, other in re.findall(r"`make ([a-z]+)`|^make ([a-z]+)", text, re.MULTILINE)}
    assert {"run", "test"} <= named <= targets
    for link in re.findall(r"\]\((?!http)([^)]+)\)", text):
        assert (ROOT / link).exists(), link


@pytest.mark.parametrize("adr", ADRS, ids=lambda adr: adr.stem)
def test_each_decision_has_its_parts_on_one_page(adr: Path) -> None:
    text = adr.read_text()
    assert len(text.splitlines()) <= 60
    assert re.match(rf"# {int(adr.stem[:4])}\. \S", text)
    assert re.search(r"^Status: (accepted|superseded by \d+)$", text, re.MULTILINE)
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert headings == ["Context", "Decision", "Rejected", "Consequences"]


def test_decisions_are_numbered_without_a_gap() -> None:
    assert [int(adr.stem[:4]) for adr in ADRS] == [*range(1, len(ADRS) + 1)]
