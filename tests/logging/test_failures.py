"""What fails for a reason of the service's own is one line more, which names the cause; the caller gets a problem."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from interactions.dynamodb.connection import DynamoDBConnection
from interactions.dynamodb.tables import Tables
from tests.dynamodb_local import DynamoDBLocal
from tests.dynamodb_tables import REGION
from tests.faults import kinds
from tests.faults.kinds import Fault
from tests.faults.plans import always, in_turn, no_faults
from tests.faults.proxy import FaultyDynamoDB
from tests.logging.conftest import Database
from tests.logging.invoking import MADE_UP, Answer, invoked, request
from tests.production.process import ENVIRONMENT, ROOT, python
from tests.production.ssm import serving

NOWHERE = "http://127.0.0.1:1"
# Lambda would end it before DynamoDB's answer is usually given up.
HURRIED = 2.5

pytestmark = pytest.mark.system


def check_problem(answer: Answer, status: int, slug: str) -> None:
    assert answer.status == status, answer.text
    assert answer.header("Content-Type") == "application/problem+json"
    assert answer.document["type"] == f"/prod/problems/{slug}"
    assert answer.document["request_id"] == answer.header("X-Request-ID")


def error_of(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """The one line, which is an error with the places that it came through."""
    (line,) = lines
    assert line["level"] == "ERROR"
    assert any("interactions/" in place for place in line["stack"])
    return line


def test_what_a_caller_did_wrong_has_no_line_but_its_requests(database: Database) -> None:
    wrong = [
        request("/v1/interactions", method="POST", key=database.key, body={"prompt": 1}),
        request("/v1/interactions/01890000-0000-7000-8000-000000000000", key=database.key),
        request("/v1/nowhere"),
        request("/v1/interactions"),
        request("/v1/interactions", headers={"Host": "evil.example"}),
    ]
    run = invoked(wrong, **database.variables)
    assert [line["status"] for line in run.requests] == [400, 404, 404, 401, 400]
    assert run.others == []


@pytest.mark.parametrize("wire_name", ["lean", "botocore"])
def test_a_store_out_of_reach_is_named_at_the_start_and_by_ready_and_health_stays_honest(wire_name: str) -> None:
    paths = ["/ready", "/health", "/ready"]
    run = invoked([request(path) for path in paths], AWS_ENDPOINT_URL_DYNAMODB=NOWHERE, AWS_WIRE=wire_name)
    check_problem(run.answers[0], 503, "unavailable")
    assert [answer.status for answer in run.answers] == [503, 200, 503]
    start, *probes = run.others
    assert start["logger"] == "interactions.lambda"
    for line in (start, *probes):
        assert error_of([line])["causes"][1].startswith(f"NotConnected: {NOWHERE} cannot be reached (")
    assert [line["request_id"] for line in probes] == [run.requests[0]["request_id"], run.requests[2]["request_id"]]
    assert NOWHERE not in run.answers[0].text


def test_missing_tables_are_named(dynamodb_local: DynamoDBLocal) -> None:
    access_key = dynamodb_local.new_database()
    connection = DynamoDBConnection(region=REGION, endpoint=dynamodb_local.endpoint, access_key=access_key)
    tables = Tables.bound(connection, "")
    tables.create()
    for model in (tables.cache, tables.api_keys):
        model.delete_table()
    variables = {"AWS_ACCESS_KEY_ID": access_key, "AWS_ENDPOINT_URL_DYNAMODB": dynamodb_local.endpoint}
    run = invoked([request("/ready"), request("/health")], **variables)
    check_problem(run.answers[0], 503, "unavailable")
    assert run.answers[1].status == 200
    for line in run.others:
        cause = f"Unavailable: there is no table cache, api_keys at {dynamodb_local.endpoint}"
        assert error_of([line])["causes"][0] == cause
    assert len(run.others) == 2  # at the start, and when asked


def test_being_ready_takes_one_call_for_all_tables(wired: Database, wire: FaultyDynamoDB) -> None:
    run = invoked([request("/ready")], **wired.variables)
    assert run.answers[0].status == 200
    assert [exchange.operation for exchange in wire.exchanges] == ["BatchGetItem"] * 2  # the start's, and the probe's
    assert len(wire.exchanges[0].call.tables) == 7


def test_credentials_that_are_missing_or_refused_are_named(wired: Database, wire: FaultyDynamoDB) -> None:
    nobody = {"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None}
    run = invoked([request("/ready")], **(wired.variables | nobody))
    check_problem(run.answers[0], 503, "unavailable")
    assert "NoCredentials: there are no AWS credentials" in error_of(run.others[1:])["causes"][1]
    wire.plan = always(kinds.refusal("AccessDeniedException", "not authorized to quasi-una-fantasia"))
    run = invoked([request("/ready")], **wired.variables)
    check_problem(run.answers[0], 503, "unavailable")
    causes = error_of(run.others[1:])["causes"]
    assert causes[0] == f"Unavailable: the store at {wire.endpoint} refuses to be read"
    assert causes[1].endswith("AccessDeniedException for BatchGetItem")
    assert "quasi-una-fantasia" not in run.log


def test_what_nobody_foresaw_is_a_line_with_its_places(wired: Database, wire: FaultyDynamoDB) -> None:
    wire.plan = always(kinds.refusal("ValidationException", "quasi-una-fantasia"), "Query")
    run = invoked([request("/v1/interactions", key=wired.key)], **wired.variables)
    check_problem(run.answers[0], 500, "internal-error")
    line = error_of(run.others)
    assert line["message"] == "unhandled exception"
    assert any(cause.endswith("ValidationException for Query") for cause in line["causes"])
    assert line["request_id"] == run.requests[0]["request_id"]
    assert "quasi-una-fantasia" not in run.log


def test_a_request_whose_deadline_passes_answers_in_time_and_the_next_one_is_normal(
    wired: Database, wire: FaultyDynamoDB, unanswered: Fault
) -> None:
    def posted(prompt: str, seconds: float) -> dict[str, Any]:
        headers = {"Idempotency-Key": "once"}
        body = {"prompt": prompt}
        return request("/v1/interactions", method="POST", key=wired.key, body=body, headers=headers, seconds=seconds)

    wire.plan = in_turn([unanswered], "TransactWriteItems")
    late, again, read = posted("Late", HURRIED), posted("Late", 28.0), request("/v1/interactions", key=wired.key)
    run = invoked([late, again, read], **wired.variables)
    check_problem(run.answers[0], 504, "deadline-exceeded")
    assert run.answers[0].left > 0
    line = error_of(run.others)
    assert line["message"] == "deadline-exceeded"
    assert line["causes"] == [
        "DeadlineExceeded: the time of the request was over before TransactWriteItems was answered",
        "LostAnswer",
        "TimeoutError",
    ]
    # It had been carried out: whole, once, and the same request again finds it.
    assert run.answers[1].status == 201
    assert run.answers[1].header("Idempotent-Replayed") == "true"
    prompts = [found["prompt"] for found in run.answers[2].document["results"]]
    assert prompts.count("Late") == 1


def test_what_never_came_to_the_store_is_not_recorded(wired: Database, wire: FaultyDynamoDB) -> None:
    wire.plan = always(kinds.THROTTLED, "PutItem")
    body = {"prompt": "Never", "interaction_id": "01890000-0000-7000-8000-0000000000ff"}
    late = request("/v1/interactions", method="POST", key=wired.key, body=body, seconds=HURRIED)
    bulk = request(
        "/v1/interactions/bulk", method="POST", key=wired.key, body=[body, {"prompt": "Nor"}], seconds=HURRIED
    )
    run = invoked([late, bulk], **wired.variables)
    check_problem(run.answers[0], 504, "deadline-exceeded")
    assert {result["status"] for result in run.answers[1].document["results"]} == {504}
    assert [line["message"] for line in run.others] == ["deadline-exceeded"] * 2
    for line in run.others:
        assert line["causes"][1] == "ClientError: ProvisionedThroughputExceededException for PutItem"
    wire.plan = no_faults
    path = f"/v1/interactions/{body['interaction_id']}"
    assert invoked([request(path, key=wired.key)], **wired.variables).answers[0].status == 404


def test_work_of_many_calls_ends_in_time_too(wired: Database, wire: FaultyDynamoDB) -> None:
    spoken = [{"prompt": "Hi", "conversation_id": "long"} for _ in range(2)]
    recorded = request("/v1/interactions/bulk", method="POST", key=wired.key, body=spoken)
    # A second and more after its deadline nothing new is begun, though each call would be answered.
    late = request("/v1/conversations/long", method="DELETE", key=wired.key, seconds=0.9)
    gone = request("/v1/conversations/long", method="DELETE", key=wired.key)
    run = invoked([recorded, late, gone], **wired.variables)
    check_problem(run.answers[1], 504, "deadline-exceeded")
    assert run.answers[2].status == 204


def test_what_the_wire_to_dynamodb_does_not_know_is_named_at_the_start() -> None:
    done = python("-c", "import project.lambda_handler", AWS_REGION="nowhere")
    assert done.returncode != 0
    line = json.loads(done.stderr.splitlines()[0])
    assert line["message"] == "the start failed"
    assert line["causes"][0].startswith("NotSupported: the region 'nowhere' has no endpoint that is known here")


class InitErrors(HTTPServer):
    """Lambda's Runtime API, as far as a function that does not start asks it."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _InitErrorHandler)
        self.reported: list[dict[str, Any]] = []


class _InitErrorHandler(BaseHTTPRequestHandler):
    server: InitErrors

    def do_POST(self) -> None:
        assert self.path.endswith("/runtime/init/error")
        self.server.reported.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def runtime_api() -> Iterator[InitErrors]:
    server = InitErrors()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize("log_format", ["Text", "JSON"])
def test_a_parameter_that_is_missing_ends_the_start_with_a_line_that_names_it(log_format: str) -> None:
    with serving() as store, runtime_api() as lambda_:
        store.values = {"/interactions/prod/django-secret-key-fallbacks": "quasi-una-fantasia"}
        environment = {
            **ENVIRONMENT,
            **MADE_UP,
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{lambda_.server_port}",
            "AWS_LAMBDA_LOG_FORMAT": log_format,
            "AWS_ENDPOINT_URL_SSM": store.url,
            "SSM_PREFIX": "/interactions/prod",
        }
        command = [sys.executable, "-m", "awslambdaric", "project.lambda_handler.handler"]
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    (ours,) = done.stderr.splitlines()
    line = error_of([json.loads(ours) | {"stack": ["interactions/"]}])
    assert line["message"] == "the start failed"
    assert "has no value for /interactions/prod/django-secret-key:" in line["causes"][0]
    (report,) = lambda_.reported
    assert report["errorType"] == "ImproperlyConfigured"
    for said in (done.stderr, done.stdout, str(report)):
        assert "quasi-una-fantasia" not in said
