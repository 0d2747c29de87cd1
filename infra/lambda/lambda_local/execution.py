"""Execution environments: a process each, in which AWS's own runtime client runs the function."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TextIO

from lambda_local.configuration import Configuration
from lambda_local.invocation import Invocation
from lambda_local.runtime_api import RuntimeAPI
from lambda_local.unpacked import held_to_permissions


class Execution:
    """An environment of one version. It handles one invocation at a time, and is of no use once it has `ended`."""

    def __init__(self, configuration: Configuration, version: str, code: Path, log: TextIO = sys.stderr) -> None:
        self.version = version
        self.ended = False
        self._configuration = configuration
        self._log = log
        self._api = RuntimeAPI()
        self._process: subprocess.Popen[bytes] | None = None
        self._started = threading.Event()
        # It is this thread whose end Linux takes for the parent's death.
        threading.Thread(target=self._live, args=(code,), daemon=True).start()

    def run(self, invocation: Invocation) -> None:
        """Settle the invocation: a process that exits, or that takes longer than it may, has failed it."""
        limit = self._configuration
        # An init that takes too long is begun again on Lambda, and then counts towards the timeout of the first event.
        self._api.settled.wait(limit.init_seconds + limit.timeout_seconds)
        if not self._api.asked or self.ended:
            self.end()
            invocation.failed(self._api.init_error or _exited(invocation, "Init did not finish"))
            return
        invocation.deadline = time.time() + limit.timeout_seconds
        self._api.give(invocation)
        if self.ended:  # meanwhile, and nobody may have seen that there was one
            invocation.failed(_exited(invocation, "Runtime exited"))
        # Until it has answered, and asks for the next.
        if not self._api.settled.wait(limit.timeout_seconds):
            self.end()
            said = f"{invocation.request_id} Task timed out after {limit.timeout_seconds:.2f} seconds"
            print(said, file=self._log, flush=True)
            invocation.failed({"errorType": "Sandbox.Timedout", "errorMessage": f"RequestId: {said}"})
        elif not invocation.outcome.done():
            self.end()
            invocation.failed(_exited(invocation, "Runtime went on without an answer"))

    def end(self) -> None:
        """End the process, and wait until it has."""
        self.ended = True
        self._started.wait()
        if self._process is not None:
            self._process.kill()  # it may have ended by itself
            self._process.wait()

    def _live(self, code: Path) -> None:
        status: int | str = "unknown"
        try:
            self._process = self._start(code)
            self._started.set()
            status = self._process.wait()
        finally:
            self.ended = True
            self._started.set()
            if self._api.current is not None:
                self._api.current.failed(_exited(self._api.current, f"Runtime exited with status {status}"))
            self._api.close()

    def _start(self, code: Path) -> subprocess.Popen[bytes]:
        configuration = self._configuration
        # Without `site`, so that there is nothing but the zip and the runtime client.
        python = [configuration.runtime.interpreter, "-S", "-m", "awslambdaric", configuration.handler]
        return subprocess.Popen(
            [*held_to_permissions(), *python],
            cwd=code,
            env=configuration.environment(self.version, code, self._api.address),
            stdin=subprocess.DEVNULL,
            stdout=self._log.fileno(),
            stderr=self._log.fileno(),
            start_new_session=True,  # Ctrl+C is for this program, which ends it
        )


def _exited(invocation: Invocation, what: str) -> dict[str, str]:
    said = f"RequestId: {invocation.request_id} Error: {what}"
    return {"errorType": "Runtime.ExitError", "errorMessage": said}
