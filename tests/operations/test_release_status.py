"""`release status`: what is live, for a person and for a program, and whether alias and parameter agree."""

from __future__ import annotations

import json

import pytest

from tests.commands.running import Commands
from tests.operations.deployed import DEPLOYMENT, Deployed
from tests.operations.released import agrees, canary, changes

pytestmark = pytest.mark.usefixtures("served")


def test_status_says_what_is_live(deployed: Deployed, commands: Commands) -> None:
    canary(commands, deployed)
    deployed.alarm("gateway-5xx")
    lines = commands.run("release", "status").out.splitlines()
    assert lines[0] == "interactions-prod in us-east-1"
    told = {line.split()[0]: line.split(maxsplit=1)[1] for line in lines[1:]}
    assert told["stable"] == "version 2, 90 % of the requests"
    assert told["canary"] == "version 3, 10 %"
    assert told["newest"].startswith("version 3, published 20")
    assert told["newest"].endswith('"the third"')
    assert told["tables"] == "interactions-prod-*"
    assert told["alarms"] == "interactions-prod-gateway-5xx"
    assert told.keys() == {"stable", "canary", "newest", "tables", "alarms"}


def test_status_is_a_document_too(deployed: Deployed, commands: Commands) -> None:
    document = json.loads(commands.run("release", "status", "--json").out)
    newest = document.pop("newest_version")
    assert document == {
        "environment": "prod",
        "region": "us-east-1",
        "stable_version": "2",
        "canary_version": None,
        "canary_weight": 0,
        "table_prefix": "interactions-prod-",
        "alarms": [],
        "parameter": {"stable_version": "2", "canary_version": None, "canary_weight": 0},
        "agrees": True,
        "mend": None,
    }
    assert newest["version"] == "3"
    found = deployed.lambda_.get_function_configuration(FunctionName=DEPLOYMENT.name, Qualifier="3")
    assert found["CodeSha256"].startswith(newest["code"])
    assert len(newest["code"]) == 12


@pytest.mark.parametrize("value", ["not JSON", "[]", '{"stable_version": "x"}', '{"stable_version": "2"}'])
def test_a_parameter_that_cannot_be_understood_is_written_anew(
    deployed: Deployed, commands: Commands, value: str
) -> None:
    deployed.put(DEPLOYMENT.release_parameter, value)
    said = commands.run("release", "status").out
    assert "says otherwise: nothing that can be understood." in said
    assert "manage.py release rollback --version 2" in said
    commands.run("release", "rollback", "--version", "2", "--yes")
    assert changes(deployed) == ["PutParameter"]
    assert deployed.alias == (2, {})
    assert agrees(deployed)


def test_a_parameter_that_is_missing_is_terraforms_to_make(deployed: Deployed, commands: Commands) -> None:
    deployed.ssm.delete_parameter(Name=DEPLOYMENT.release_parameter)
    failed = commands.fail("release", "rollback", "--yes")
    assert f"There is no parameter {DEPLOYMENT.release_parameter}: `terraform apply` makes it." in failed.message
    assert changes(deployed) == []
