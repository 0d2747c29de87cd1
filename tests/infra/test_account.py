"""The stand-in account answers the three calls of a plan and refuses every other call."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from infra.check import account


@pytest.fixture
def client() -> Iterator[Callable[[str], Any]]:
    """Clients of the stand-in account, made with the variables that Terraform gets."""
    with account.answering() as variables:

        def make(service: str) -> Any:
            return boto3.client(
                service,
                region_name="us-east-1",
                endpoint_url=variables["AWS_ENDPOINT_URL"],
                aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
                aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
                config=Config(retries={"total_max_attempts": 1}, proxies={}),
            )

        yield make


def test_the_account_answers_what_a_plan_asks(client: Callable[[str], Any]) -> None:
    asked = {"ServiceCode": "lambda", "QuotaCode": "L-B99A9384"}
    assert client("sts").get_caller_identity()["Account"] == account.NUMBER
    assert client("service-quotas").get_service_quota(**asked)["Quota"]["Value"] == 1000
    assert client("service-quotas").get_aws_default_service_quota(**asked)["Quota"]["QuotaCode"] == "L-B99A9384"
    assert client("secretsmanager").get_random_password(PasswordLength=64)["RandomPassword"]


def test_the_account_has_no_other_quota(client: Callable[[str], Any]) -> None:
    with pytest.raises(ClientError, match="There is no quota ec2/L-1 here") as refused:
        client("service-quotas").get_service_quota(ServiceCode="ec2", QuotaCode="L-1")
    assert refused.value.response["Error"]["Code"] == "NoSuchResourceException"


@pytest.mark.parametrize(
    ("service", "operation", "arguments", "named"),
    [
        ("dynamodb", "list_tables", {}, "ListTables"),
        ("iam", "list_roles", {}, "ListRoles"),
        ("sts", "get_session_token", {}, "GetSessionToken"),
        ("secretsmanager", "create_secret", {"Name": "a", "ClientRequestToken": "0" * 32}, "CreateSecret"),
        ("lambda", "delete_function", {"FunctionName": "a"}, "DELETE /2015-03-31/functions/a"),
        ("s3", "list_buckets", {}, "GET /"),
    ],
)
def test_the_account_refuses_anything_else_by_its_name(
    client: Callable[[str], Any], service: str, operation: str, arguments: dict[str, str], named: str
) -> None:
    with pytest.raises(ClientError, match="nothing that a plan asks") as refused:
        getattr(client(service), operation)(**arguments)
    assert named in str(refused.value)
