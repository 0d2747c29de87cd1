"""The real service in processes of its own: gunicorn over a fresh SQLite file, or over production's tables."""

from __future__ import annotations

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Self

from tests.e2e.filling import KEYS

ROOT = Path(__file__).resolve().parents[2]
GUNICORN = Path(sys.executable).with_name("gunicorn")
READY_TRIES = 150


class Service:
    """Starts and ends gunicorn over one data directory; `url` stays the same over restarts.

    `environment` is added to that of the tests. With a certificate, in one file with its key, HTTPS is served.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        workers: int = 2,
        environment: Mapping[str, str] | None = None,
        certificate: Path | None = None,
    ) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"{'https' if certificate else 'http'}://127.0.0.1:{port}"
        self.data_dir = data_dir
        self.log = data_dir / "service.log"
        self._environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "project.settings.local",
            "DATA_DIR": str(data_dir),
            "PORT": str(port),
            "WEB_CONCURRENCY": str(workers),
            **(environment or {}),
        }
        self._tls = ssl.create_default_context(cafile=certificate) if certificate else None
        self._options = [f"--certfile={certificate}", f"--keyfile={certificate}"] if certificate else []
        self._process: subprocess.Popen[bytes] | None = None

    def key(self, user_id: str) -> str:
        """The API key of one of the users that the data directory was filled with."""
        key: str = json.loads((self.data_dir / KEYS).read_text())[user_id]
        return key

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.end()

    def start(self) -> None:
        command = [str(GUNICORN), "--config", "python:project.gunicorn", *self._options, "project.wsgi"]
        with self.log.open("ab") as log:
            # A session of its own, so that a signal reaches the workers too.
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=self._environment, stdout=log, stderr=log, start_new_session=True
            )
        try:
            self._wait_until_ready(self._process)
        except BaseException:
            self.end(signal.SIGKILL)
            raise

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        for _ in range(READY_TRIES):
            try:
                with urllib.request.urlopen(f"{self.url}/ready", timeout=5, context=self._tls):  # noqa: S310
                    return
            except OSError:
                assert process.poll() is None, self.log.read_text()
                time.sleep(0.1)
        raise AssertionError(f"the service did not get ready: {self.log.read_text()}")

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Signal gunicorn and its workers, and wait until they are gone."""
        if self._process is not None:
            with suppress(ProcessLookupError):  # it may have ended by itself
                os.killpg(self._process.pid, how)
            self._process.wait(timeout=30)
            self._process = None
