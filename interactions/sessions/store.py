"""The session engine. It reads when a session is used and writes when it has changed, over the process's connection.

DynamoDB deletes what has expired within days; here it is gone the moment it expires. What is inherited as it stands:
the asynchronous methods, which run these in a thread, for PynamoDB knows no other way.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.contrib.sessions.backends.base import VALID_KEY_CHARS, CreateError, SessionBase, UpdateError
from django.utils.crypto import get_random_string
from pynamodb.expressions.update import Action

from interactions.conf import conf
from interactions.domain.errors import TooLarge
from interactions.dynamodb.connection import ConditionFailed
from interactions.dynamodb.django_tables import SessionItem
from interactions.dynamodb.tables import get_tables

# DynamoDB's limits: of a key, and of an item, less what its other attributes and all names take.
MAX_KEY_BYTES = 2048
MAX_DATA_BYTES = 400 * 1024 - MAX_KEY_BYTES - 512


class SessionStore(SessionBase):
    """Sessions in the table that django-dynamodb-sessions and dj-dynamodb-sessions use.

    Its name is part of what signs the data (`key_salt`): under another one nothing written so far would be read.
    """

    def load(self) -> dict[str, Any]:
        item = self._item(self.session_key)
        session: dict[str, Any] = self.decode(item.data) if item else {}
        if item is None or self._has_expired(item, session):
            self._session_key = None
            return {}
        return session

    def exists(self, session_key: str | None) -> bool:
        return self._item(session_key) is not None

    def create(self) -> None:
        while True:
            # A key that is taken is found out by the write; asking first would cost a read.
            self._session_key = get_random_string(32, VALID_KEY_CHARS)
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def save(self, must_create: bool = False) -> None:
        """Write the session.

        Raises:
            CreateError: `must_create`, and there is one of that key.
            UpdateError: the session was deleted meanwhile, by a logout, say: it stays deleted.
            TooLarge: it does not fit an item; what was stored stays as it was.
        """
        if self.session_key is None:
            return self.create()
        data = self.encode(self._get_session(no_load=must_create))  # type: ignore[attr-defined]  # not in the stubs
        if len(data) > MAX_DATA_BYTES:
            raise TooLarge(f"a session of {len(data)} bytes does not fit an item of 400 KB")
        expires = _in_utc(self.get_expiry_date())
        if must_create:
            return self._insert(data, expires)
        return self._update(data, expires)

    def delete(self, session_key: str | None = None) -> None:
        key = self.session_key if session_key is None else session_key
        if self._validate_session_key(key):
            _model()(key).delete()

    @classmethod
    def clear_expired(cls) -> None:
        """Nothing: DynamoDB deletes by `ttl`, for free; finding what has expired would mean reading the whole table."""

    @classmethod
    async def aclear_expired(cls) -> None:
        """As `clear_expired`."""

    def _validate_session_key(self, key: str | None) -> bool:
        """Django's rule, and DynamoDB's: the key comes from a cookie, and may be anything."""
        valid = bool(super()._validate_session_key(key))  # type: ignore[misc]  # not in the stubs
        return valid and str(key).isascii() and len(str(key)) <= MAX_KEY_BYTES

    def _item(self, session_key: str | None) -> SessionItem | None:
        """What is stored under the key, expired or not."""
        if not self._validate_session_key(session_key):
            return None
        model = _model()
        try:
            return model.get(session_key, consistent_read=conf.sessions_always_consistent)
        except model.DoesNotExist:
            return None

    def _has_expired(self, item: SessionItem, session: dict[str, Any]) -> bool:
        """By its `ttl`; one from before there was any ends some time after it was made, not never."""
        if item.ttl is not None:
            return item.ttl <= datetime.now(UTC)
        if item.created is None:
            return True
        made = datetime.fromtimestamp(item.created, UTC)
        expires = self.get_expiry_date(modification=made, expiry=session.get("_session_expiry"))
        return _in_utc(expires) <= datetime.now(UTC)

    def _insert(self, data: str, expires: datetime) -> None:
        model = _model()
        item = model(self.session_key, data=data, created=int(datetime.now(UTC).timestamp()), ttl=expires)
        try:
            item.save(condition=model.session_key.does_not_exist())
        except ConditionFailed as failure:
            if not (failure.unsettled and self._is_stored(data)):
                raise CreateError from failure

    def _update(self, data: str, expires: datetime) -> None:
        model = _model()
        changes: list[Action] = [model.data.set(data), model.ttl.set(expires)]
        try:
            model(self.session_key).update(changes, condition=model.session_key.exists())
        except ConditionFailed as failure:
            raise UpdateError from failure

    def _is_stored(self, data: str) -> bool:
        """Whether an attempt whose answer was lost has stored this session: it is there, as this one would be."""
        model = _model()
        try:
            return model.get(self.session_key, consistent_read=True).data == data
        except model.DoesNotExist:
            return False


def _model() -> type[SessionItem]:
    return get_tables().sessions


def _in_utc(moment: datetime) -> datetime:
    """Where USE_TZ is off, Django's moments have no time zone, and are in the server's."""
    return moment.astimezone(UTC)
