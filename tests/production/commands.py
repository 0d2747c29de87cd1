"""Run by itself: runs the commands that stdin has, one a line, and prints what became of each.

Each line is `{"arguments": […], "stdin": "…"}`, each answer `{"code": 0, "said": "…"}`.
"""

from __future__ import annotations

import json
import sys
from contextlib import redirect_stderr, redirect_stdout
from io import BytesIO, StringIO, TextIOWrapper
from typing import Any
from unittest import mock

from django.core.management import execute_from_command_line


def done(arguments: list[str], stdin: str) -> dict[str, Any]:
    said, code = StringIO(), 0
    given = TextIOWrapper(BytesIO(stdin.encode()), encoding="utf-8")
    with redirect_stdout(said), redirect_stderr(said), mock.patch.object(sys, "stdin", given):
        try:
            execute_from_command_line(["manage.py", *arguments])
        except SystemExit as ended:
            code = int(ended.code or 0)
    forget()
    return {"code": code, "said": said.getvalue()}


def forget() -> None:
    """Let the next command find what is stored, as a process of its own would."""
    from interactions.accounts import get_accounts
    from interactions.repositories import get_repository

    get_accounts.cache_clear()
    get_repository.cache_clear()


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(done(**json.loads(line))), flush=True)
