"""Imports PynamoDB without botocore's client, which it names in annotations and only calls when it makes a client.

Import this before anything else imports PynamoDB. Afterwards botocore is as it ever was: who imports its client gets
it, and who makes one, as `BotocoreWire` does, imports it then. ADR 20 has what that saves.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

import botocore
import botocore.exceptions

# What `pynamodb.connection` imports of it.
POSTPONED = ("client", "config", "credentials", "endpoint", "hooks", "model", "session", "signers")


class _Postponed(ModuleType):
    """Has a class for every name that is asked for, and the two that are more than annotations."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name == "get_session":
            return _get_session
        return getattr(botocore.exceptions, name, None) or type(name, (), {})


def _get_session() -> Any:
    from botocore.session import get_session

    return get_session()


def _import_pynamodb() -> None:
    absent = [name for name in POSTPONED if f"botocore.{name}" not in sys.modules]
    for name in absent:
        module = sys.modules[f"botocore.{name}"] = _Postponed(f"botocore.{name}")
        setattr(botocore, name, module)
    try:
        import_module("pynamodb.connection")
    finally:
        for name in absent:
            del sys.modules[f"botocore.{name}"]
            delattr(botocore, name)


_import_pynamodb()
