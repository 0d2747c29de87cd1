"""Logging in over Django's sessions, whatever engine keeps them and whether django.contrib.auth is there or not."""

from __future__ import annotations

from collections.abc import Mapping
from hmac import compare_digest
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase

from interactions.accounts.base import Account, Accounts, Principal

USER_ID = "interactions_user_id"
SESSION_HASH = "interactions_session_hash"


def log_in(session: SessionBase, account: Account, accounts: Accounts) -> None:
    """Bind a new session to the account; the one that came with the request, perhaps planted, is over.

    Raises:
        CredentialRefused: the account is gone.
    """
    log_out(session, accounts)
    session.create()
    assert session.session_key is not None
    # Before the session says whose it is: there is none of the account's that the account does not know.
    accounts.remember_session(account.username, session.session_key)
    session[USER_ID] = account.username
    session[SESSION_HASH] = account.session_hash


def log_out(session: SessionBase, accounts: Accounts) -> None:
    """End the session, whoever's it is."""
    username, session_key = session_user_id(session), session.session_key
    session.flush()
    if username and session_key:
        accounts.forget_session(username, session_key)


def end_session(session_key: str) -> bool:
    """Delete a session wherever the settings keep them; whether there was one."""
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    existed = bool(store.exists(session_key))
    store.delete(session_key)
    return existed


def session_user_id(session: Mapping[str, Any] | SessionBase) -> str | None:
    """Whose session it is, by its own word."""
    return session.get(USER_ID)


def principal_of(session: SessionBase, accounts: Accounts) -> Principal | None:
    """Whom the session lets act: None when nobody is logged in, the account is disabled or its password has changed."""
    username = session_user_id(session)
    account = accounts.get_account(username) if username else None
    if account is None or not account.active:
        return None
    held = session.get(SESSION_HASH, "")
    known = (account.session_hash, *account.earlier_session_hashes)
    return account.principal if any(compare_digest(held, each) for each in known) else None
