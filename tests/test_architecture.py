"""Who may import whom, where settings are read, how modules are made: `docs/adr/` says why, this file that it holds.

Arrows point inward: api, admin, commands → services, selectors, asking → repositories, accounts, providers → domain.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
THIS = Path(__file__).resolve().relative_to(ROOT).as_posix()
SERVICE = sorted(
    path.relative_to(ROOT).as_posix()
    for top in ("interactions", "project")
    for path in (ROOT / top).rglob("*.py")
    if "migrations" not in path.parts
)
TESTS = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("*.py"))
BENCHMARKS = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "benchmarks").rglob("*.py"))
INFRA = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "infra").rglob("*.py"))
MODULES = [*SERVICE, "manage.py", *TESTS, *BENCHMARKS, *INFRA]

ORM = (
    "django.db",
    "django.contrib.auth.admin",
    "django.contrib.auth.forms",
    "django.contrib.auth.models",
    "django.contrib.contenttypes",
    "django.contrib.sessions.models",
    "interactions.models",
    "interactions.accounts.orm",
    "interactions.repositories.orm",
)
ORM_PLACES = (
    "interactions/models.py",
    "interactions/repositories/orm/",
    "interactions/accounts/orm.py",
    "interactions/admin/",
    "interactions/management/",
)
AWS = ("boto3", "botocore", "pynamodb")
AWS_PLACES = (
    "interactions/management/production/",
    "interactions/dynamodb/",
    "interactions/repositories/dynamodb/",
    "interactions/accounts/dynamodb",
    "interactions/sessions/",
    "interactions/cache/",
    "interactions/providers/bedrock.py",
    "project/settings/parameters.py",  # SSM, before there are any settings
)
# What a layer may not know: whatever is built upon it.
OUTWARD = {
    "interactions/providers/": (
        *("services", "selectors", "asking", "answer_cache", "spending", "model_use"),
        *("repositories", "accounts", "api", "admin", "management"),
    ),
    "interactions/repositories/": ("services", "selectors", "api", "admin", "management"),
    "interactions/accounts/": ("services", "selectors", "repositories", "api", "admin", "management"),
    "interactions/services.py": ("api", "admin", "management"),
    "interactions/recording.py": ("services", "selectors", "asking", "providers", "api", "admin", "management"),
    "interactions/selectors.py": ("services", "api", "admin", "management"),
    "interactions/api/": ("admin", "management"),
    "interactions/admin/": ("api", "management"),
    "interactions/management/": ("api", "admin"),
}
SETTINGS_READERS = {
    "interactions/conf.py": "the one place for the app's own settings",
    "interactions/accounts/passwords.py": "SECRET_KEY_FALLBACKS is Django's own setting",
    "interactions/accounts/sessions.py": "SESSION_ENGINE is Django's own setting",
    "interactions/api/authentication.py": "SESSION_COOKIE_NAME is Django's own setting",
    "interactions/api/openapi/security.py": "describes the cookie, whose name is Django's own setting",
    "project/snapshots.py": "takes the keys out of a snapshot, and puts them back",
    "interactions/api/views.py": "/health says VERSION, which is the project's",
}
ENVIRONMENT_READERS = {
    "interactions/aws/credentials.py": "AWS's own variables",
    "interactions/aws/endpoints.py": "AWS's own variables",
    "project/gateway.py": "the trace that Lambda's runtime names for each invocation",
    "project/lambda_handler.py": "names the settings, before there are any",
    "project/settings/environment.py": "the one reader of variables",
    "project/wsgi.py": "names the settings, before there are any",
    "manage.py": "names the settings, before there are any",
}
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "shared"}
MAX_LINES = 300


def imports_in(source: str) -> set[str]:
    """The dotted names that a module imports, wherever in it; `from a import b` counts as `a` and `a.b`."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import():
                found |= {alias.name for alias in node.names}
            case ast.ImportFrom(module=str(module)):
                found |= {module, *(f"{module}.{alias.name}" for alias in node.names)}
            case ast.ImportFrom():
                found.add(".")
    return found


@cache
def imported_by(module: str) -> set[str]:
    return imports_in((ROOT / module).read_text())


def within(name: str, packages: tuple[str, ...]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def forbidden(packages: tuple[str, ...], *, outside: tuple[str, ...]) -> Iterator[str]:
    """Each import of the packages by a module of the service that lies outside the places."""
    for module in SERVICE:
        if not module.startswith(outside):
            yield from (f"{module} imports {name}" for name in imported_by(module) if within(name, packages))


def test_imports_are_seen_wherever_they_stand() -> None:
    source = "import a.b\nif X:\n    from c import d, e\ndef f():\n    import g as h\nfrom . import i"
    assert imports_in(source) == {"a.b", "c", "c.d", "c.e", "g", "."}


def test_there_are_modules_to_look_at() -> None:
    assert {"interactions/services.py", "interactions/domain/interaction.py", "project/urls.py"} <= set(SERVICE)
    assert THIS in TESTS


def test_only_models_adapters_admin_and_commands_import_the_orm() -> None:
    assert [*forbidden(ORM, outside=ORM_PLACES)] == []


def test_only_what_speaks_to_aws_imports_its_sdk() -> None:
    assert [*forbidden(AWS, outside=AWS_PLACES)] == []


def test_the_domain_imports_nothing_but_itself_and_the_standard_library() -> None:
    found = [
        f"{module} imports {name}"
        for module in SERVICE
        if module.startswith("interactions/domain/")
        for name in imported_by(module)
        if not within(name, ("interactions.domain",))
        and (name.partition(".")[0] not in sys.stdlib_module_names or name.startswith("sqlite3"))
    ]
    assert found == []


@pytest.mark.parametrize("layer", OUTWARD)
def test_no_layer_imports_what_is_built_upon_it(layer: str) -> None:
    outward = tuple(f"interactions.{name}" for name in OUTWARD[layer])
    modules = [module for module in SERVICE if module.startswith(layer)]
    assert modules
    assert [(m, name) for m in modules for name in imported_by(m) if within(name, outward)] == []


def test_no_view_touches_a_repository() -> None:
    found = [
        f"{module} imports {name}"
        for module in SERVICE
        if module.startswith("interactions/api/")
        for name in imported_by(module)
        if within(name, ("interactions.repositories",)) and not within(name, ("interactions.repositories.base",))
    ]
    assert found == []


def test_only_recording_adds_interactions_to_a_store() -> None:
    """Whoever adds one itself could forget to mask, to price or to let it expire."""
    adding = {
        path
        for path in SERVICE
        if not path.startswith("interactions/repositories/")
        for node in ast.walk(ast.parse((ROOT / path).read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and adds(node.func)
    }
    assert adding == {"interactions/recording.py"}


def adds(function: ast.Attribute) -> bool:
    """Whether it is a store's `add_many`, or `add` of `get_repository()` or a name for that."""
    return function.attr == "add_many" or (function.attr == "add" and "repository" in ast.unparse(function.value))


def test_the_app_does_not_know_the_project() -> None:
    assert [*forbidden(("project",), outside=("project/",))] == []


def test_settings_are_read_in_one_place_but_for_what_is_djangos_own() -> None:
    readers = {module for module in SERVICE if "django.conf.settings" in imported_by(module)}
    assert readers == SETTINGS_READERS.keys()


def test_the_environment_is_read_in_one_place() -> None:
    readers = {module for module in [*SERVICE, "manage.py"] if _reads_environment((ROOT / module).read_text())}
    assert readers == ENVIRONMENT_READERS.keys()


def _reads_environment(source: str) -> bool:
    names = {node.attr for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Attribute)}
    return bool({"environ", "getenv"} & names) or bool({"os.environ", "os.getenv"} & imports_in(source))


def test_nothing_is_called_by_a_name_that_says_nothing() -> None:
    assert [module for module in MODULES if VAGUE_NAMES & set(Path(module).with_suffix("").parts)] == []


def test_every_module_says_what_it_holds() -> None:
    sources = {module: (ROOT / module).read_text() for module in MODULES}
    assert [m for m, source in sources.items() if source.strip() and not ast.get_docstring(ast.parse(source))] == []


def test_no_module_is_longer_than_a_reader_can_hold() -> None:
    lengths = {module: len((ROOT / module).read_text().splitlines()) for module in MODULES}
    assert {module: length for module, length in lengths.items() if length > MAX_LINES} == {}


def test_nothing_is_left_for_later_in_a_comment() -> None:
    later = re.compile(r"\b(TODO|FIXME|HACK|XXX)\b")
    assert [module for module in MODULES if module != THIS and later.search((ROOT / module).read_text())] == []
