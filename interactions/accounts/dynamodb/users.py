"""The item of a user: the account, if there is one, and what is to be erased with the user.

That is the ids of the API keys, and the sessions, of which no index tells whose they are. It is read by its key,
consistently: an index or a replica may lag behind a disabling or an erasure.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime

from pynamodb.expressions.update import Action

from interactions.accounts.base import Account
from interactions.accounts.passwords import earlier_session_hashes, session_hash
from interactions.dynamodb.account_tables import AccountItem
from interactions.dynamodb.connection import ConditionFailed


class UserItems:
    def __init__(self, model: type[AccountItem]) -> None:
        self._model = model

    def get(self, user_id: str) -> AccountItem | None:
        """What is stored of the user, with an account or without."""
        try:
            return self._model.get(user_id, consistent_read=True)
        except self._model.DoesNotExist:
            return None

    def get_account(self, username: str) -> AccountItem | None:
        item = self.get(username)
        return item if item is not None and item.password is not None else None

    def unmark(self, user_id: str, *, sessions: Collection[str] = (), key_ids: Collection[str] = ()) -> None:
        """Take the marks of sessions and the ids of keys that are gone off the user's item."""
        actions: list[Action] = []
        if sessions:
            actions.append(self._model.session_keys.delete({*sessions}))
        if key_ids:
            actions.append(self._model.key_ids.delete({*key_ids}))
        if actions:
            self._model(user_id).update(actions)

    def delete_if_bare(self, user_id: str) -> None:
        """Delete the item of a user who has no account, unless something has come into it meanwhile."""
        model = self._model
        no_account, no_sessions, no_keys = (
            attribute.does_not_exist() for attribute in (model.password, model.session_keys, model.key_ids)
        )
        with suppress(ConditionFailed):
            model(user_id).delete(condition=no_account & no_sessions & no_keys)


def mark_of(session_key: str, at: datetime) -> str:
    """How an item notes a session: marks sort by time."""
    return f"{int(at.timestamp() * 1000):013d}.{session_key}"


def session_key_of(mark: str) -> str:
    return mark.partition(".")[2]


def account_of(item: AccountItem) -> Account:
    assert item.password is not None
    return Account(
        username=item.username,
        staff=bool(item.staff),
        active=bool(item.active),
        session_hash=session_hash(item.password),
        earlier_session_hashes=earlier_session_hashes(item.password),
    )
