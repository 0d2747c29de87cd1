"""Secrets: from SSM in one call, or from the environment without any; what is missing is named."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator

import pytest
from django.core.exceptions import ImproperlyConfigured

from project.settings.parameters import read_parameters
from tests.production import ssm
from tests.production.process import ENVIRONMENT, SECRET_KEY, python, started
from tests.production.reading import refused, settings_of

STORED = "stored-0123456789abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJ"
KEY = "/interactions/prod/django-secret-key"
FALLBACKS = "/interactions/prod/django-secret-key-fallbacks"


@pytest.fixture
def store() -> Iterator[ssm.ParameterStore]:
    with ssm.serving() as store:
        yield store


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An imitation of SSM in this process."""
    from moto import mock_aws

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, ENVIRONMENT[name])
    with mock_aws():
        yield


@pytest.fixture(params=["lean", "botocore"])
def wire(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.mark.system
def test_a_cold_start_asks_once_for_all_that_it_needs(store: ssm.ParameterStore, wire: str) -> None:
    store.values = {KEY: STORED, FALLBACKS: "an-earlier-key, the-one-before"}
    done = started(
        SSM_PREFIX="/interactions/prod", DJANGO_SECRET_KEY=None, AWS_ENDPOINT_URL_SSM=store.url, AWS_WIRE=wire
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [STORED, ["an-earlier-key", "the-one-before"]]
    assert store.asked == [{"Names": [KEY, FALLBACKS], "WithDecryption": True}]


def test_earlier_keys_need_not_be_there(store: ssm.ParameterStore) -> None:
    store.values = {KEY: STORED}
    settings = settings_of(SSM_PREFIX="/interactions/prod/", AWS_ENDPOINT_URL_SSM=store.url)
    assert (settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS) == (STORED, [])
    assert len(store.asked) == 1


def test_ssm_is_not_asked_without_a_prefix(store: ssm.ParameterStore) -> None:
    settings = settings_of(AWS_ENDPOINT_URL_SSM=store.url, DJANGO_SECRET_KEY_FALLBACKS="an-earlier-key")
    assert (settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS) == (SECRET_KEY, ["an-earlier-key"])
    assert store.asked == []


def test_a_missing_parameter_is_named_with_its_path(store: ssm.ParameterStore) -> None:
    text = refused(SSM_PREFIX="/interactions/prod", AWS_ENDPOINT_URL_SSM=store.url)
    assert f"no value for {KEY}: put each there" in text
    assert FALLBACKS not in text


@pytest.mark.parametrize(
    ("fault", "said", "tries"),
    [
        ((400, "AccessDeniedException"), "the role needs ssm:GetParameters", 1),
        ((400, "ThrottlingException"), "ThrottlingException", 3),
        ((500, "InternalServerError"), "InternalServerError", 3),
    ],
)
def test_what_parameter_store_refuses_is_told(
    store: ssm.ParameterStore, wire: str, fault: tuple[int, str], said: str, tries: int
) -> None:
    store.fault = fault
    text = refused(SSM_PREFIX="/interactions/prod", AWS_ENDPOINT_URL_SSM=store.url, AWS_WIRE=wire)
    assert f"SSM Parameter Store of us-east-1 answered {fault[1]} for {KEY}" in text
    assert said in text
    assert len(store.asked) == tries


def test_a_parameter_store_that_is_not_there_is_told() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # and not listened at
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        text = refused(SSM_PREFIX="/interactions/prod", AWS_ENDPOINT_URL_SSM=url)
    assert f"cannot be asked for {KEY}" in text
    assert "ConnectionRefusedError" in text


@pytest.mark.parametrize(
    ("fault", "page", "said"),
    [
        ((503, ""), b"<html>Service Unavailable</html>", "answered 503 for"),
        ((200, ""), b"<html>Welcome</html>", "answered 200 for"),
        ((200, ""), b'["Parameters"]', "answered 200 for"),
        ((400, ""), b"null", "answered 400 for"),
    ],
)
def test_what_does_not_come_of_parameter_store_is_told(
    store: ssm.ParameterStore, fault: tuple[int, str], page: bytes, said: str
) -> None:
    store.fault, store.page = fault, page
    text = refused(SSM_PREFIX="/interactions/prod", AWS_ENDPOINT_URL_SSM=store.url)
    assert said in text
    assert "<html>" not in text


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("AWS_ACCESS_KEY_ID", None, "there are no AWS credentials in the environment"),
        ("AWS_SECRET_ACCESS_KEY", "a-secret\nof-two-lines", "the secret key of AWS has a space, a line break"),
        ("AWS_REGION", "us-isob-east-1", "'us-isob-east-1' has no endpoint that is known here: set AWS_WIRE=botocore"),
        ("AWS_USE_FIPS_ENDPOINT", "true", "AWS_USE_FIPS_ENDPOINT is not followed"),
        ("HTTPS_PROXY", "http://127.0.0.1:1", "HTTPS_PROXY is not followed"),
        ("AWS_CA_BUNDLE", "/no/such/file", "/no/such/file cannot be read"),
        ("AWS_ENDPOINT_URL_SSM", "ssm", "the endpoint of ssm is 'ssm': give a URL of a host alone"),
    ],
)
def test_an_environment_that_cannot_work_is_told_what_is_wrong(variable: str, value: str | None, said: str) -> None:
    text = refused(**{"SSM_PREFIX": "/interactions/prod", variable: value})
    last = text.strip().splitlines()[-1]
    assert "ImproperlyConfigured: SSM Parameter Store of us-" in last
    assert said in last
    assert "of-two-lines" not in text


def test_a_value_that_is_no_key_is_refused_and_not_repeated(store: ssm.ParameterStore) -> None:
    store.values = {KEY: "set-me-in-the-console"}
    text = refused(SSM_PREFIX="/interactions/prod", AWS_ENDPOINT_URL_SSM=store.url)
    assert f"{KEY} must have 50 random characters or more" in text
    assert "set-me-in-the-console" not in text


@pytest.mark.system
def test_secrets_stay_out_of_the_log_even_where_everything_is_logged(store: ssm.ParameterStore, wire: str) -> None:
    store.values = {KEY: STORED}
    code = (
        "import logging; logging.basicConfig(level=logging.DEBUG); import project.settings.production as p;"
        "logging.getLogger('after').debug('the end'); assert p.SECRET_KEY.startswith('stored-')"
    )
    done = python("-c", code, SSM_PREFIX="/interactions/prod", AWS_ENDPOINT_URL_SSM=store.url, AWS_WIRE=wire)
    assert done.returncode == 0, done.stderr
    assert "the end" in done.stderr
    assert STORED not in done.stdout + done.stderr


@pytest.mark.usefixtures("aws")
def test_encrypted_parameters_come_decrypted_whatever_their_number() -> None:
    import boto3

    client = boto3.client("ssm", region_name="us-east-1")
    names = [f"key-{number}" for number in range(23)]
    for name in names:
        client.put_parameter(Name=f"/service/{name}", Value=f"value of {name}", Type="SecureString")
    found = read_parameters(
        "/service", region="us-east-1", wire="botocore", required=names[:20], optional=[*names[20:], "absent"]
    )
    assert found == {name: f"value of {name}" for name in names}


def test_they_come_over_the_lean_wire_whatever_their_number(
    store: ssm.ParameterStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, ENVIRONMENT[name])
    monkeypatch.setenv("AWS_ENDPOINT_URL_SSM", store.url)
    names = [f"key-{number}" for number in range(23)]
    store.values = {f"/service/{name}": f"value of {name}: é\u2028🙂" for name in names}
    found = read_parameters("/service", region="us-east-1", required=names[:20], optional=[*names[20:], "absent"])
    assert found == {name: f"value of {name}: é\u2028🙂" for name in names}
    assert [len(asked["Names"]) for asked in store.asked] == [10, 10, 4]


@pytest.mark.usefixtures("aws")
def test_each_missing_parameter_is_named() -> None:
    with pytest.raises(ImproperlyConfigured, match="no value for /service/one, /service/two: "):
        read_parameters("/service", region="us-east-1", wire="botocore", required=["one", "two"], optional=["three"])


@pytest.mark.parametrize("prefix", ["interactions/prod", "/", "//"])
def test_a_prefix_that_is_no_path_is_refused(prefix: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="give a path that begins with /"):
        read_parameters(prefix, region="us-east-1", required=["one"])
