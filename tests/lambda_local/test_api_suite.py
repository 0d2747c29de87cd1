"""The API's tests that need nothing of the inside, over HTTPS: API Gateway, Lambda's runtime client, the zip itself."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from tests.dynamodb_local import DynamoDBLocal
from tests.lambda_local.serving import serving
from tests.package.building import Package
from tests.production.process import ENVIRONMENT, python

# More than enough that none which could be asked is left out unnoticed.
AT_LEAST = 800


@pytest.mark.slow
def test_the_package_passes_all_of_the_apis_black_box_tests(
    package: Package, runtime: Path, dynamodb_local: DynamoDBLocal, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "report.json"
    variables = {
        **{name: value for name, value in ENVIRONMENT.items() if name != "PATH"},
        "ALLOWED_HOSTS": "127.0.0.1",
        "AWS_ACCESS_KEY_ID": dynamodb_local.new_database(),
        "TABLE_PREFIX": "gateway-",
    }
    made = python("manage.py", "create_tables", AWS_ENDPOINT_URL_DYNAMODB=dynamodb_local.endpoint, **variables)
    assert made.returncode == 0, made.stderr
    with serving(package.path, endpoint=dynamodb_local.endpoint, environment=variables, runtime=runtime) as gateway:
        done = python(
            *("-m", "pytest", "tests/api", "--ds=project.settings.production", "-p", "tests.production.plugin"),
            *("--report", str(report), "--service-url", gateway.url, "--service-authority", str(gateway.certificate)),
            *("-q", "-p", "no:randomly", "--show-capture=no", "--tb=short"),
            AWS_ENDPOINT_URL_DYNAMODB=dynamodb_local.endpoint,
            **variables,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    seen = json.loads(report.read_text())
    outcomes = Counter(seen["outcomes"].values())
    with capsys.disabled():
        print(f"\nThrough the gateway {dict(outcomes)}, with {seen['requests']} requests; left out {seen['left out']}")
    assert outcomes["passed"] > AT_LEAST
    assert outcomes["failed"] == 0
    assert seen["requests"] > AT_LEAST
