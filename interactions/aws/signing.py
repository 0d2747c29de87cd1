"""AWS Signature Version 4 of a POST to the root of a service, the one request that its JSON protocols know.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Mapping
from functools import lru_cache

from interactions.aws.credentials import Credentials

ALGORITHM = "AWS4-HMAC-SHA256"


def signed_headers(
    *,
    host: str,
    target: str,
    body: bytes,
    content_type: str,
    region: str,
    service: str,
    credentials: Credentials,
    at: float,
) -> dict[str, str]:
    """All headers of the request, `Authorization` among them; `at` is the time in seconds since 1970."""
    moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(at))
    headers = {"content-type": content_type, "host": host, "x-amz-date": moment}
    if credentials.token is not None:
        headers["x-amz-security-token"] = credentials.token
    headers["x-amz-target"] = target
    headers["authorization"] = authorization(headers, body, moment, region, service, credentials)
    return headers


def authorization(
    headers: Mapping[str, str], body: bytes, moment: str, region: str, service: str, credentials: Credentials
) -> str:
    """The header of that name. The others are all signed: they have names in small letters, and are in their order."""
    names = ";".join(headers)
    lines = "".join([f"{name}:{value}\n" for name, value in headers.items()])
    canonical = f"POST\n/\n\n{lines}\n{names}\n{hashlib.sha256(body).hexdigest()}"
    scope = f"{moment[:8]}/{region}/{service}/aws4_request"
    to_sign = f"{ALGORITHM}\n{moment}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = _signing_key(credentials.secret_key, moment[:8], region, service)
    signature = hmac.digest(key, to_sign.encode(), "sha256").hex()
    return f"{ALGORITHM} Credential={credentials.access_key}/{scope}, SignedHeaders={names}, Signature={signature}"


def forget_keys() -> None:
    """Keep nothing that is made of a secret."""
    _signing_key.cache_clear()


@lru_cache(maxsize=8)
def _signing_key(secret_key: str, day: str, region: str, service: str) -> bytes:
    key = b"AWS4" + secret_key.encode()
    for part in (day, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key
