"""The stores of accounts that have to keep the port's promises."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.utils.module_loading import import_string

from interactions.accounts.base import Accounts
from interactions.accounts.sessions import log_in, principal_of

# Where the secret of a key begins: after `ik_`, 16 digits and `_`.
SECRET = 20


@dataclass(frozen=True, slots=True)
class Store:
    """`start` makes what a further process has: the same store, with a memory of its own."""

    start: Callable[[], Accounts]
    leave_thread: Callable[[], None]

    def open_session(self, username: str, password: str) -> str:
        """Log in as the API does; the session's key."""
        accounts, session = self.start(), new_session()
        log_in(session, accounts.check_password(username, password), accounts)
        session.save()
        assert session.session_key is not None
        return session.session_key

    def is_logged_in(self, session_key: str) -> bool:
        return principal_of(new_session(session_key), self.start()) is not None


def new_session(session_key: str | None = None) -> SessionBase:
    session: SessionBase = import_string(f"{settings.SESSION_ENGINE}.SessionStore")(session_key)
    return session


class Seconds:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now
