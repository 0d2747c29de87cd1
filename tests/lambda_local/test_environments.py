"""Where a function runs: what is around it, what it cannot write to, and how it starts and ends."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from tests.lambda_local.functions import BROKEN, HANDLER, packaged
from tests.lambda_local.serving import SERVE, Answer, Ended, Gateway, serving
from tests.lambda_local.test_answers import check_problem

# https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
OF_LAMBDA = {
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "HOME",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
    "LANG",
    "PATH",
    "PYTHONPATH",
    "TZ",
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
}
OF_PYTHON = {"LC_CTYPE"}  # which it sets itself where the locale is not installed


def invoked(gateway: Gateway, event: object) -> Answer:
    """The answer of Lambda's Invoke API."""
    request = urllib.request.Request(gateway.control, json.dumps(event).encode(), method="POST")  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=60) as response:  # noqa: S310
            return Answer(response.status, response.headers, response.read())
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, error.headers, error.read())


def test_there_is_what_lambda_gives_and_what_is_configured_and_nothing_else(versatile: Path) -> None:
    with serving(versatile, *HANDLER, environment={"TABLE_PREFIX": "x-", "AWS_REGION": "sa-east-1"}) as gateway:
        environment = gateway.ask("GET", "/prod/x").json()["environment"]
    assert environment.keys() - OF_PYTHON == OF_LAMBDA | {"TABLE_PREFIX"}
    assert environment["TABLE_PREFIX"] == "x-"
    assert environment["AWS_REGION"] == environment["AWS_DEFAULT_REGION"] == "sa-east-1"
    assert environment["AWS_LAMBDA_FUNCTION_VERSION"] == "1"
    assert not Path(environment["HOME"]).exists()


def test_a_role_has_other_credentials_in_each_environment(gateway: Gateway) -> None:
    first = gateway.ask("GET", "/prod/x").json()["environment"]
    gateway.ask("GET", "/prod/exit")
    second = gateway.ask("GET", "/prod/x").json()["environment"]
    assert first["AWS_SESSION_TOKEN"] != second["AWS_SESSION_TOKEN"]


def test_nothing_can_be_written_into_the_code(gateway: Gateway) -> None:
    assert gateway.ask("GET", "/prod/write").content == b"PermissionError"


def test_what_is_written_all_the_same_is_found_out(versatile: Path) -> None:
    with pytest.raises(Ended, match="the function has written into its code"):  # noqa: SIM117
        with serving(versatile, *HANDLER) as gateway:
            assert gateway.ask("GET", "/prod/undo").status == 200


def test_a_function_that_cannot_start_says_why_and_is_started_anew_for_the_next(tmp_path: Path) -> None:
    with serving(packaged(tmp_path, BROKEN), *HANDLER) as gateway:
        for _ in range(2):
            check_problem(gateway.ask("GET", "/prod/x"), 502)
        assert gateway.log.read_text().count("LookupError: the parameter is missing") == 2
        told = invoked(gateway, {"task": "anything"})
        assert (told.headers["X-Amz-Function-Error"], told.json()["errorType"]) == ("Unhandled", "LookupError")
        assert gateway.processes() == set()


def test_a_process_that_cannot_be_made_fails_the_request_and_the_gateway_still_ends(
    versatile: Path, tmp_path: Path
) -> None:
    (tmp_path / "interpreter").write_text("no\0interpreter")
    with serving(versatile, *HANDLER, runtime=tmp_path) as gateway:
        assert gateway.ask("GET", "/prod/x").status == 502


def test_a_handler_that_is_not_there_is_named(versatile: Path) -> None:
    with serving(versatile, "--handler", "function.nothing") as gateway:
        check_problem(gateway.ask("GET", "/prod/x"), 502)
        assert "Handler 'nothing' missing on module 'function'" in gateway.log.read_text()


def test_a_start_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    package = packaged(tmp_path, "import threading; threading.Event().wait()")
    with serving(package, *HANDLER, "--timeout", "0.2", "--init-timeout", "0.3") as gateway:
        check_problem(gateway.ask("GET", "/prod/x"), 502)
        assert gateway.processes() == set()


def test_where_lambdas_python_is_not_found_this_one_runs_the_function_and_it_is_said(
    versatile: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "runtime"
    command = [sys.executable, str(SERVE.with_name("runtime.py")), str(folder)]
    nowhere = os.environ | {"LAMBDA_PYTHON": str(tmp_path / "nothing")}
    done = subprocess.run(command, env=nowhere, capture_output=True, text=True, check=True)
    assert "There is no Python 3.13 here" in done.stdout
    with serving(versatile, *HANDLER, runtime=folder) as gateway:
        assert gateway.ask("GET", "/prod/x").json()["environment"]["PYTHONPATH"] == str(folder)


def test_what_cannot_be_served_is_named(versatile: Path, tmp_path: Path, gateway: Gateway) -> None:
    for zip, options in ((tmp_path / "none.zip", ()), (versatile, ("--port", gateway.origin.rpartition(":")[2]))):
        with pytest.raises(Ended) as ended, serving(zip, *HANDLER, *options):
            pass
        assert re.search("none.zip|Address already in use", str(ended.value))
        assert "Traceback" not in str(ended.value)


def test_events_of_a_schedule_come_over_no_gateway(gateway: Gateway) -> None:
    answer = invoked(gateway, {"task": "anything"})
    assert (answer.status, answer.headers["X-Amz-Executed-Version"]) == (200, "1")
    assert json.loads(answer.json()["body"])["event"] == {"task": "anything"}


def test_what_fails_there_is_told(gateway: Gateway) -> None:
    answer = invoked(gateway, {"task": "/fail"})
    assert (answer.status, answer.headers["X-Amz-Function-Error"]) == (200, "Unhandled")
    assert answer.json()["errorMessage"] == "a failure"


@pytest.mark.parametrize("how", [{signal.SIGINT}, {signal.SIGTERM}, {signal.SIGINT, signal.SIGTERM}, {signal.SIGKILL}])
def test_no_function_outlives_the_gateway(tmp_path: Path, how: set[signal.Signals]) -> None:
    os.mkfifo(pipe := tmp_path / "open")
    # The function holds the pipe open until it ends.
    holding = packaged(tmp_path, f"held = open({str(pipe)!r}, 'w')\ndef handler(event, context): return {{}}")
    with suppress(Ended), serving(holding, *HANDLER) as gateway, ThreadPoolExecutor() as pool:
        pool.submit(gateway.ask, "GET", "/prod/x")
        with pipe.open() as end:
            for each in how:
                gateway.process.send_signal(each)
            assert end.read() == ""
