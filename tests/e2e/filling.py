"""A data directory of the local settings, filled once a run: accounts and keys of users who have recorded nothing.

python -m tests.e2e.filling fills the directory that DATA_DIR names.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from infra.check.source import made_once

KEYS = "keys.json"
PASSWORD = "correct-horse-battery"
STAFF = "sam"
# By user, what each one's key may do.
SCOPES = {
    **dict.fromkeys(("alice", "dora", "erik", "walker", "writer"), ("read", "write")),
    **dict.fromkeys(("bruno", "maria", "nora", "olga"), ("read", "write", "chat")),
    "program": ("read", "write", "any"),
    "schemathesis": ("read", "write", "chat", "any"),
}


@pytest.fixture(scope="session")
def filled_directory(shared_folder: Path) -> Path:
    """Copy it before you change it."""
    return made_once(shared_folder / "filled", fill)


def fill(directory: Path) -> None:
    environment = os.environ | {"DATA_DIR": str(directory), "DJANGO_SETTINGS_MODULE": "project.settings.local"}
    command = [sys.executable, "-m", "tests.e2e.filling"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def main() -> None:
    import django
    from django.conf import settings
    from django.core.management import call_command

    from interactions.accounts import get_accounts

    django.setup()
    call_command("migrate", verbosity=0)
    accounts = get_accounts()
    accounts.create_account(STAFF, PASSWORD, staff=True)
    keys = {user_id: accounts.create_key(user_id, scopes)[0] for user_id, scopes in SCOPES.items()}
    (settings.DATA_DIR / KEYS).write_text(json.dumps(keys))


if __name__ == "__main__":
    main()
