"""A Lambda function behind an API Gateway REST API, both on this machine.

The function runs out of its zip, unpacked where nothing can be written, by AWS's own runtime client, in an environment
that has what Lambda gives and the variables that are named. What it writes goes to stderr as it is.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import threading
from argparse import ArgumentParser, Namespace
from contextlib import ExitStack, closing
from pathlib import Path

from lambda_local.configuration import Configuration
from lambda_local.control import Control
from lambda_local.function import Function
from lambda_local.gateway import INTEGRATION_SECONDS, Gateway, Stage
from lambda_local.runtimes import Runtime, link_runtime
from lambda_local.unpacked import WrittenTo, unpacked


def main() -> int:
    options = _parser().parse_args()
    told, teller = os.pipe()
    os.set_blocking(teller, False)
    # Python writes there whichever thread gets the signal; one that raised would not always wake the main thread.
    signal.set_wakeup_fd(teller)
    for each in (signal.SIGINT, signal.SIGTERM):  # a shell's background job ignores the first, unless told
        signal.signal(each, lambda *_: None)
    try:
        with ExitStack() as stack:
            _serve(options, stack)
            os.read(told, 1)
    except (OSError, WrittenTo) as error:  # a port that is taken, a file that is not there
        print(error, file=sys.stderr)
        return 1
    return 0


def _serve(options: Namespace, stack: ExitStack) -> None:
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lambda-local-")))
    runtime = Runtime.of(options.runtime) if options.runtime else link_runtime(folder / "runtime")
    variables = dict(map(_variable, options.env))
    configuration = Configuration(
        name=options.name,
        handler=options.handler,
        runtime=runtime,
        variables=variables,
        memory_mb=options.memory,
        timeout_seconds=options.timeout,
        init_seconds=options.init_timeout,
        concurrency=options.concurrency,
    )
    versions = {
        str(number): stack.enter_context(unpacked(package, folder / f"version-{number}"))
        for number, package in enumerate(filter(None, (options.zip, options.canary)), start=1)
    }
    function = stack.enter_context(closing(Function(configuration, versions, weight=options.weight, seed=options.seed)))
    origins = variables.get("CORS_ALLOWED_ORIGINS", "").split(",")
    stage = Stage(options.stage, function, {origin.strip() for origin in origins}, options.integration_timeout)
    gateway, control = Gateway(stage, options.port, options.certificate), Control(options.name, function)
    for server in (gateway, control):
        stack.callback(server.server_close)
        stack.callback(server.shutdown)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    print(f"Serving {gateway.url}\nInvoke  {control.url}", flush=True)


def _variable(given: str) -> tuple[str, str]:
    name, equals, value = given.partition("=")
    return name, value if equals else os.environ[name]


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="serve.py", description=__doc__)
    add = parser.add_argument
    add("--zip", type=Path, required=True, help="the function's package")
    add("--canary", type=Path, help="another version of it")
    add("--weight", type=float, default=0.1, help="the share of invocations that the other version gets (0.1)")
    add("--seed", type=int, help="share them the same way each time")
    add("--certificate", type=Path, required=True, help="a PEM file with a certificate for 127.0.0.1 and its key")
    add("--port", type=int, default=0, help="where to serve, on 127.0.0.1 (a free one)")
    add("--stage", default="prod", help="the API's stage, which every path begins with (prod)")
    add("--name", default="interactions", help="the function's name (interactions)")
    add("--handler", default="project.lambda_handler.handler", help="(project.lambda_handler.handler)")
    add("--env", action="append", default=[], metavar="NAME[=VALUE]", help="a variable; without a value, yours")
    add("--memory", type=int, default=1024, help="the function's memory in MB, which is told and not enforced (1024)")
    add("--timeout", type=float, default=30.0, help="seconds that an invocation may take (30)")
    add("--init-timeout", type=float, default=10.0, help="seconds that a cold start may take besides (10)")
    add("--concurrency", type=int, default=10, help="invocations at a time (10)")
    add("--integration-timeout", type=float, default=INTEGRATION_SECONDS, help="seconds that the gateway waits (29)")
    add("--runtime", type=Path, help="what runtime.py has made (that of the Python which runs this)")
    return parser
