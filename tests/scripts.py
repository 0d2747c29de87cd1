"""Runs one of the scripts in infra/ as a person at a terminal does: reads what it prints, and ends it with Ctrl+C."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextmanager
def interrupted(command: list[str], environment: Mapping[str, str], until: str) -> Iterator[str]:
    """What it prints up to the line that has `until`; afterwards it has to end as one that was interrupted."""
    process = subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    said = ""
    try:
        for line in process.stdout:
            said += line
            if until in line:
                break
        yield said
    finally:
        os.killpg(process.pid, signal.SIGINT)  # as Ctrl+C does
        rest = process.stdout.read()
        process.stdout.close()
        status = process.wait()
    assert status == 130, said + rest


def assert_gone(ports: Iterable[int]) -> None:
    """Nobody listens there any more."""
    for port in ports:
        with socket.socket() as late:
            assert late.connect_ex(("127.0.0.1", port)) != 0
