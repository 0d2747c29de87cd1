"""Logging in over Django's sessions, whatever engine keeps them and whether django.contrib.auth is there or not."""

from __future__ import annotations

from collections.abc import Mapping
from hmac import compare_digest
from typing import Any

from django.contrib.sessions.backends.base import SessionBase

from interactions.accounts.base import Account, Accounts, Principal

USER_ID = "interactions_user_id"
SESSION_HASH = "interactions_session_hash"


def log_in(session: SessionBase, account: Account) -> None:
    """Bind a new session to the account; the one that came with the request, perhaps planted, is gone."""
    session.flush()
    session[USER_ID] = account.username
    session[SESSION_HASH] = account.session_hash


def session_user_id(session: Mapping[str, Any] | SessionBase) -> str | None:
    """Whose session it is, by its own word."""
    return session.get(USER_ID)


def principal_of(session: SessionBase, accounts: Accounts) -> Principal | None:
    """Whom the session lets act: None when nobody is logged in, the account is disabled or its password has changed."""
    username = session_user_id(session)
    account = accounts.get_account(username) if username else None
    if account is None or not account.active:
        return None
    if not compare_digest(session.get(SESSION_HASH, ""), account.session_hash):
        return None
    return account.principal
