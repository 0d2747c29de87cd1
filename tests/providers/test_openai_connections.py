"""Calls of a provider end by their deadline, over connections that are kept, shared, and trusted where secret."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from infra.certificate import write_certificate
from interactions.providers import wire
from interactions.providers.base import Message, ProviderFailed
from interactions.providers.configuration import ProviderConfig
from interactions.providers.openai import OpenAIProvider, _system_authorities
from tests.aws.server import serving
from tests.providers.asking import PROMPT, ask, failure, provider_of
from tests.providers.behaviours import (
    PATIENCE,
    Answer,
    Behaviour,
    Body,
    Cut,
    Hang,
    Json,
    NotJson,
    Raw,
    Slow,
    Status,
    WithoutLength,
)
from tests.providers.deadlines import late
from tests.providers.server import LanguageModel


class Kept:
    """Asks without closing what is idle."""

    def __init__(self, model: LanguageModel) -> None:
        self.provider = provider_of(model)

    def ask(self) -> str:
        deadline = time.monotonic() + PATIENCE
        turn = [Message("user", PROMPT)]
        return self.provider.complete(turn, model="m", max_tokens=1, temperature=None, deadline=deadline).text


@pytest.fixture
def kept(model: LanguageModel) -> Iterator[Kept]:
    kept = Kept(model)
    yield kept
    kept.provider.disconnect()


@pytest.mark.parametrize("behaviour", [Hang(), Hang(after=40), Hang(after=250), Slow("head"), Slow("body")], ids=str)
def test_no_call_outlives_its_deadline(model: LanguageModel, behaviour: Behaviour) -> None:
    model.otherwise = behaviour
    failed = late(lambda deadline: ask(provider_of(model), deadline=deadline), ProviderFailed)
    model.wait_until_gone(len(model.requests))
    assert (failed.type, failed.retryable, failed.billable, failed.counts) == ("timeout", False, True, True)


def test_a_call_may_have_less_time_than_the_request(model: LanguageModel) -> None:
    model.will(Hang())
    config = ProviderConfig(name="openai", kind="openai", model="m", base_url=model.url)
    hurried = OpenAIProvider(config._replace(seconds=0.2), None)  # type: ignore[arg-type]  # settings: whole ones
    deadline = time.monotonic() + PATIENCE
    assert failure(hurried, deadline=deadline).type == "timeout"
    assert time.monotonic() < deadline


def test_after_the_deadline_nothing_is_asked(model: LanguageModel, kept: Kept) -> None:
    kept.ask()
    for provider in (provider_of(model), kept.provider):
        failed = failure(provider, deadline=time.monotonic())
        assert (failed.type, failed.retryable, failed.billable) == ("timeout", False, False)
    assert len(model.requests) == 1


def test_what_is_not_reached_in_time_has_cost_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"https://127.0.0.1:{deaf.getsockname()[1]}/v1"
        provider = OpenAIProvider(ProviderConfig(name="openai", kind="openai", model="m", base_url=url), None)
        failed = late(lambda deadline: ask(provider, deadline=deadline), ProviderFailed)
    assert (failed.type, failed.retryable, failed.billable) == ("timeout", False, False)


def test_a_host_that_takes_too_long_to_connect_is_not_called_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "CONNECT_SECONDS", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"https://127.0.0.1:{deaf.getsockname()[1]}/v1"
        failed = failure(OpenAIProvider(ProviderConfig(name="openai", kind="openai", model="m", base_url=url), None))
    assert (failed.type, failed.retryable, failed.billable, failed.counts) == ("timeout", False, False, True)
    assert failed.message == "openai was not reached in time"


def test_where_nobody_listens_nothing_is_sent() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/v1"
        failed = failure(OpenAIProvider(ProviderConfig(name="openai", kind="openai", model="m", base_url=url), None))
    assert (failed.type, failed.retryable, failed.billable, failed.counts) == ("connection-failed", True, False, True)
    assert failed.message == "openai cannot be reached (ConnectionRefusedError)"


@pytest.mark.parametrize("host", ["no-such-host.invalid", "a..example"])
def test_a_host_that_does_not_exist_cannot_be_reached(host: str) -> None:
    config = ProviderConfig(name="openai", kind="openai", model="m", base_url=f"https://{host}/v1")
    failed = failure(OpenAIProvider(config, None))
    assert (failed.type, failed.retryable, failed.billable) == ("connection-failed", True, False)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """For 127.0.0.1."""
    return write_certificate(tmp_path_factory.mktemp("tls") / "certificate.pem")


@pytest.fixture
def authorities() -> Iterator[None]:
    """Those that the environment names are read, and forgotten."""
    _system_authorities.cache_clear()
    yield
    _system_authorities.cache_clear()


@pytest.mark.usefixtures("authorities")
def test_only_an_authority_of_the_system_is_trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with serving(context=context) as server:
        config = ProviderConfig(name="openai", kind="openai", model="m", base_url=f"{server.endpoint}/v1")
        failed = failure(OpenAIProvider(config, None))
        assert failed.message == "openai cannot be reached (SSLCertVerificationError)"
        assert (failed.type, failed.billable, server.requests) == ("connection-failed", False, [])
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        _system_authorities.cache_clear()
        server.say(Json(Answer("in secret").document("m")).data())
        assert ask(OpenAIProvider(config, None)).text == "in secret"


def test_calls_share_a_connection_whatever_their_status(model: LanguageModel, kept: Kept) -> None:
    model.will(Answer("one"), Status(429), Answer("two"), Status(400), NotJson(), Answer("three"))
    said = []
    for _ in range(6):
        try:
            said.append(kept.ask())
        except ProviderFailed as failed:
            said.append(failed.type)
    assert said == ["one", "rate-limited", "two", "refused", "wrong-content-type", "three"]
    assert model.connections == 1


def test_a_connection_that_was_closed_while_idle_is_replaced(model: LanguageModel, kept: Kept) -> None:
    data = Json(Answer("hi").document("m")).data()
    model.otherwise = Raw(data)
    for number in range(1, 4):
        assert kept.ask() == "hi"
        model.wait_until_gone(number)
    assert model.connections == len(model.requests) == 3


def test_a_request_over_a_kept_connection_that_breaks_is_not_repeated_in_silence(
    model: LanguageModel, kept: Kept
) -> None:
    model.will(Answer(), Cut())
    kept.ask()
    with pytest.raises(ProviderFailed) as failed:
        kept.ask()
    assert (failed.value.type, failed.value.billable) == ("connection-lost", True)
    assert [asked.connection for asked in model.requests] == [1, 1]


def test_a_connection_is_not_used_again_after_a_failure(model: LanguageModel, kept: Kept) -> None:
    model.will(Raw(b"what?\r\n\r\n", close=False), WithoutLength("two"), Answer("three"))
    with pytest.raises(ProviderFailed):
        kept.ask()
    assert [kept.ask(), kept.ask()] == ["two", "three"]
    assert model.connections == 3


def test_a_connection_that_is_announced_to_close_is_not_used_again(model: LanguageModel, kept: Kept) -> None:
    model.otherwise = Body(Json(Answer("hi").document("m")).body, headers={"Connection": "close"})
    assert [kept.ask(), kept.ask()] == ["hi", "hi"]
    assert model.connections == 2


def test_threads_share_no_answers(model: LanguageModel, kept: Kept) -> None:
    threads = 8
    model.will(*(Answer(f"answer {n}") for n in range(3 * threads)))
    with ThreadPoolExecutor(threads) as pool:
        with model.held():
            waiting = [pool.submit(lambda: [kept.ask() for _ in range(3)]) for _ in range(threads)]
            model.wait_for(threads)
        said = [text for each in waiting for text in each.result()]
    assert sorted(said) == sorted(f"answer {n}" for n in range(3 * threads))
    assert model.connections == threads


def test_disconnecting_closes_what_is_idle(model: LanguageModel, kept: Kept) -> None:
    kept.ask()
    kept.provider.disconnect()
    model.wait_until_gone(1)
    assert kept.ask() == "Hello!"
    assert model.connections == 2
