"""The package says what it is made of, inside and beside it."""

from __future__ import annotations

import hashlib
import json
import re
import tomllib

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tests.package.building import ROOT, Package

# Pinned for production, but for what needs no package there: a laptop on Windows, and boto3, which nothing imports.
NOT_INSIDE = {"boto3", "s3transfer", "tzdata"}


def pinned() -> dict[str, str]:
    lines = (ROOT / "requirements.txt").read_text().splitlines()
    return dict(match.groups() for line in lines if (match := re.match(r"([a-z0-9-]+)==([^ ;]+)", line)))  # type: ignore[misc]


def test_the_manifest_names_every_distribution_that_is_pinned(package: Package) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    manifest = package.manifest
    assert manifest["distributions"] == {name: v for name, v in pinned().items() if name not in NOT_INSIDE}
    assert (manifest["service"], manifest["architecture"], manifest["python"]) == (project["version"], "arm64", "3.13")


def test_every_top_level_module_belongs_to_a_distribution_that_is_named(package: Package) -> None:
    found = {name.partition("/")[0].removesuffix(".py") for name in package.files if name.endswith(".py")}
    imported_as = {
        "django-cors-headers": "corsheaders",
        "djangorestframework": "rest_framework",
        "python-dateutil": "dateutil",
        "apig-wsgi": "apig_wsgi",
    }
    named = {imported_as.get(name, name) for name in package.manifest["distributions"]}
    assert found == named | {"interactions", "project"}


def test_every_distributions_licence_is_kept(package: Package) -> None:
    licensed = {name.split("/")[1] for name in package.files if name.startswith("licences/")}
    assert licensed == package.manifest["distributions"].keys()
    assert package.files["LICENSE"] == (ROOT / "LICENSE").read_bytes()


def test_the_bill_of_materials_is_valid_and_names_the_same(package: Package) -> None:
    bill = package.bill_of_materials
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(bill)) is None
    components = bill["components"]
    assert {each["name"]: each["version"] for each in components} == package.manifest["distributions"]
    assert {each["purl"] for each in components} == {
        f"pkg:pypi/{name}@{version}" for name, version in package.manifest["distributions"].items()
    }
    assert [each["name"] for each in components if not each.get("licenses")] == []


def test_the_bill_of_materials_is_that_of_this_very_file(package: Package) -> None:
    bill = package.bill_of_materials
    [digest] = bill["metadata"]["component"]["hashes"]
    assert digest == {"alg": "SHA-256", "content": hashlib.sha256(package.path.read_bytes()).hexdigest()}
    assert "timestamp" not in bill["metadata"]
    needs = {each["ref"]: set(each.get("dependsOn", ())) for each in bill["dependencies"]}
    assert needs["interactions-service"] == package.manifest["distributions"].keys()
    assert needs["pynamodb"] == {"botocore"}
    assert needs["botocore"] == {"jmespath", "python-dateutil", "urllib3"}
