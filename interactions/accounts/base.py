"""The port: what a store of accounts and API keys promises."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from interactions.domain.errors import DomainError

SCOPES = ("read", "write", "chat", "any")
MAX_SESSIONS = 50


class CredentialRefused(DomainError):
    """The credential is unknown, wrong, revoked, expired or belongs to a disabled account; the text says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """Who a request acts for, and what it may do. `key_id` tells which API key was used, None for a session."""

    user_id: str
    scopes: frozenset[str]
    key_id: str | None = None

    # What Django and DRF expect of `request.user`.
    is_authenticated = True
    is_anonymous = False

    @property
    def pk(self) -> str:
        return self.user_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A person who can log in.

    `session_hash` changes with the password, which ends the sessions that hold another; it would be one of the
    earlier ones by the secret keys that were in use before, SECRET_KEY_FALLBACKS.
    """

    username: str
    staff: bool
    active: bool
    session_hash: str
    earlier_session_hashes: tuple[str, ...] = ()

    @property
    def principal(self) -> Principal:
        scopes = {"read", "write", "chat", "any"} if self.staff else {"read", "write", "chat"}
        return Principal(user_id=self.username, scopes=frozenset(scopes))


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """What is kept of a key: never the secret."""

    key_id: str
    user_id: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None = None

    def has_ended(self, at: datetime) -> bool:
        return self.revoked_at is not None or (self.expires_at is not None and self.expires_at <= at)


class ErasedCredentials(NamedTuple):
    """How many sessions and API keys of a user were deleted."""

    sessions: int
    api_keys: int


class Accounts(Protocol):
    """A store of accounts and keys. An account's user_id is its username; a key's user_id needs no account.

    What is changed or ended holds at once in the process that did it, and within 5 s in every other.
    """

    def create_account(self, username: str, password: str, *, staff: bool = False) -> Account:
        """Make an account.

        Raises:
            Invalid: the username is not in the alphabet of user ids, or the password is too weak.
            AlreadyExists: the username is taken.
        """

    def check_password(self, username: str, password: str) -> Account:
        """The active account of that name and password, by what is stored now.

        An unknown name or a disabled account costs the same time as a wrong password. A hash that was made by earlier
        settings is made anew, which ends the account's sessions as a change of the password does.

        Raises:
            CredentialRefused
        """

    def get_account(self, username: str) -> Account | None:
        """The account of that name, active or not."""

    def change_account(
        self, username: str, *, password: str | None = None, staff: bool | None = None, active: bool | None = None
    ) -> Account:
        """Change what is given, all of it or nothing; another password ends the account's sessions.

        Raises:
            Invalid: the password is too weak.
            NotFound
        """

    def delete_account(self, username: str) -> None:
        """Delete the account with its sessions and API keys; again is harmless. Whoever makes it anew owns its data."""

    def any_account(self) -> bool:
        """Whether there is an account at all: for a person at a terminal, since a store may have to search."""

    def remember_session(self, username: str, session_key: str) -> None:
        """Take note that the session is the account's, before it holds anything, so that erasing finds it.

        A store may hold an account to `MAX_SESSIONS`, and end its oldest.

        Raises:
            CredentialRefused: the account is gone.
        """

    def forget_session(self, username: str, session_key: str) -> None:
        """Take note that the session is over; of one that is not known, nothing."""

    def create_key(
        self, user_id: str, scopes: tuple[str, ...], expires_at: datetime | None = None
    ) -> tuple[str, ApiKey]:
        """Make a key; the first of the pair is the whole key, which can't be had again.

        Raises:
            Invalid: the user_id or a scope is not one.
        """

    def check_key(self, key: str) -> Principal:
        """Whom a key lets act, and for what.

        Raises:
            CredentialRefused
        """

    def revoke_key(self, key_id: str) -> ApiKey:
        """Make a key useless, for good; again is harmless.

        Raises:
            NotFound
        """

    def list_keys(self, user_id: str) -> list[ApiKey]:
        """The user's keys, those that have ended too, oldest first."""

    def erase_credentials(self, user_id: str) -> ErasedCredentials:
        """Delete the user's API keys and sessions, and what is kept to find them. The account stays."""
