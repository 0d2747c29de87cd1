"""Failures of providers are counted apart from the service's own, and are no error lines: an alarm counts those."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import Settings
from rest_framework.test import APIClient

from interactions.api.problem_types import OF_PROVIDERS, TYPES
from interactions.api.problems import Problem
from interactions.providers.echo import EchoProvider
from interactions.repositories import get_repository
from project.logging import JsonFormatter
from tests.api.asking import Providers, ask, openai
from tests.api.expectations import check_problem
from tests.moving_clock import moving_clock
from tests.providers.behaviours import Hang, Malformed, Status
from tests.providers.server import LanguageModel


class Lines(logging.Handler):
    """The lines as version 7 of the function writes them."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(JsonFormatter("interactions-test", "7"))
        self.lines: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(json.loads(self.format(record)))

    @property
    def request(self) -> dict[str, Any]:
        """The line of the latest request."""
        return [line for line in self.lines if line["logger"] == "interactions.requests"][-1]

    @property
    def failures(self) -> list[dict[str, Any]]:
        return [line for line in self.lines if line["logger"] == "interactions.errors"]

    @property
    def errors(self) -> list[dict[str, Any]]:
        """What the metric filter of the log group counts."""
        return [line for line in self.lines if line["level"] == "ERROR"]


@pytest.fixture
def lines() -> Iterator[Lines]:
    heard = Lines()
    logging.getLogger().addHandler(heard)
    yield heard
    logging.getLogger().removeHandler(heard)


def counted(line: dict[str, Any]) -> tuple[int, int]:
    """The service's own failures, and those of providers."""
    return line["server_errors"], line["provider_errors"]


def test_a_provider_that_fails_counts_as_its_own_fault(
    asker: APIClient, providers: Providers, model: LanguageModel, lines: Lines
) -> None:
    providers.are(openai(model))
    model.otherwise = Malformed()
    check_problem(ask(asker), 502, "provider-failed")
    assert counted(lines.request) == (0, 1)
    assert (lines.request["problem"], lines.request["fault"]) == ("provider-failed", "provider")
    assert lines.errors == []
    (failure,) = lines.failures
    assert (failure["level"], failure["problem"], failure["fault"]) == ("WARNING", "provider-failed", "provider")


def test_an_open_circuit_breaker_counts_as_the_providers_fault(
    asker: APIClient, providers: Providers, model: LanguageModel, lines: Lines
) -> None:
    providers.are(openai(model), breaker_failures=1)
    model.otherwise = Status(500)
    with moving_clock():
        ask(asker)
    answer = ask(asker)
    assert answer.json()["detail"].startswith("circuit-open")
    assert counted(lines.request) == (0, 1)
    assert lines.errors == []


def test_a_provider_that_does_not_answer_in_time_counts_as_its_own_fault(
    asker: APIClient, providers: Providers, model: LanguageModel, lines: Lines
) -> None:
    providers.are(openai(model), request_seconds=1.0)
    model.otherwise = Hang()
    check_problem(ask(asker), 504, "provider-timeout")
    assert counted(lines.request) == (0, 1)
    assert lines.errors == []


def test_a_key_that_is_not_set_counts_as_a_providers_fault_and_is_named(
    asker: APIClient, providers: Providers, lines: Lines
) -> None:
    providers.are({"kind": "openai", "model": "gpt-4.1-mini"}, provider_keys={"openai-api-key": "unset"})
    check_problem(ask(asker), 503, "no-provider")
    assert counted(lines.request) == (0, 1)
    assert lines.errors == []
    (failure,) = lines.failures
    assert "openai-api-key" in failure["message"]
    assert failure["problem"] == "no-provider"


def test_a_repeat_of_a_failure_counts_as_the_failure_did(
    asker: APIClient, providers: Providers, model: LanguageModel, lines: Lines
) -> None:
    providers.are(openai(model))
    model.otherwise = Malformed()
    ask(asker, key="once")
    check_problem(ask(asker, key="once"), 502, "provider-failed")
    assert counted(lines.request) == (0, 1)


def test_an_exception_in_the_adapter_of_a_provider_is_the_services_own_fault(
    asker: APIClient, providers: Providers, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    def complete(*args: object, **kwargs: object) -> object:
        raise ZeroDivisionError

    monkeypatch.setattr(EchoProvider, "complete", complete)
    providers.are({"kind": "echo"})
    check_problem(ask(asker), 502, "provider-failed")
    assert counted(lines.request) == (1, 0)
    assert lines.request["fault"] == "service"
    assert {line["level"] for line in lines.failures} == {"ERROR"}


@pytest.fixture
def broken(settings: Settings, request: pytest.FixtureRequest) -> Iterator[None]:
    settings.INTERACTIONS_REPOSITORY = f"tests.api.broken.{request.param}"
    get_repository.cache_clear()
    yield
    get_repository.cache_clear()


@pytest.mark.parametrize(
    ("broken", "slug"),
    [("BrokenRepository", "internal-error"), ("UnreachableRepository", "unavailable")],
    indirect=["broken"],
)
@pytest.mark.usefixtures("broken")
def test_a_failure_of_the_service_is_an_error_line_that_names_the_problem(
    alice: APIClient, lines: Lines, slug: str
) -> None:
    alice.raise_request_exception = False
    answer = alice.get("/v1/interactions")
    check_problem(answer, answer.status_code, slug)
    assert counted(lines.request) == (1, 0)
    (failure,) = lines.failures
    assert (failure["level"], failure["problem"], failure["fault"]) == ("ERROR", slug, "service")
    assert (lines.request["problem"], lines.request["fault"]) == (slug, "service")


def test_a_problem_that_the_caller_can_mend_is_named_and_nobodys_fault(alice: APIClient, lines: Lines) -> None:
    alice.post("/v1/interactions", {"prompt": 1}, format="json")
    assert lines.request["problem"] == "invalid-request"
    assert "fault" not in lines.request
    assert counted(lines.request) == (0, 0)
    alice.get("/v1/interactions")
    assert "problem" not in lines.request


def test_every_problem_of_500_or_more_is_the_fault_of_the_service_or_of_a_provider() -> None:
    faults = {slug: Problem(slug, "").fault for slug in TYPES}
    assert {slug for slug, fault in faults.items() if fault == "provider"} == OF_PROVIDERS
    assert {slug for slug, fault in faults.items() if fault is None} == {
        slug for slug, kind in TYPES.items() if kind.status < 500
    }
