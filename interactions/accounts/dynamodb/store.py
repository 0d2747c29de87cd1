"""The adapter: accounts and their sessions here, their keys in `keys.py`."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

from pynamodb.expressions.update import Action

from interactions.accounts.base import MAX_SESSIONS, Account, ApiKey, CredentialRefused, ErasedCredentials, Principal
from interactions.accounts.dynamodb.keys import Keys
from interactions.accounts.dynamodb.users import UserItems, account_of, mark_of, session_key_of
from interactions.accounts.keys import check_name
from interactions.accounts.memory import Memory
from interactions.accounts.passwords import check_strength, make_password, verify
from interactions.accounts.sessions import end_session
from interactions.domain.errors import AlreadyExists, NotFound
from interactions.dynamodb.connection import ConditionFailed
from interactions.dynamodb.tables import Tables, get_tables


class DynamoDBAccounts:
    """Implements `Accounts`; keys expire by `clock`, what is remembered of accounts and keys by `seconds`."""

    def __init__(
        self,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        tables: Tables | None = None,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        tables = tables or get_tables()
        self._clock = clock
        self._model = tables.accounts
        self._users = UserItems(tables.accounts)
        self._keys = Keys(clock, tables, Memory(seconds))
        self._memory: Memory[Account] = Memory(seconds)

    def create_account(self, username: str, password: str, *, staff: bool = False) -> Account:
        check_name(username, "#/username")
        check_strength(password, username)
        encoded = make_password(password)
        actions: list[Action] = [
            self._model.password.set(encoded),
            self._model.staff.set(staff),
            self._model.active.set(True),
            self._model.created_at.set(self._clock()),
        ]
        item = self._model(username)
        try:
            item.update(actions, condition=self._model.password.does_not_exist())
        except ConditionFailed as error:
            stored = self._users.get_account(username)
            # The salt of its hash tells whether it is this call's account, whose answer was lost.
            if stored is None or stored.password != encoded:
                raise AlreadyExists(f"the username {username} is taken") from error
            item = stored
        self._memory.forget(username)
        return account_of(item)

    def check_password(self, username: str, password: str) -> Account:
        item = self._users.get_account(username)
        correct, outdated = verify(password, item.password if item else None)
        if item is None or not correct or not item.active:
            raise CredentialRefused("the username or the password is wrong, or the account is disabled")
        if outdated:
            renewal = self._model.password.set(make_password(password))
            try:
                item.update([renewal], condition=self._model.password == item.password)
            except ConditionFailed:
                return self.check_password(username, password)  # it has been changed meanwhile
            self._memory.forget(username)
        return account_of(item)

    def get_account(self, username: str) -> Account | None:
        def read() -> Account | None:
            item = self._users.get_account(username)
            return None if item is None else account_of(item)

        return self._memory.recall(username, read)

    def change_account(
        self, username: str, *, password: str | None = None, staff: bool | None = None, active: bool | None = None
    ) -> Account:
        actions: list[Action] = []
        if password is not None:
            check_strength(password, username)
            actions.append(self._model.password.set(make_password(password)))
        if staff is not None:
            actions.append(self._model.staff.set(staff))
        if active is not None:
            actions.append(self._model.active.set(active))
        if actions:
            with suppress(ConditionFailed):
                self._model(username).update(actions, condition=self._model.password.exists())
            self._memory.forget(username)
        item = self._users.get_account(username)
        if item is None:
            raise NotFound(f"there is no account {username}")
        return account_of(item)

    def delete_account(self, username: str) -> None:
        attributes = (self._model.password, self._model.staff, self._model.active, self._model.created_at)
        self._model(username).update([attribute.remove() for attribute in attributes])  # nobody logs in from now on
        self._memory.forget(username)
        self.erase_credentials(username)

    def any_account(self) -> bool:
        """By a scan that ends at the first account."""
        return any(True for _ in self._model.scan(self._model.password.exists(), limit=1))

    def remember_session(self, username: str, session_key: str) -> None:
        item = self._model(username)
        mark = self._model.session_keys.add({mark_of(session_key, self._clock())})
        try:
            item.update([mark], condition=self._model.password.exists())
        except ConditionFailed as error:
            raise CredentialRefused("the account is gone") from error
        oldest = sorted(item.session_keys or ())[:-MAX_SESSIONS]
        for each in oldest:
            end_session(session_key_of(each))
        self._users.unmark(username, sessions=oldest)

    def forget_session(self, username: str, session_key: str) -> None:
        item = self._users.get(username)
        if item is not None:
            marks = [mark for mark in item.session_keys or () if session_key_of(mark) == session_key]
            self._users.unmark(username, sessions=marks)

    def create_key(
        self, user_id: str, scopes: tuple[str, ...], expires_at: datetime | None = None
    ) -> tuple[str, ApiKey]:
        return self._keys.create(user_id, scopes, expires_at)

    def check_key(self, key: str) -> Principal:
        return self._keys.check(key)

    def revoke_key(self, key_id: str) -> ApiKey:
        return self._keys.revoke(key_id)

    def list_keys(self, user_id: str) -> list[ApiKey]:
        item = self._users.get(user_id)
        return self._keys.list(item.key_ids or ()) if item else []

    def erase_credentials(self, user_id: str) -> ErasedCredentials:
        item = self._users.get(user_id)
        if item is None:
            return ErasedCredentials(sessions=0, api_keys=0)
        marks, key_ids = item.session_keys or set(), item.key_ids or set()
        erased = ErasedCredentials(
            sessions=sum(end_session(session_key_of(mark)) for mark in marks),
            api_keys=sum(self._keys.delete(key_id) for key_id in key_ids),
        )
        self._users.unmark(user_id, sessions=marks, key_ids=key_ids)
        self._users.delete_if_bare(user_id)
        return erased
