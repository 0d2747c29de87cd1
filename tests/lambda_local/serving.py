"""A package served as Lambda and API Gateway do, in a process of its own, for tests that ask it over HTTPS.

with serving(package.path, endpoint=dynamodb_local.endpoint, environment=ENVIRONMENT) as gateway:
    gateway.ask("GET", "/prod/health")
"""

from __future__ import annotations

import json
import os
import re
import signal
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPSConnection
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from infra.certificate import write_certificate

ROOT = Path(__file__).resolve().parents[2]
SERVE = ROOT / "infra" / "lambda" / "serve.py"
TIMEOUT = 60  # seconds, after which a gateway that hangs fails the test


class Answer(NamedTuple):
    status: int
    headers: Message
    content: bytes

    def json(self) -> Any:
        return json.loads(self.content)


@dataclass(frozen=True)
class Gateway:
    """A running one. `url` ends in the stage, and `log` is the file of what its function writes.

    `certificate` is the authority to trust. `control` takes events that come over no gateway.
    """

    url: str
    control: str
    certificate: Path
    log: Path
    process: subprocess.Popen[str]

    @property
    def origin(self) -> str:
        return self.url.rpartition("/")[0]

    def connection(self) -> HTTPSConnection:
        context = ssl.create_default_context(cafile=self.certificate)
        return HTTPSConnection(urlsplit(self.url).netloc, timeout=TIMEOUT, context=context)

    def ask(self, method: str, target: str, body: bytes | None = None, /, **headers: str) -> Answer:
        """The answer at a path, with the stage and as it is written, or at a whole address.

        Headers are written with underscores. Each request has a connection of its own.
        """
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        with closing(self.connection()) as connection:
            connection.request(method, target.removeprefix(self.origin), body, named)
            response = connection.getresponse()
            return Answer(response.status, response.msg, response.read())

    def processes(self) -> set[int]:
        """Those that run the function."""
        found: set[int] = set()
        for thread in Path(f"/proc/{self.process.pid}/task").iterdir():
            with suppress(FileNotFoundError, ProcessLookupError):  # it has ended meanwhile
                found |= {int(pid) for pid in (thread / "children").read_text().split()}
        return found


class Ended(AssertionError):
    """The gateway did not start, or ended badly; the text is what it wrote."""


@contextmanager
def serving(
    zip: Path,
    *options: str,
    endpoint: str | None = None,
    environment: Mapping[str, str] | None = None,
    runtime: Path | None = None,
) -> Iterator[Gateway]:
    """Serve the package until the end of the block; `environment` has the function's own variables.

    `endpoint` is that of DynamoDB, `runtime` what `infra/lambda/runtime.py` has made: without it the function runs on
    this Python. Further options are those of `infra/lambda/serve.py`.

    Raises:
        Ended: it did not start, or found in the end that the function had written into its own code.
    """
    own = {**(environment or {}), **({"AWS_ENDPOINT_URL_DYNAMODB": endpoint} if endpoint else {})}
    with tempfile.TemporaryDirectory(prefix="gateway-") as folder:
        certificate, log = write_certificate(Path(folder, "certificate.pem")), Path(folder, "log")
        command = [sys.executable, str(SERVE), "--zip", str(zip), "--certificate", str(certificate)]
        command += [option for name in own for option in ("--env", name)]
        command += ["--runtime", str(runtime)] if runtime else []
        with log.open("w") as stderr:
            process = subprocess.Popen(
                [*command, *options],
                env={"PATH": os.environ["PATH"], "HOME": folder, "TMPDIR": folder, "OF_THE_CALLER": "1", **own},
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
            )
        try:
            url, control = _addresses(process, log)
            yield Gateway(url, control, certificate, log, process)
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate()
        if process.returncode:
            raise Ended(log.read_text())


def _addresses(process: subprocess.Popen[str], log: Path) -> tuple[str, str]:
    assert process.stdout is not None
    said = process.stdout.readline() + process.stdout.readline()
    match = re.fullmatch(r"Serving (\S+)\nInvoke +(\S+)\n", said)
    if not match:
        raise Ended(said + log.read_text())
    return match[1], match[2]
