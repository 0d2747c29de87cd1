"""A service is looked for where botocore looks for it, or not at all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from interactions.aws.credentials import Credentials
from interactions.aws.endpoints import NotSupported, endpoint_of, is_aws
from interactions.aws.service import JsonService
from tests.aws.conftest import Connect
from tests.aws.descriptions import read_once

if TYPE_CHECKING:
    from botocore.session import Session

# Networks of their own, with authorities of their own.
NOT_SUPPORTED = {"aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f"}
ENVIRONMENTS = [
    {},
    {"AWS_ENDPOINT_URL": "http://localhost:1"},
    {"AWS_ENDPOINT_URL_DYNAMODB": "http://localhost:2"},
    {"AWS_ENDPOINT_URL_DYNAMODB": "", "AWS_ENDPOINT_URL": "http://localhost:1"},
    {"AWS_ENDPOINT_URL_SSM": "http://localhost:3", "AWS_ENDPOINT_URL_S3": "http://localhost:4"},
    {"AWS_ENDPOINT_URL_DYNAMODB": "http://localhost:2", "AWS_ENDPOINT_URL": "http://localhost:1"},
    *(
        {"AWS_ENDPOINT_URL": "http://localhost:1", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": value}
        for value in ("true", "True", "false", "0", "1", "")
    ),
]


@pytest.fixture(scope="module", autouse=True)
def session() -> Iterator[Session]:
    from botocore.session import Session  # no other test of the first tier needs it

    with read_once():
        yield Session()


@pytest.fixture(scope="module")
def partitions(session: Session) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = session.get_component("data_loader").load_data("partitions")["partitions"]
    return found


@pytest.fixture(scope="module")
def regions(partitions: list[dict[str, Any]]) -> dict[str, str]:
    """The partition of each region. The others, as aws-global, are for services that have no region."""
    return {
        region: partition["id"]
        for partition in partitions
        for region in partition["regions"]
        if re.match(partition["regionRegex"], region)
    }


def botocores(service: str, region: str) -> str:
    from botocore.session import Session

    client = Session().create_client(service, region, aws_access_key_id="a", aws_secret_access_key="b")
    url: str = client.meta.endpoint_url
    client.close()
    return url


def lean(service: str, region: str = "us-east-1") -> str:
    return JsonService(service, target="", version="1.0", region=region, credentials=Credentials("a", "b")).endpoint


def test_there_are_regions_of_all_partitions(partitions: list[dict[str, Any]], regions: dict[str, str]) -> None:
    assert {*regions.values()} == {partition["id"] for partition in partitions}
    assert len(regions) >= 40


@pytest.mark.parametrize("service", ["dynamodb", "ssm"])
def test_every_region_has_the_endpoint_that_botocore_knows(
    session: Session, regions: dict[str, str], service: str
) -> None:
    supported = [region for region, partition in regions.items() if partition not in NOT_SUPPORTED]
    resolver = session._get_internal_component("endpoint_resolver")
    for region in supported:
        expected = f"https://{resolver.construct_endpoint(service, region)['hostname']}"
        assert (lean(service, region), is_aws(expected)) == (expected, True)
    for partition in {*regions.values()} - NOT_SUPPORTED:
        region = next(region for region in supported if regions[region] == partition)
        assert lean(service, region) == botocores(service, region)


def test_regions_of_networks_of_their_own_are_left_to_botocore(
    regions: dict[str, str], subtests: pytest.Subtests
) -> None:
    for region in (region for region, partition in regions.items() if partition in NOT_SUPPORTED):
        with subtests.test(region), pytest.raises(NotSupported, match="AWS_WIRE=botocore"):
            lean("dynamodb", region)


@pytest.mark.parametrize(
    "region",
    ["local", "aws-global", "us-east", "us-east-1\n", "us east-1", "us-east-1/x", "évian-les-1", "", "a.b-c-1"],
)
def test_other_regions_are_left_to_botocore(region: str) -> None:
    with pytest.raises(NotSupported, match="AWS_WIRE=botocore"):
        lean("dynamodb", region)


@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=str)
@pytest.mark.parametrize("service", ["dynamodb", "ssm"])
def test_awss_own_variables_lead_where_they_lead_botocore(
    monkeypatch: pytest.MonkeyPatch, service: str, environment: dict[str, str]
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert lean(service) == botocores(service, "us-east-1")


def test_a_service_with_a_hyphen_has_a_variable_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", "http://localhost:5")
    assert endpoint_of("cloudwatch-logs", "us-east-1") == "http://localhost:5"


@pytest.mark.parametrize("variable", ["AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT"])
def test_an_endpoint_of_another_kind_is_not_passed_over(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, "false")
    assert lean("dynamodb") == "https://dynamodb.us-east-1.amazonaws.com"
    monkeypatch.setenv(variable, "True")
    with pytest.raises(NotSupported, match=f"{variable} is not followed: .* AWS_WIRE=botocore"):
        lean("dynamodb")
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", "https://dynamodb-fips.us-east-1.amazonaws.com")
    assert lean("dynamodb") == "https://dynamodb-fips.us-east-1.amazonaws.com"


@pytest.mark.parametrize(
    "endpoint",
    [
        "localhost:8000",
        "ftp://localhost",
        "https://",
        "https://localhost/path",
        "https://localhost?a=b",
        "https://localhost#a",
        "https://user:password@localhost",
        "https://localhost:port",
        "https://localhost:99999",
        "https://[::1",
    ],
)
def test_what_is_no_url_of_a_host_is_refused(connect: Connect, endpoint: str) -> None:
    with pytest.raises(NotSupported, match=r"the endpoint of dynamodb is .*: give a URL of a host alone"):
        connect(endpoint)


@pytest.mark.parametrize(
    ("endpoint", "host"),
    [
        ("https://Table.Example", "table.example"),
        ("https://table.example:443/", "table.example"),
        ("http://table.example:443", "table.example:443"),
        ("http://[::1]:8000", "[::1]:8000"),
    ],
)
def test_a_host_is_named_as_botocore_names_it(endpoint: str, host: str) -> None:
    from botocore.auth import _host_from_url

    assert JsonService("dynamodb", target="", version="1.0", region="x", endpoint=endpoint)._host == host
    assert _host_from_url(endpoint) == host


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy"])
def test_nothing_goes_past_a_proxy(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, "http://proxy.example:3128")
    with pytest.raises(NotSupported, match=r"HTTPS_PROXY is not followed: .* AWS_WIRE=botocore"):
        lean("dynamodb")
    monkeypatch.setenv("NO_PROXY", "169.254.169.254,.amazonaws.com")
    assert lean("dynamodb") == "https://dynamodb.us-east-1.amazonaws.com"


def test_a_proxy_for_other_schemes_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.example:3128")
    monkeypatch.setenv("HTTPS_PROXY", "")
    assert lean("dynamodb") == "https://dynamodb.us-east-1.amazonaws.com"


@pytest.mark.parametrize(
    "endpoint", ["http://localhost:8000", "https://amazonaws.com.example", "https://notamazonaws.com", "nothing"]
)
def test_an_emulator_is_not_aws(endpoint: str) -> None:
    assert not is_aws(endpoint)
