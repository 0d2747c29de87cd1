"""The credentials of a role, from where Lambda and containers put them."""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from urllib.parse import urlsplit

# New ones are asked for when those in hand have less left: a request made with them must not outlive them.
RENEWAL_SECONDS = 300.0
ANSWER_SECONDS = 2.0
# A container's own agent answers over plain HTTP at these addresses, and nobody else does.
LOCAL_HOSTS = {"127.0.0.1", "localhost", "::1", "169.254.170.2", "169.254.170.23", "fd00:ec2::23"}


class NoCredentials(Exception):
    """There are none, or whoever hands them out does not answer."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """`expires_at` is in seconds since 1970, or None for those that last as long as the process."""

    access_key: str
    secret_key: str
    token: str | None = None
    expires_at: float | None = None


class RoleCredentials:
    """Those of the environment, else of the container's credential endpoint, as after a restore by SnapStart.

    https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
    """

    def __init__(self) -> None:
        self._current: Credentials | None = None

    def get(self) -> Credentials:
        """Credentials that are good for some minutes at least.

        Raises:
            NoCredentials: there are none to be had.
        """
        current = self._current
        if current is None or (current.expires_at is not None and current.expires_at - time.time() < RENEWAL_SECONDS):
            current = self._current = _of_environment() or _of_container()
        return current

    def forget(self) -> None:
        """Ask anew next time."""
        self._current = None


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
            "nor AWS_CONTAINER_CREDENTIALS_FULL_URI; with AWS_WIRE=botocore profiles and all other sources are used"
        )
    try:
        document = json.loads(_fetch(url))
        return Credentials(
            document["AccessKeyId"],
            document["SecretAccessKey"],
            document.get("Token"),
            datetime.fromisoformat(document["Expiration"]).timestamp(),
        )
    except (OSError, HTTPException, ValueError, KeyError, TypeError) as error:
        raise NoCredentials(f"the container's credentials cannot be had ({type(error).__name__})") from error


def _fetch(url: str) -> bytes:
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in LOCAL_HOSTS:
        raise ValueError("credentials are fetched over HTTPS, or from this very host")
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=ANSWER_SECONDS)
    try:
        token = _authorization_token()
        path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        connection.request("GET", path, headers={"Authorization": token} if token else {})
        response = connection.getresponse()
        if response.status != 200:
            raise ValueError(f"status {response.status}")
        return response.read()
    finally:
        connection.close()


def _authorization_token() -> str | None:
    file = os.environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")
    return Path(file).read_text().strip() if file else os.environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN")
