"""Accounts over django.contrib.auth, so that staff log in to the admin with them; keys in a table of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from hmac import compare_digest
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction

from interactions.accounts.base import Account, ApiKey, CredentialRefused, ErasedCredentials, Principal
from interactions.accounts.keys import check_name, check_scopes, hash_secret, new_key, principal_of, split_key
from interactions.accounts.passwords import check_strength, make_password, verify
from interactions.accounts.sessions import session_user_id
from interactions.domain.errors import AlreadyExists, NotFound
from interactions.models import ApiKeyRow


class OrmAccounts:
    """Implements `Accounts`; keys expire by `clock`."""

    def __init__(self, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._clock = clock

    def create_account(self, username: str, password: str, *, staff: bool = False) -> Account:
        check_name(username, "#/username")
        check_strength(password, username)
        user = User(username=username, password=make_password(password), is_staff=staff, is_superuser=staff)
        try:
            with transaction.atomic():
                user.save(force_insert=True)
        except IntegrityError as error:
            raise AlreadyExists(f"the username {username} is taken") from error
        return _account(user)

    def check_password(self, username: str, password: str) -> Account:
        user = User.objects.filter(username=username).first()
        correct, outdated = verify(password, user.password if user else None)
        if user is None or not correct or not user.is_active:
            raise CredentialRefused("the username or the password is wrong, or the account is disabled")
        if outdated:
            renewed = make_password(password)
            if not User.objects.filter(pk=user.pk, password=user.password).update(password=renewed):
                return self.check_password(username, password)  # it has been changed meanwhile
            user.password = renewed
        return _account(user)

    def get_account(self, username: str) -> Account | None:
        user = User.objects.filter(username=username).first()
        return None if user is None else _account(user)

    def change_account(
        self, username: str, *, password: str | None = None, staff: bool | None = None, active: bool | None = None
    ) -> Account:
        changes: dict[str, Any] = {}
        if password is not None:
            check_strength(password, username)
            changes["password"] = make_password(password)
        if staff is not None:
            changes |= {"is_staff": staff, "is_superuser": staff}
        if active is not None:
            changes["is_active"] = active
        if changes:
            User.objects.filter(username=username).update(**changes)
        account = self.get_account(username)
        if account is None:
            raise NotFound(f"there is no account {username}")
        return account

    def delete_account(self, username: str) -> None:
        self.erase_credentials(username)
        User.objects.filter(username=username).delete()

    def any_account(self) -> bool:
        return User.objects.exists()

    def remember_session(self, username: str, session_key: str) -> None:
        """Nothing: `erase_credentials` looks through all sessions."""

    def forget_session(self, username: str, session_key: str) -> None:
        """Nothing, likewise."""

    def create_key(
        self, user_id: str, scopes: tuple[str, ...], expires_at: datetime | None = None
    ) -> tuple[str, ApiKey]:
        check_name(user_id, "#/user_id")
        check_scopes(scopes)
        key, key_id, secret_hash = new_key()
        row = ApiKeyRow.objects.create(
            key_id=key_id,
            secret_hash=secret_hash,
            user_id=user_id,
            scopes=[*scopes],
            created_at=self._clock(),
            expires_at=expires_at,
        )
        return key, _api_key(row)

    def check_key(self, key: str) -> Principal:
        parts = split_key(key)
        row = parts and ApiKeyRow.objects.filter(key_id=parts[0]).first()
        # The state of a key is told only to who holds its secret.
        if not parts or not row or not compare_digest(row.secret_hash, hash_secret(parts[1])):
            raise CredentialRefused("the API key is not known")
        return principal_of(_api_key(row), self._clock())

    def revoke_key(self, key_id: str) -> ApiKey:
        row = ApiKeyRow.objects.filter(key_id=key_id).first()
        if row is None:
            raise NotFound("there is no such API key")
        if row.revoked_at is None:
            row.revoked_at = self._clock()
            row.save(update_fields=["revoked_at"])
        return _api_key(row)

    def list_keys(self, user_id: str) -> list[ApiKey]:
        return [_api_key(row) for row in ApiKeyRow.objects.filter(user_id=user_id).order_by("created_at", "key_id")]

    def erase_credentials(self, user_id: str) -> ErasedCredentials:
        # Django's session table has no user: the few sessions of a laptop are opened one by one, the admin's too.
        user = User.objects.filter(username=user_id).first()
        sessions = [s.pk for s in Session.objects.iterator() if _belongs(s.get_decoded(), user_id, user)]
        Session.objects.filter(pk__in=sessions).delete()
        api_keys, _ = ApiKeyRow.objects.filter(user_id=user_id).delete()
        return ErasedCredentials(sessions=len(sessions), api_keys=api_keys)


def _belongs(session: Mapping[str, Any], user_id: str, user: User | None) -> bool:
    in_admin = user is not None and session.get(SESSION_KEY) == str(user.pk)
    return in_admin or session_user_id(session) == user_id


def _account(user: User) -> Account:
    return Account(
        username=user.username,
        staff=user.is_staff,
        active=user.is_active,
        session_hash=user.get_session_auth_hash(),
        earlier_session_hashes=tuple(user.get_session_auth_fallback_hash()),
    )


def _api_key(row: ApiKeyRow) -> ApiKey:
    return ApiKey(
        key_id=row.key_id,
        user_id=row.user_id,
        scopes=tuple(row.scopes),
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
    )
