"""Requests are signed as AWS publishes it, and as botocore signs them."""

from __future__ import annotations

from datetime import UTC, datetime
from unittest.mock import patch

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials
from hypothesis import given
from hypothesis import strategies as st

from interactions.aws.credentials import Credentials
from interactions.aws.signing import authorization, signed_headers

KEY = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

signs = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=60)
words = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=12)
regions = st.sampled_from(["us-east-1", "sa-east-1", "us-gov-west-1", "cn-north-1", "ap-southeast-7"])
services = st.sampled_from(["dynamodb", "ssm"]) | words
credentials = st.builds(Credentials, signs, signs, st.none() | signs)
moments = st.datetimes(datetime(1990, 1, 1), datetime(2400, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def test_a_post_of_awss_own_test_suite() -> None:
    """post-x-www-form-urlencoded of aws-sig-v4-test-suite."""
    headers = {
        "content-type": "application/x-www-form-urlencoded",
        "host": "example.amazonaws.com",
        "x-amz-date": "20150830T123600Z",
    }
    signed = authorization(
        headers, b"Param1=value1", "20150830T123600Z", "us-east-1", "service", Credentials("AKIDEXAMPLE", KEY)
    )
    assert signed == (
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
        "SignedHeaders=content-type;host;x-amz-date, "
        "Signature=ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"
    )


@given(credentials, moments, st.binary(max_size=2000), regions, services, words, words)
def test_botocore_signs_the_same_request_alike(
    credentials: Credentials, at: datetime, body: bytes, region: str, service: str, host: str, target: str
) -> None:
    headers = signed_headers(
        host=f"{host}.example",
        target=target,
        body=body,
        content_type="application/x-amz-json-1.0",
        region=region,
        service=service,
        credentials=credentials,
        at=at.timestamp(),
    )
    request = AWSRequest(
        "POST",
        f"https://{host}.example/",
        headers={"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": target},
        data=body,
    )
    signer = SigV4Auth(
        BotocoreCredentials(credentials.access_key, credentials.secret_key, credentials.token), service, region
    )
    with patch("botocore.auth.get_current_datetime", lambda: at.replace(tzinfo=None)):
        signer.add_auth(request)
    theirs = {name.lower(): value for name, value in request.headers.items()} | {"host": f"{host}.example"}
    assert headers == theirs
