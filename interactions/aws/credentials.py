"""The credentials of a role, from where Lambda and containers put them."""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass, field
from datetime import datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from urllib.parse import urlsplit

# New ones are asked for when those in hand have less left: a request made with them must not outlive them.
RENEWAL_SECONDS = 300.0
# Where that fails, those in hand serve as long as they are good, and others are asked for again after a while.
RETRY_SECONDS = 30.0
ANSWER_SECONDS = 2.0
LONGEST_ANSWER = 64 * 1024
# A container's own agent answers over plain HTTP at these addresses, and nobody else does.
LOCAL_HOSTS = {"127.0.0.1", "localhost", "::1", "169.254.170.2", "169.254.170.23", "fd00:ec2::23"}


class NoCredentials(Exception):
    """There are none, or whoever hands them out does not answer."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """`expires_at` is in seconds since 1970, or None for those that last as long as the process."""

    access_key: str
    secret_key: str = field(repr=False)
    token: str | None = field(default=None, repr=False)
    expires_at: float | None = None

    def __post_init__(self) -> None:
        parts = {"access key": self.access_key, "secret key": self.secret_key, "token": self.token or ""}
        for name, value in parts.items():
            if not (value.isascii() and value.isprintable()) or " " in value:
                raise NoCredentials(f"the {name} of AWS has a space, a line break or another letter")


class RoleCredentials:
    """Those of the environment, else of the container's credential endpoint, as after a restore by SnapStart.

    https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
    """

    def __init__(self) -> None:
        self._current: Credentials | None = None
        self._ask_again_at = 0.0

    def get(self) -> Credentials:
        """Credentials that are good for some minutes, or, while no others can be had, that are good still.

        Raises:
            NoCredentials: there are none to be had.
        """
        current, now = self._current, time.time()
        if current is None or (current.expires_at is not None and current.expires_at - now < RENEWAL_SECONDS):
            return self._renewed(current, now)
        return current

    def forget(self) -> None:
        """Ask anew next time."""
        self._current, self._ask_again_at = None, 0.0

    def _renewed(self, current: Credentials | None, now: float) -> Credentials:
        is_good = current is not None and current.expires_at is not None and current.expires_at > now
        if current is not None and is_good and now < self._ask_again_at:
            return current
        try:
            found = self._current = _of_environment() or _of_container()
        except NoCredentials:
            if current is None or not is_good:
                raise
            self._ask_again_at = now + RETRY_SECONDS
            return current
        return found


def _of_environment() -> Credentials | None:
    access_key, secret_key = os.environ.get("AWS_ACCESS_KEY_ID"), os.environ.get("AWS_SECRET_ACCESS_KEY")
    if not access_key or not secret_key:
        return None
    return Credentials(access_key, secret_key, os.environ.get("AWS_SESSION_TOKEN") or None)


def _of_container() -> Credentials:
    relative = os.environ.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
    url = f"http://169.254.170.2{relative}" if relative else os.environ.get("AWS_CONTAINER_CREDENTIALS_FULL_URI")
    if not url:
        raise NoCredentials(
            "there are no AWS credentials in the environment, neither AWS_ACCESS_KEY_ID with AWS_SECRET_ACCESS_KEY "
            "nor AWS_CONTAINER_CREDENTIALS_FULL_URI or …_RELATIVE_URI; with AWS_WIRE=botocore profiles and all other "
            "sources are used"
        )
    try:
        answer = _fetch(url, _authorization_token())
    except (OSError, HTTPException, ValueError) as error:
        raise NoCredentials(f"the container's credentials cannot be had ({type(error).__name__}: {error})") from error
    return _read(answer)


def _read(answer: bytes) -> Credentials:
    try:
        document = json.loads(answer)
        return Credentials(
            document["AccessKeyId"],
            document["SecretAccessKey"],
            document.get("Token"),
            datetime.fromisoformat(document["Expiration"]).timestamp(),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        # Without the cause, which may hold what must not be seen.
        raise NoCredentials("the container's credentials cannot be understood") from None


def _fetch(url: str, token: str | None) -> bytes:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("AWS_CONTAINER_CREDENTIALS_FULL_URI is no URL of a host")
    if parts.scheme == "http" and parts.hostname not in LOCAL_HOSTS:
        raise ValueError("they are fetched over HTTPS, or from this very host")
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname, parts.port, timeout=ANSWER_SECONDS)
    try:
        path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        connection.request("GET", path, headers={"Authorization": token} if token else {})
        with connection.getresponse() as response:
            if response.status != 200:
                raise ValueError(f"status {response.status}")
            return response.read(LONGEST_ANSWER)
    finally:
        connection.close()


def _authorization_token() -> str | None:
    file = os.environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")
    token = Path(file).read_text().strip() if file else os.environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN")
    if token and not (token.isascii() and token.isprintable()):
        raise ValueError("the token for whoever hands them out has a line break or another letter")
    return token
