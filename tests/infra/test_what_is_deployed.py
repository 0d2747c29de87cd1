"""What the plan would deploy is what runs here from end to end: handler, settings, tables, schedule."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest

from interactions.providers.configuration import read_providers, secrets_of
from tests.dynamodb_local import DynamoDBLocal
from tests.infra.planned import all_planned, environment_names, planned
from tests.lambda_local.conftest import lambda_python, package, runtime
from tests.lambda_local.serving import Gateway, serving
from tests.package.building import Package
from tests.production.process import ENVIRONMENT, python
from tests.production.ssm import serving as serving_parameters
from tests.test_documents import settings_read

__all__ = ["lambda_python", "package", "runtime"]

ROOT = Path(__file__).resolve().parents[2]
REGION = "us-east-1"
SECRET = "planted-secret-key-0123456789abcdefghijklmnopqrstuvwxyz-ABCDEFG"
# What Lambda sets beside the function's own variables, and addresses on this machine for AWS's.
AROUND = {"AWS_REGION": REGION, "AWS_SECRET_ACCESS_KEY": "none"}


def make_table(client: Any, table: dict[str, Any]) -> None:
    """The table that the plan has, in an emulator."""

    def keys(of: dict[str, Any]) -> list[dict[str, str]]:
        names = ((of["hash_key"], "HASH"), (of["range_key"], "RANGE"))
        return [{"AttributeName": name, "KeyType": kind} for name, kind in names if name]

    indexes = [
        {
            "IndexName": index["name"],
            "KeySchema": keys(index),
            "Projection": {"ProjectionType": index["projection_type"]}
            | ({"NonKeyAttributes": index["non_key_attributes"]} if index["non_key_attributes"] else {}),
        }
        for index in table["global_secondary_index"]
    ]
    client.create_table(
        TableName=table["name"],
        BillingMode=table["billing_mode"],
        KeySchema=keys(table),
        AttributeDefinitions=[
            {"AttributeName": attribute["name"], "AttributeType": attribute["type"]} for attribute in table["attribute"]
        ],
        **({"GlobalSecondaryIndexes": indexes} if indexes else {}),
    )


class Deployed:
    """The package behind a gateway, with the plan's function and tables."""

    def __init__(self, gateway: Gateway, variables: dict[str, str]) -> None:
        self.gateway = gateway
        # A person's own process, which has the key in its environment.
        own = {name: value for name, value in variables.items() if name != "SSM_PREFIX"} | {"DJANGO_SECRET_KEY": SECRET}
        made = python("manage.py", "create_api_key", "maria", "--json", **own)
        assert made.returncode == 0, made.stderr
        self._credential = f"Bearer {json.loads(made.stdout)['key']}"

    def ask(self, method: str, target: str, body: Any = None) -> tuple[int, Any]:
        sent = None if body is None else json.dumps(body).encode()
        answer = self.gateway.ask(method, target, sent, Authorization=self._credential, Content_Type="application/json")
        return answer.status, json.loads(answer.content or b"null")

    def invoke(self, event: str) -> Any:
        """What the function returns to an event that comes over no gateway."""
        control = urlsplit(self.gateway.control)
        with closing(HTTPConnection(control.netloc, timeout=60)) as connection:
            connection.request("POST", control.path, event.encode())
            return json.load(connection.getresponse())


@pytest.fixture
def deployed(
    plan: dict[str, Any], package: Package, runtime: Path, dynamodb_local: DynamoDBLocal
) -> Iterator[Deployed]:
    function = planned(plan, "aws_lambda_function.api")
    stage = planned(plan, "aws_api_gateway_stage.main")["stage_name"]
    variables = function["environment"][0]["variables"] | {"ALLOWED_HOSTS": "127.0.0.1"}
    assert variables.keys() == environment_names(plan)
    around = AROUND | {"AWS_ACCESS_KEY_ID": dynamodb_local.new_database()}
    client = boto3.client(
        "dynamodb",
        region_name=REGION,
        endpoint_url=dynamodb_local.endpoint,
        aws_access_key_id=around["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key="none",
    )
    for table in all_planned(plan, "aws_dynamodb_table"):
        make_table(client, table)
    client.close()
    with serving_parameters() as parameters:
        parameters.values[f"{variables['SSM_PREFIX']}/django-secret-key"] = SECRET
        endpoints = {"AWS_ENDPOINT_URL_SSM": parameters.url, "AWS_ENDPOINT_URL_DYNAMODB": dynamodb_local.endpoint}
        options = {
            "--name": function["function_name"],
            "--handler": function["handler"],
            "--memory": function["memory_size"],
            "--timeout": function["timeout"],
            "--stage": stage,
        }
        flat = [str(part) for option in options.items() for part in option]
        environment = variables | around | endpoints
        with serving(package.path, *flat, environment=environment, runtime=runtime) as gateway:
            yield Deployed(gateway, ENVIRONMENT | environment)
            assert SECRET not in gateway.log.read_text()


def test_the_plans_function_serves_over_the_plans_tables(deployed: Deployed, plan: dict[str, Any]) -> None:
    assert deployed.ask("GET", "/prod/health")[0] == 200
    assert deployed.ask("GET", "/prod/ready") == (200, {"status": "ready"}), "every table is there"

    exchange = {"conversation_id": "proof", "prompt": "What is deployed?", "response": "This.", "model": "example-1"}
    status, recorded = deployed.ask("POST", "/prod/v1/interactions", exchange)
    assert status == 201
    path = f"/prod/v1/interactions/{recorded['interaction_id']}"
    assert deployed.ask("GET", path) == (200, recorded)
    assert deployed.ask("GET", "/prod/v1/conversations")[1]["results"][0]["conversation_id"] == "proof"
    assert deployed.ask("GET", "/prod/v1/interactions?view=summary")[1]["results"][0]["model"] == "example-1"

    swept = deployed.invoke(planned(plan, "aws_cloudwatch_event_target.sweep")["input"])
    assert swept == {"abandoned": 0, "interactions": 0, "contents": 0, "idempotency_keys": 0, "complete": True}


def test_every_variable_of_the_function_is_one_that_the_settings_read(plan: dict[str, Any]) -> None:
    assert environment_names(plan) - {"DJANGO_SETTINGS_MODULE"} <= settings_read()


def test_the_plans_providers_are_read_as_they_are_meant_and_each_has_its_parameter(plan: dict[str, Any]) -> None:
    given = planned(plan, "aws_lambda_function.api")["environment"][0]["variables"]["PROVIDERS"]
    providers = read_providers(given)
    assert [(each.kind, each.model) for each in providers] == [("openai", "gpt-4.1-mini")]
    made = {each["name"] for each in all_planned(plan, "aws_ssm_parameter")}
    assert secrets_of(providers)
    assert {f"/interactions/prod/{name}" for name in secrets_of(providers)} <= made


def test_make_lambda_local_passes_the_same_variables_on(plan: dict[str, Any]) -> None:
    script = (ROOT / "infra" / "run-lambda").read_text()
    passed = set(re.findall(r"for variable in ([A-Z_\s\\]+);", script)[0].replace("\\", "").split())
    assert environment_names(plan) - passed == {"SSM_PREFIX"}, "which it unsets: its key comes from the environment"


def test_the_package_and_the_integration_are_those_of_the_plan(plan: dict[str, Any]) -> None:
    function = planned(plan, "aws_lambda_function.api")
    assert function["handler"] == "project.lambda_handler.handler"
    assert function["runtime"] == "python3.13"
    assert plan["variables"]["package"]["value"] == "../../dist/lambda.zip"
    assert "package:" in (ROOT / "Makefile").read_text()
    timeouts = {each["timeout_milliseconds"] for each in all_planned(plan, "aws_api_gateway_integration")}
    assert timeouts == {29000}
