"""The package as it is deployed, from end to end: HTTPS, API Gateway, Lambda's runtime client, DynamoDB Local."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.dynamodb_local import DynamoDBLocal
from tests.lambda_local.package_service import PASSWORD, Service, package_served
from tests.lambda_local.serving import serving
from tests.package.building import Package
from tests.production.browser import Browser
from tests.production.process import ENVIRONMENT, python
from tests.production.ssm import serving as serving_parameters

INTERACTIONS = "/v1/interactions"
MEMORY_KB = 64 * 1024
# All that JSON, base64 or a gateway might change.
ODD = 'é "quoted" \\ \u2028 \x7f 🚋\r\n\t</script>'


@pytest.fixture(scope="module")
def service(package: Package, runtime: Path, dynamodb_local: DynamoDBLocal) -> Iterator[Service]:
    with package_served(package.path, runtime, dynamodb_local) as running:
        running.database.create_account("alice", PASSWORD)
        yield running
        assert running.leaked() == [], "of all that these tests have done"


@pytest.fixture
def browser(service: Service) -> Browser:
    return Browser(service.gateway.origin, service.gateway.certificate, prefix="/prod")


def test_it_is_alive_and_ready(service: Service) -> None:
    assert service.ask("GET", "/health").status == 200
    assert service.ask("GET", "/ready").status == 200


def test_a_person_logs_in_writes_reads_and_logs_out_behind_the_stage(service: Service, browser: Browser) -> None:
    token = browser.log_in("alice", PASSWORD)
    assert browser.ask("POST", INTERACTIONS, {"prompt": "marker-prompt"}).status == 403
    evil = browser.ask("POST", INTERACTIONS, {"prompt": "Hi"}, token=token, origin="https://evil.example")
    assert evil.status == 403
    recorded = browser.ask("POST", INTERACTIONS, {"prompt": "marker-prompt"}, token=token)
    location = recorded.headers["Location"]
    assert location == f"{service.gateway.url}{INTERACTIONS}/{recorded.json()['interaction_id']}"
    path = location.removeprefix(service.gateway.url)
    assert browser.ask("GET", path).json() == recorded.json()
    session = str(browser.cookie("sessionid").value)
    assert browser.ask("DELETE", "/v1/session", token=token).status == 204
    assert browser.ask("GET", path).status == 401
    assert session not in service.gateway.log.read_text()
    assert token not in service.gateway.log.read_text()


def test_links_can_be_followed_as_they_are(service: Service) -> None:
    key = service.create_key("walker")
    made = [service.ask("POST", INTERACTIONS, {"prompt": f"{n}"}, Authorization=key) for n in range(5)]
    for answer in made:
        assert service.ask("GET", answer.headers["Location"], Authorization=key).json() == answer.json()
    found: list[Any] = []
    following: str | None = f"{INTERACTIONS}?limit=2"
    while following:
        page = service.ask("GET", following, Authorization=key)
        found += page.json()["results"]
        following = page.json()["next"]
        linked = re.fullmatch(r'<(.*)>; rel="next"', page.headers["Link"] or "")
        assert (linked and linked[1]) == following
    assert found == [answer.json() for answer in reversed(made)]


def test_a_problems_type_leads_to_its_page(service: Service) -> None:
    document = service.ask("GET", "/v1/nowhere").json()
    assert document["instance"] == "/prod/v1/nowhere"
    assert service.ask("GET", service.gateway.origin + document["type"]).status == 200


def test_the_scheme_of_a_credential_is_asked_for_under_another_name(service: Service) -> None:
    refused = service.ask("GET", INTERACTIONS)
    assert refused.status == 401
    assert refused.headers["x-amzn-remapped-www-authenticate"].startswith("Bearer")


AS_WITHOUT_GATEWAY = """
import base64, json, sys
import project.wsgi
from django.test import Client
for path in json.loads(sys.argv[2]):
    answer = Client(headers={"Authorization": sys.argv[1]}).get(path, SERVER_NAME="127.0.0.1", secure=True)
    print(json.dumps([answer.status_code, answer["Content-Type"], base64.b64encode(answer.content).decode()]))
"""


def test_answers_of_every_content_type_come_byte_for_byte_the_largest_page_too(service: Service) -> None:
    key, text = service.create_key("writer"), ODD * 6_000
    for number in range(25):
        body = {"prompt": f"{number}{text}", "response": text}
        recorded = service.ask("POST", INTERACTIONS, body, Authorization=key)
        assert recorded.status == 201
    item = recorded.headers["Location"].removeprefix(service.gateway.url)
    paths = ["/v1/users/writer/export", item, "/v1/schema", "/problems/not-found", "/health"]
    done = python("-c", AS_WITHOUT_GATEWAY, key, json.dumps(paths), **service.environment)
    assert done.returncode == 0, done.stderr
    types = set()
    for path, line in zip(paths, done.stdout.splitlines(), strict=True):
        status, content_type, content = json.loads(line)
        answer = service.ask("GET", path, Authorization=key)
        assert (answer.status, answer.headers["Content-Type"]) == (status, content_type)
        assert answer.content == b64decode(content)
        types.add(content_type.partition(";")[0])
    assert types == {"application/x-ndjson", "application/json", "application/vnd.oai.openapi", "text/html"}
    page = service.ask("GET", paths[0], Authorization=key)
    assert 3_500_000 < len(page.content) < 4_100_000
    assert f"{service.gateway.url}/v1/users/writer/export" in page.headers["Link"]


def test_the_schedules_task_is_done(service: Service) -> None:
    from tests.lambda_local.test_environments import invoked

    answer = invoked(service.gateway, {"task": "sweep_expired"})
    assert answer.json()["complete"] is True
    assert "X-Amz-Function-Error" not in answer.headers


def test_a_version_lends_a_key_for_its_trial_and_counts_failures_as_its_own(service: Service) -> None:
    from tests.lambda_local.test_environments import invoked

    lent = invoked(service.gateway, {"task": "lend_trial_key"}).json()
    service.keys.append(lent["key"])
    key = f"Bearer {lent['key']}"
    recorded = service.ask("POST", INTERACTIONS, {"prompt": "Hi"}, Authorization=key)
    assert service.ask("GET", recorded.headers["Location"], Authorization=key).json() == recorded.json()
    erased = service.ask("DELETE", f"/v1/users/{lent['user_id']}", Authorization=key).json()
    assert (erased["interactions"], erased["api_keys"], erased["complete"]) == (1, 1, True)
    lines = [json.loads(line) for line in service.gateway.log.read_text().splitlines() if lent["user_id"] in line]
    assert lines[0]["message"] == "lend_trial_key"
    for line in lines[1:]:
        _, by_version = line["_aws"]["CloudWatchMetrics"]
        assert by_version["Dimensions"] == [["service", "version"]]
        assert (line["version"], line["server_errors"]) == ("1", 0)


def test_no_line_has_what_anybody_wrote_or_proved_to_be_with(service: Service, browser: Browser) -> None:
    key, token = service.create_key("scribe"), browser.log_in("alice", PASSWORD)
    everything = {
        "prompt": "marker-prompt",
        "response": "marker-response",
        "conversation_id": "marker-conversation",
        "metadata": {"marker-name": "marker-value"},
    }
    item = service.ask("POST", INTERACTIONS, everything, Authorization=key, Idempotency_Key="marker-idempotency")
    path = f"{INTERACTIONS}/{item.json()['interaction_id']}"
    comment = {"score": 1, "label": "marker-label", "comment": "marker-comment"}
    title = {"title": "marker-title"}
    statuses = [
        item.status,
        service.ask("PUT", f"{path}/feedback", comment, Authorization=key).status,
        service.ask("PATCH", "/v1/conversations/marker-conversation", title, Authorization=key).status,
        service.ask("POST", INTERACTIONS, b'{"prompt": "marker-malformed', Authorization=key).status,
        service.ask("POST", INTERACTIONS, {"prompt": 1, "marker-field": "marker"}, Authorization=key).status,
        service.ask("GET", f"{INTERACTIONS}?conversation_id=marker-query&marker=marker", Authorization=key).status,
        service.ask("GET", f"{INTERACTIONS}/marker-path").status,
        service.ask("GET", INTERACTIONS, Authorization="Bearer ik_0123456789abcdef_marker-forged").status,
        service.ask("GET", INTERACTIONS, Cookie="sessionid=marker-cookie; csrftoken=marker-csrf").status,
        service.ask("GET", "/health", User_Agent="marker-agent", Referer="https://marker.example/").status,
        service.ask("POST", "/v1/session", {"username": "marker", "password": "marker-wrong"}).status,
        browser.ask("POST", INTERACTIONS, everything, token=token).status,
    ]
    assert statuses == [201, 200, 200, 400, 400, 400, 401, 401, 401, 200, 401, 201]
    assert service.leaked() == []
    assert str(browser.cookie("sessionid").value) not in service.gateway.log.read_text()


def test_a_forged_address_is_neither_logged_nor_counted(
    package: Package, runtime: Path, dynamodb_local: DynamoDBLocal
) -> None:
    limits = {"RATE_LIMIT_KEY": "3/day", "RATE_LIMIT_USER": "3/day"}
    with package_served(package.path, runtime, dynamodb_local, **limits) as service:
        key = service.create_key("forger")
        answers = [
            service.ask(
                "GET", INTERACTIONS, Authorization=key, X_Forwarded_For=f"6.6.6.{n}", Forwarded=f"for=7.7.7.{n}"
            )
            for n in range(4)
        ]
        log = service.gateway.log.read_text()
    assert [answer.status for answer in answers] == [200, 200, 200, 429]
    lines = [json.loads(line) for line in log.splitlines() if '"interactions.requests"' in line]
    assert [line["client_address"] for line in lines] == ["127.0.0.1"] * 4
    assert "6.6.6." not in log


def test_without_dynamodb_it_is_alive_and_not_ready_and_says_why(package: Package, runtime: Path) -> None:
    variables = {name: value for name, value in ENVIRONMENT.items() if name != "PATH"}
    variables |= {"ALLOWED_HOSTS": "127.0.0.1"}
    nobody = "http://127.0.0.1:9"  # the port of the discard service
    with serving(package.path, endpoint=nobody, environment=variables, runtime=runtime) as gateway:
        assert gateway.ask("GET", "/prod/health").status == 200
        ready = gateway.ask("GET", "/prod/ready")
        log = gateway.log.read_text()
    assert (ready.status, ready.headers["Content-Type"]) == (503, "application/problem+json")
    assert "http://127.0.0.1:9" in log


def test_a_secret_that_is_missing_fails_the_start_and_is_named(package: Package, runtime: Path) -> None:
    variables = {name: value for name, value in ENVIRONMENT.items() if name != "PATH"}
    with serving_parameters() as store:
        variables |= {"SSM_PREFIX": "/interactions/local", "AWS_ENDPOINT_URL_SSM": store.url}
        with serving(package.path, environment=variables, runtime=runtime) as gateway:
            assert gateway.ask("GET", "/prod/health").status == 502
            assert "no value for /interactions/local/django-secret-key" in gateway.log.read_text()


def test_it_stays_under_64_mb_after_a_thousand_requests(
    package: Package, runtime: Path, dynamodb_local: DynamoDBLocal, capsys: pytest.CaptureFixture[str]
) -> None:
    with package_served(package.path, runtime, dynamodb_local) as service:
        key = service.create_key("alice")
        headers = {"Authorization": key, "Content-Type": "application/json"}
        with closing(service.gateway.connection()) as connection:
            for number in range(1000):
                if number % 3:
                    connection.request("GET", f"/prod{INTERACTIONS}", headers=headers)
                else:
                    connection.request("POST", f"/prod{INTERACTIONS}", b'{"prompt": "Hi"}', headers)
                response = connection.getresponse()
                response.read()
                assert response.status in {200, 201}
        (pid,) = service.gateway.processes()
        status = Path(f"/proc/{pid}/status").read_text()
    (resident,) = re.findall(r"VmRSS:\s+(\d+) kB", status)
    with capsys.disabled():
        print(f"\nresident after 1,000 requests: {int(resident) / 1024:.1f} MB")
    assert int(resident) < MEMORY_KB
