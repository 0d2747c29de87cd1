"""API keys in their table, each noted in its user's item by the same transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from hmac import compare_digest

from pynamodb.transactions import TransactWrite

from interactions.accounts.base import ApiKey, CredentialRefused, Principal
from interactions.accounts.keys import check_name, check_scopes, hash_secret, new_key, principal_of, split_key
from interactions.accounts.memory import Memory
from interactions.domain.errors import NotFound
from interactions.dynamodb.account_tables import ApiKeyItem
from interactions.dynamodb.connection import ConditionFailed
from interactions.dynamodb.tables import Tables


class Keys:
    """What `Accounts` promises of keys."""

    def __init__(self, clock: Callable[[], datetime], tables: Tables, memory: Memory[ApiKeyItem]) -> None:
        self._clock = clock
        self._tables = tables
        self._model = tables.api_keys
        self._memory = memory

    def create(self, user_id: str, scopes: tuple[str, ...], expires_at: datetime | None) -> tuple[str, ApiKey]:
        check_name(user_id, "#/user_id")
        check_scopes(scopes)
        key, key_id, secret_hash = new_key()
        item = self._model(
            key_id,
            secret_hash=secret_hash,
            user_id=user_id,
            scopes=[*scopes],
            created_at=self._clock(),
            expires_at=expires_at,
        )
        accounts = self._tables.accounts
        # By the token DynamoDB knows a transaction again whose answer was lost.
        with TransactWrite(connection=self._tables.connection, client_request_token=key_id) as transaction:
            transaction.save(item, condition=self._model.key_id.does_not_exist())
            transaction.update(accounts(user_id), [accounts.key_ids.add({key_id})])
        return key, _api_key(item)

    def check(self, key: str) -> Principal:
        parts = split_key(key)
        item = self._memory.recall(parts[0], lambda: self._get(parts[0])) if parts else None
        # The state of a key is told only to who holds its secret.
        if not parts or not item or not compare_digest(item.secret_hash, hash_secret(parts[1])):
            raise CredentialRefused("the API key is not known")
        return principal_of(_api_key(item), self._clock())

    def revoke(self, key_id: str) -> ApiKey:
        item = self._model(key_id)
        first = self._model.revoked_at | self._clock()
        try:
            item.update([self._model.revoked_at.set(first)], condition=self._model.key_id.exists())
        except ConditionFailed as error:
            raise NotFound("there is no such API key") from error
        self._memory.forget(key_id)
        return _api_key(item)

    def list(self, key_ids: Collection[str]) -> list[ApiKey]:
        found = self._model.batch_get([*key_ids], consistent_read=True)
        return sorted(map(_api_key, found), key=lambda key: (key.created_at, key.key_id))

    def delete(self, key_id: str) -> bool:
        """Whether there was one."""
        try:
            self._model(key_id).delete(condition=self._model.key_id.exists())
        except ConditionFailed as failed:
            return failed.unsettled
        finally:
            self._memory.forget(key_id)
        return True

    def _get(self, key_id: str) -> ApiKeyItem | None:
        try:
            return self._model.get(key_id, consistent_read=True)
        except self._model.DoesNotExist:
            return None


def _api_key(item: ApiKeyItem) -> ApiKey:
    return ApiKey(
        key_id=item.key_id,
        user_id=item.user_id,
        scopes=tuple(map(str, item.scopes)),
        created_at=item.created_at,
        expires_at=item.expires_at,
        revoked_at=item.revoked_at,
    )
