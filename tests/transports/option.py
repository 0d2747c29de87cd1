"""The option `--transport`: pytest over DynamoDB Local, under the settings of production.

    pytest tests/api --transport=events     as events of API Gateway, through the handler of Lambda
    pytest tests/api --transport=gateway    over HTTPS, through a local API Gateway, to the package

A process reads its settings once, before pytest reads this option. So pytest starts another pytest with the same
arguments, in an environment that has all settings, and `tests/transports/plugin.py` does the rest there.
"""

from __future__ import annotations

import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.dynamodb_local import Absent, running
from tests.production.process import ENVIRONMENT, ROOT

TRANSPORTS = PROCESS, EVENTS, GATEWAY = "process", "events", "gateway"
PLUGIN = "tests.transports.plugin"
API = ROOT / "tests" / "api"
# The variable that names the folder of the package and of its runtime.
BUILT = "BUILT_FOR_GATEWAY"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--transport",
        choices=TRANSPORTS,
        default=PROCESS,
        help="how the tests of tests/api reach the service: in this process with the local settings (the default), or"
        " under the settings of production as events of Lambda, or through a local API Gateway",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> int | None:
    transport: str = config.option.transport
    if transport == PROCESS or config.pluginmanager.has_plugin(PLUGIN):
        return None
    folder = config.invocation_params.dir
    others = [each for each in config.args if not (folder / each.partition("::")[0]).resolve().is_relative_to(API)]
    if others:
        raise pytest.UsageError(f"--transport={transport} is for tests of tests/api, not for {' '.join(others)}")
    with ExitStack() as stack:
        try:
            environment = ENVIRONMENT | _environment(transport, stack)
        except Absent as absent:
            print(f"--transport={transport} is left out: {absent}", file=sys.stderr)
            return pytest.ExitCode.NO_TESTS_COLLECTED
        command = [sys.executable, "-m", "pytest", *config.invocation_params.args]
        return subprocess.run(command, cwd=folder, env=environment, check=False).returncode


def _environment(transport: str, stack: ExitStack) -> dict[str, str]:
    environment = {
        "AWS_ENDPOINT_URL_DYNAMODB": stack.enter_context(running()).endpoint,
        "CORS_ALLOWED_ORIGINS": "https://app.example",
        "PYTEST_PLUGINS": PLUGIN,
        "PYTHONPATH": str(ROOT),
        "PYTHONSAFEPATH": "1",  # or else `tests/logging` is `logging` where pytest runs in `tests`
        "TABLE_PREFIX": "production-",
    }
    if transport == EVENTS:
        return environment | {"AWS_EXECUTION_ENV": "AWS_Lambda_python3.13"}  # by it the runtime serializes answers
    built = Path(stack.enter_context(TemporaryDirectory(prefix="gateway-")))
    _build(built)
    return environment | {"ALLOWED_HOSTS": "127.0.0.1", BUILT: str(built)}


def _build(folder: Path) -> None:
    """Make `package` and `runtime`, which all workers use."""
    from lambda_package.bytecode import find_python  # pytest puts its folder on the path later than this module
    from lambda_package.failure import NoLambdaPython
    from tests.package.building import build_package, build_runtime

    try:
        find_python()
    except NoLambdaPython as absent:
        raise Absent("the package needs Python 3.13 (.venv/bin/uv python install 3.13)") from absent
    build_package(folder / "package")
    build_runtime(folder / "runtime")
