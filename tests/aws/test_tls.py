"""Nothing is sent to who cannot show a certificate for the host's name by an authority that is trusted."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from infra.certificate import write_certificate
from interactions.aws.endpoints import NotSupported, tls_context
from interactions.aws.service import NotConnected
from tests.aws.conftest import Connect
from tests.aws.server import PATIENCE, Server, serving


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For 127.0.0.1, and no other host."""
    return write_certificate(tmp_path_factory.mktemp("tls") / "certificate.pem")


@pytest.fixture(scope="module")
def context(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def secure(context: ssl.SSLContext) -> Iterator[Server]:
    with serving(context=context) as server:
        yield server


def test_the_authorities_in_aws_ca_bundle_are_trusted(
    secure: Server, connect: Connect, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_CA_BUNDLE", str(certificate))
    service = connect(secure.endpoint)
    for body in (b"{}", b"x" * 100_000, b"y" * 1_000_000):
        assert service.call("GetItem", body, PATIENCE, PATIENCE).body == body
    assert secure.connections == 1


def test_a_secure_connection_that_was_closed_while_idle_is_replaced(
    secure: Server, connect: Connect, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_CA_BUNDLE", str(certificate))
    service = connect(secure.endpoint)
    secure.say(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", close=True)
    for _ in range(3):
        assert service.call("GetItem", b"{}", PATIENCE, PATIENCE).status == 200
        secure.wait_until_closed()
    assert secure.connections == 3


def test_an_authority_that_is_not_trusted_is_told_nothing(secure: Server, connect: Connect) -> None:
    with pytest.raises(NotConnected, match=r"SSLCertVerificationError: .*self-signed"):
        connect(secure.endpoint).call("GetItem", b"{}", PATIENCE, PATIENCE)
    secure.wait_until_closed()
    assert secure.requests == []


def test_a_certificate_for_another_host_is_not_taken(
    context: ssl.SSLContext, connect: Connect, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_CA_BUNDLE", str(certificate))
    with serving(context=context, host="127.0.0.2") as server:
        with pytest.raises(NotConnected, match=r"certificate is not valid for '127\.0\.0\.2'"):
            connect(server.endpoint).call("GetItem", b"{}", PATIENCE, PATIENCE)
        server.wait_until_closed()
        assert server.requests == []


def test_who_does_not_speak_tls_is_told_nothing(connect: Connect) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening, ThreadPoolExecutor(1) as threads:

        def refuse() -> None:
            with listening.accept()[0] as connection:
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                connection.recv(100_000)

        done = threads.submit(refuse)
        with pytest.raises(NotConnected, match="SSLError"):
            connect(f"https://127.0.0.1:{listening.getsockname()[1]}").call("GetItem", b"{}", PATIENCE, PATIENCE)
        done.result()


@pytest.mark.parametrize("text", [None, "no certificate"])
def test_a_bundle_that_cannot_be_read_is_named(
    connect: Connect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str | None
) -> None:
    bundle = tmp_path / "bundle.pem"
    if text is not None:
        bundle.write_text(text)
    monkeypatch.setenv("AWS_CA_BUNDLE", str(bundle))
    with pytest.raises(NotSupported, match=f"the authorities in {bundle} cannot be read"):
        connect("https://127.0.0.1")


@pytest.mark.parametrize("host", ["dynamodb.us-east-1.amazonaws.com", "dynamodb.cn-north-1.amazonaws.com.cn", "a.b"])
def test_certificates_and_names_are_always_verified(host: str) -> None:
    context = tls_context(host)
    assert (context.check_hostname, context.verify_mode) == (True, ssl.CERT_REQUIRED)
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
