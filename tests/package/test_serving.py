"""The unpacked package serves by itself, under settings that are all there are: no home, no path, no other package."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from tests.api.endpoints import endpoints
from tests.dynamodb_local import DynamoDBLocal
from tests.package.building import Package
from tests.production.database import new_database
from tests.production.process import ENVIRONMENT, SECRET_KEY
from tests.production.ssm import serving as serving_parameters

ANSWERING = Path(__file__).with_name("answering.py")
NOWHERE = "http://127.0.0.1:9"
HEALTH = {"method": "GET", "path": "/health"}
PASSWORD = "correct-horse-battery"

Request = dict[str, Any]


def run(
    interpreter: str, folder: Path, requests: Sequence[Request], *flags: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    settings = {name: value for name, value in ENVIRONMENT.items() if name != "PATH"}
    return subprocess.run(
        [interpreter, "-I", "-S", *flags, str(ANSWERING), str(folder)],
        cwd="/",
        env=settings | {"AWS_ENDPOINT_URL": NOWHERE} | environment,
        input=json.dumps(requests),
        capture_output=True,
        text=True,
        check=False,
    )


def answered(
    interpreter: str, folder: Path, requests: Sequence[Request], *flags: str, **environment: str
) -> dict[str, Any]:
    done = run(interpreter, folder, requests, *flags, **environment)
    assert done.returncode == 0, done.stderr
    seen: dict[str, Any] = json.loads(done.stdout)
    return seen


def health(seen: dict[str, Any]) -> tuple[int, Any]:
    [answer] = seen["answers"]
    return answer["statusCode"], json.loads(answer["body"])


def test_it_serves_and_writes_nothing(package: Package, unpacked: Path, lambda_python: str) -> None:
    before = sorted(unpacked.rglob("*"))
    seen = answered(lambda_python, unpacked, [HEALTH])
    assert health(seen) == (200, {"status": "ok", "version": package.manifest["service"]})
    assert sorted(unpacked.rglob("*")) == before


def test_it_takes_nothing_from_elsewhere_but_the_standard_library(unpacked: Path, lambda_python: str) -> None:
    seen = answered(lambda_python, unpacked, [HEALTH])
    assert "django" in seen["modules"]
    libraries = [file for file in seen["files"] if not file.startswith(f"{unpacked}/")]
    assert [file for file in libraries if "site-packages" in file] == []
    assert [file for file in libraries if "/lib/python3.13/" not in file] == [str(ANSWERING)]


def test_its_byte_code_is_what_runs(package: Package, tmp_path: Path, lambda_python: str) -> None:
    with ZipFile(package.path) as archive:
        archive.extractall(tmp_path)
    source = tmp_path / "project" / "settings" / "base.py"
    source.write_text(source.read_text().replace('VERSION = "', 'VERSION = "not compiled '))
    assert health(answered(lambda_python, tmp_path, [HEALTH]))[1]["version"] == package.manifest["service"]


def test_it_serves_from_its_sources_too(package: Package, unpacked: Path) -> None:
    """By the Python of these tests, which need not be Lambda's; `make lambda-local` takes the one that there is."""
    seen = answered(sys.executable, unpacked, [HEALTH], "-B")
    assert health(seen) == (200, {"status": "ok", "version": package.manifest["service"]})


@pytest.fixture(scope="module")
def served(unpacked: Path, lambda_python: str, dynamodb_local: DynamoDBLocal) -> Callable[..., dict[str, Any]]:
    """Ask it, over tables that are there, with an API key for everything and the account `alice`."""
    database = new_database(dynamodb_local, "package-")
    database.create_account("alice", PASSWORD)
    # Under another name, so that erasing Alice leaves the key that asks.
    key = database.create_key("service", "read", "write", "chat", "any")

    def ask(requests: Sequence[Request], **more: str) -> dict[str, Any]:
        credentials = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        whole = [request | {"headers": credentials | request.get("headers", {})} for request in requests]
        return answered(lambda_python, unpacked, whole, **database.variables, **more)

    return ask


@pytest.mark.parametrize("wire", ["lean", "botocore"])
def test_every_route_is_served_from_it_over_either_wire(served: Callable[..., dict[str, Any]], wire: str) -> None:
    aimed = [request.split(" ", 1) for request in sorted(endpoints())]
    paths = {path.replace("<str:user_id>", "alice").replace("<slug:slug>", "not-found") for _, path in aimed}
    paths = {path.replace("<str:pk>", "x").replace("<str:interaction_id>", "x") for path in paths}
    paths |= {"/problems/not-found", "/nothing-is-here"}
    login = json.dumps({"username": "alice", "password": PASSWORD})
    expected: list[tuple[Request, int]] = [
        ({"method": "GET", "path": "/ready"}, 200),
        ({"method": "POST", "path": "/v1/interactions", "body": '{"prompt": "Hi", "user_id": "alice"}'}, 201),
        ({"method": "POST", "path": "/v1/interactions", "body": '{"prompt": 1}'}, 400),
        ({"method": "GET", "path": "/v1/interactions", "query": {"user_id": "alice"}}, 200),
        ({"method": "POST", "path": "/v1/session", "body": login, "headers": {"Authorization": ""}}, 200),
        ({"method": "POST", "path": "/v1/session", "body": login.replace("horse", "mule")}, 401),
        ({"method": "GET", "path": "/v1/usage"}, 200),
        ({"method": "GET", "path": "/v1/schema"}, 200),
        ({"method": "GET", "path": "/v1/users/alice/export"}, 200),
        ({"method": "GET", "path": "/problems/not-found"}, 200),
        ({"method": "DELETE", "path": "/v1/users/alice"}, 200),
        ({"method": "POST", "path": "/nothing-is-here"}, 404),
    ]
    methods = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
    others: list[Request] = [{"method": method, "path": path} for path in sorted(paths) for method in methods]
    seen = served([*(request for request, _ in expected), *others], AWS_WIRE=wire)
    statuses = [answer["statusCode"] for answer in seen["answers"]]
    named = {
        f"{request['method']} {request['path']}": status
        for (request, _), status in zip(expected, statuses, strict=False)
    }
    assert statuses[: len(expected)] == [status for _, status in expected], named
    answers = zip(others, statuses[len(expected) :], strict=True)
    assert [(request, status) for request, status in answers if status >= 500] == []
    assert ("botocore.client" in seen["modules"]) == (wire == "botocore")


@pytest.mark.parametrize("wire", ["lean", "botocore"])
def test_it_reads_its_secrets_out_of_ssm_over_either_wire(unpacked: Path, lambda_python: str, wire: str) -> None:
    with serving_parameters() as store:
        store.values["/interactions/prod/django-secret-key"] = SECRET_KEY
        seen = answered(
            lambda_python,
            unpacked,
            [HEALTH],
            AWS_ENDPOINT_URL_SSM=store.url,
            AWS_WIRE=wire,
            DJANGO_SECRET_KEY="",
            SSM_PREFIX="/interactions/prod",
        )
        assert health(seen)[0] == 200
        assert len(store.asked) == 1


def test_a_secret_that_is_missing_ends_the_start_with_its_name(unpacked: Path, lambda_python: str) -> None:
    done = run(lambda_python, unpacked, [HEALTH], DJANGO_SECRET_KEY="")
    assert done.returncode != 0
    assert "DJANGO_SECRET_KEY must have 50 random characters or more" in done.stderr
