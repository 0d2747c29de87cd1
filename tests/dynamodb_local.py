"""DynamoDB Local, AWS's own emulator, in a process of its own; `make dynamodb-local` fetches it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

ROOT = Path(__file__).resolve().parents[1]
SERVE = ROOT / "infra" / "dynamodb-local" / "serve"
STAMP = ROOT / ".dynamodb-local" / "stamp"
READY_SECONDS = 120
# Without its optimizing compiler Java takes half the CPU time in runs of a few minutes.
JAVA_OPTIONS = {"JAVA_TOOL_OPTIONS": "-XX:TieredStopAtLevel=1"}
NEEDS = "DynamoDB Local needs Java 17 and Maven (apt-get install default-jre-headless maven), then: make dynamodb-local"


class Absent(Exception):
    """It cannot be started here; the text says what to install."""


@dataclass(frozen=True, slots=True)
class DynamoDBLocal:
    """A running one. It takes any secret and any region; each region of an access key has tables of its own."""

    endpoint: str

    def new_database(self) -> str:
        """An access key without tables. Each costs threads until the end: empty tables rather than ask for many."""
        return f"test{uuid4().hex}"  # it takes letters and digits alone


def keep_expired(client: Any) -> None:
    """Turn expiry off in all tables that a botocore client sees.

    Within a second of its writing DynamoDB Local begins to delete what has expired by its own clock, twenty items each
    ten seconds: whatever tests keep by a clock of theirs, which stands still in the past.
    """
    for table in client.list_tables()["TableNames"]:
        expiry = client.describe_time_to_live(TableName=table)["TimeToLiveDescription"]
        if expiry["TimeToLiveStatus"] == "ENABLED":
            off = {"Enabled": False, "AttributeName": expiry["AttributeName"]}
            client.update_time_to_live(TableName=table, TimeToLiveSpecification=off)


@contextmanager
def running(folder: Path | None = None) -> Iterator[DynamoDBLocal]:
    """Start one on a free port, wait until it answers, and end it; it keeps its tables in memory, or in the folder.

    Raises:
        Absent: Java is missing or too old, or DynamoDB Local has not been fetched.
    """
    if not STAMP.exists() or not shutil.which("java"):
        raise Absent(NEEDS)
    with tempfile.TemporaryFile() as log:
        port = _free_port()
        where = [] if folder is None else [str(folder)]
        command = [*_dies_with_us(), str(SERVE), str(port), *where]
        process = subprocess.Popen(command, env=os.environ | JAVA_OPTIONS, stdout=log, stderr=log)
        try:
            endpoint = f"http://127.0.0.1:{port}"
            _wait(endpoint, process, log)
            yield DynamoDBLocal(endpoint)
        finally:
            process.kill()  # there is nothing to save
            process.wait()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _dies_with_us() -> list[str]:
    """What makes Linux end it too when the tests are killed."""
    setpriv = shutil.which("setpriv")
    return [setpriv, "--pdeathsig", "KILL"] if setpriv else []


def _wait(endpoint: str, process: subprocess.Popen[bytes], log: IO[bytes]) -> None:
    until = time.monotonic() + READY_SECONDS
    while not _answers(endpoint):
        if process.poll() is not None or time.monotonic() > until:
            log.seek(0)
            said = log.read().decode(errors="replace")
            if "UnsupportedClassVersionError" in said:
                raise Absent(NEEDS)
            raise RuntimeError(f"DynamoDB Local did not start: {said}")
        time.sleep(0.05)


def _answers(endpoint: str) -> bool:
    try:
        urllib.request.urlopen(endpoint, timeout=5).close()  # noqa: S310
    except urllib.error.HTTPError as error:
        error.close()  # without a credential it refuses, and so is there
    except OSError:
        return False
    return True
