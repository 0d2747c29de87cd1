"""What is in the package, and what is not."""

from __future__ import annotations

import ast
import hashlib
import os
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from django.conf import global_settings
from rest_framework.settings import DEFAULTS as REST_FRAMEWORK_DEFAULTS

from project.settings import base
from tests.package.building import ROOT, Package

MEGABYTE = 1_000_000
LOCAL_ONLY = ("drf_spectacular", "interactions.api.openapi", "django.contrib.admin")
# `interactions.api.without_admin` is in its place when DRF's generator of schemas imports it.
STOOD_IN_FOR = "django.contrib.admindocs.views"
# Has submodules that are no files; and is of Lambda's own runtime.
MADE_UP = ("six.moves", "snapshot_restore_py")
# What settings name that is not there.
UNUSED = {
    "AUTHENTICATION_BACKENDS": "of django.contrib.auth, which is not installed",
    "MESSAGE_STORAGE": "of django.contrib.messages, which is not installed",
    "SESSION_ENGINE": "production has its own",
    "STATICFILES_FINDERS": "no static files are served",
    "STORAGES": "no static files are served",
    "TEST_RUNNER": "no tests are run",
}
UNCHECKED = 1  # https://peps.python.org/pep-0552/


def test_it_is_small(package: Package) -> None:
    assert package.path.stat().st_size <= 6 * MEGABYTE
    assert sum(map(len, package.files.values())) <= 25 * MEGABYTE


def test_its_entries_say_nothing_of_the_machine_that_built_it(package: Package) -> None:
    with ZipFile(package.path) as archive:
        entries = archive.infolist()
    assert [entry.filename for entry in entries] == sorted(entry.filename for entry in entries)
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert {oct(entry.external_attr >> 16) for entry in entries} == {"0o100644"}
    assert {entry.compress_type for entry in entries} == {ZIP_DEFLATED}
    homes = [str(ROOT).encode(), str(Path.home()).encode() + b"/", os.fsencode(sys.prefix)]
    assert [name for name, content in package.files.items() if any(home in content for home in homes)] == []


def test_every_module_has_byte_code_that_is_not_checked(package: Package) -> None:
    modules = {name for name in package.files if name.endswith(".py")}
    compiled = {name for name in package.files if name.endswith(".pyc")}
    assert {_compiled(name) for name in modules} == compiled
    for name in modules:
        code = package.files[_compiled(name)]
        assert int.from_bytes(code[4:8], "little") == UNCHECKED
        assert f"/var/task/{name}".encode() in code


def _compiled(name: str) -> str:
    folder, _, module = name.rpartition("/")
    return f"{folder}/__pycache__/{module}c".replace(".pyc", ".cpython-313.pyc").lstrip("/")


@pytest.mark.parametrize(
    "absent",
    [
        *("/tests/", "/locale/de/", "/static/", "django/contrib/admin/templates/", "rest_framework/templates/"),
        *("boto3/", "dist-info", "django/contrib/gis/", "django/db/backends/sqlite3/", "django/db/migrations/"),
        *("genai_prices", "pydantic", "infra/"),
        *("drf_spectacular", "gunicorn", "interactions/admin/", "interactions/management/", "interactions/models.py"),
        *("interactions/repositories/orm/", "settings/local.py", "botocore/data/ec2/", "botocore/data/s3/"),
    ],
)
def test_what_production_never_imports_is_left_out(package: Package, absent: str) -> None:
    assert [name for name in package.files if absent in name] == []


def test_what_is_read_as_it_runs_is_there(package: Package) -> None:
    for name in ("openapi.yaml", "interactions/aws/amazon-roots.pem", "interactions/domain/prices.json"):
        assert package.files[name] == (ROOT / name).read_bytes()
    services = {name.split("/")[2] for name in package.files if name.startswith("botocore/data/")}
    assert services >= {"dynamodb", "ssm", "endpoints.json", "partitions.json", "sdk-default-configuration.json"}
    assert "botocore/cacert.pem" in package.files


def test_what_is_ours_is_what_is_in_the_tree(package: Package) -> None:
    ours = {name for name in package.files if name.startswith(("interactions/", "project/")) and name.endswith(".py")}
    assert {name for name in ours if package.files[name] != (ROOT / name).read_bytes()} == set()


def test_all_that_ours_imports_anywhere_is_there(package: Package) -> None:
    found = [
        f"{module} imports {name}"
        for module in _modules(package)
        if module.partition(".")[0] in {"interactions", "project"}
        for name, _ in _imports(package, module)
        if not name.startswith((*LOCAL_ONLY, STOOD_IN_FOR)) and not _is_there(package, name)
    ]
    assert found == []


def test_each_module_finds_what_it_imports_first(package: Package) -> None:
    found = [
        f"{module} imports {name}"
        for module in _modules(package)
        for name, always in _imports(package, module)
        if always and not name.startswith(STOOD_IN_FOR) and not _is_there(package, name)
    ]
    assert found == []


def test_there_is_what_the_settings_name(package: Package) -> None:
    settings = {name: getattr(global_settings, name) for name in dir(global_settings) if name.isupper()}
    settings |= {name: getattr(base, name) for name in dir(base) if name.isupper()}
    settings |= REST_FRAMEWORK_DEFAULTS | base.REST_FRAMEWORK
    absent = {
        setting
        for setting, value in settings.items()
        if any(not _is_there(package, name) for name in _dotted_names(value))
    }
    assert absent == UNUSED.keys()
    text = (ROOT / "project" / "settings" / "production.py").read_text()
    named = {name for quoted in re.findall(r'"([^"]*)"', text) for name in _dotted_names(quoted)}
    assert "interactions.repositories.dynamodb.DynamoDBRepository" in named
    assert [name for name in named if not _is_there(package, name)] == []


def _dotted_names(value: Any) -> Iterator[str]:
    """What a setting names of modules, and what in them."""
    match value:
        case str():
            if re.fullmatch(r"(django|rest_framework|corsheaders|interactions|project)(\.\w+)+", value):
                yield value
        case dict():
            yield from _dotted_names([*value.values()])
        case list() | tuple():
            for each in value:
                yield from _dotted_names(each)


@cache
def _modules(package: Package) -> dict[str, str]:
    """The paths of all modules by their names."""
    paths = [name for name in package.files if name.endswith(".py")]
    return {path[:-3].removesuffix("/__init__").replace("/", "."): path for path in paths}


def _is_there(package: Package, name: str) -> bool:
    """Whether it is in the standard library, a module, or a name in one."""
    if name.partition(".")[0] in sys.stdlib_module_names or name.startswith(MADE_UP):
        return True
    modules = _modules(package)
    return name in modules or (name.rpartition(".")[0] in modules and not _left_out(name))


@cache
def _left_out(name: str) -> bool:
    """Whether it is a module that the package could have."""
    parts = name.split(".")
    places = [ROOT, *map(Path, sys.path)]
    return any(
        place.joinpath(*parts).with_suffix(".py").is_file() or place.joinpath(*parts, "__init__.py").is_file()
        for place in places
        if place.is_dir()
    )


@cache
def _imports(package: Package, module: str) -> set[tuple[str, bool]]:
    """The names it imports, and whether it does so whatever happens when it is imported itself."""
    path = _modules(package)[module]
    here = module if path.endswith("/__init__.py") else module.rpartition(".")[0]

    def walk(node: ast.AST, always: bool) -> Iterator[tuple[str, bool]]:
        for child in ast.iter_child_nodes(node):
            match child:
                case ast.Import():
                    yield from ((alias.name, always) for alias in child.names)
                case ast.ImportFrom(level=level):
                    start = here.split(".")[: len(here.split(".")) - level + 1] if level else []
                    origin = ".".join([*start, *([child.module] if child.module else [])])
                    yield origin, always
                    yield from ((f"{origin}.{alias.name}", always) for alias in child.names if alias.name != "*")
                case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.If() | ast.Try():
                    yield from walk(child, False)
                case ast.expr() | ast.arguments():  # in which nothing is imported
                    pass
                case _:
                    yield from walk(child, always)

    return {*walk(ast.parse(package.files[path]), True)}


def test_nothing_is_compiled_for_another_machine(package: Package) -> None:
    machines = {content[18] for content in package.files.values() if content[:4] == b"\x7fELF"}
    assert machines <= {183}  # aarch64


def test_the_manifest_has_the_hash_of_all_the_rest(package: Package) -> None:
    lines = [
        f"{name}\0{hashlib.sha256(content).hexdigest()}\n"
        for name, content in sorted(package.files.items())
        if name != "manifest.json"
    ]
    assert package.manifest["contents_sha256"] == hashlib.sha256("".join(lines).encode()).hexdigest()
