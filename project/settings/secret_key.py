"""A laptop's SECRET_KEY: made once and kept, so that sessions and cursors outlive a restart."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def secret_key_in(directory: Path) -> str:
    """The key in the directory's file, which is made when it is not there, readable by its owner alone.

    Processes that start together agree on one key: it is written aside and then linked into place, which only the
    first of them can do.
    """
    path = directory / "secret-key"
    if not path.exists():
        aside = path.with_name(f"secret-key.{os.getpid()}")
        aside.touch(mode=0o600)
        aside.write_text(secrets.token_urlsafe(50))
        try:
            os.link(aside, path)
        except FileExistsError:
            pass
        finally:
            aside.unlink()
    return path.read_text()
