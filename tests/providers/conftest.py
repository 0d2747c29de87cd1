"""A language model that does as it is told."""

from __future__ import annotations

import time
from collections.abc import Iterator
from unittest import mock

import pytest

from tests.aws.descriptions import read_once
from tests.moving_clock import moving_clock
from tests.providers.bedrock import Bedrock
from tests.providers.converse import Converse, address, aws_environment
from tests.providers.server import LanguageModel


@pytest.fixture
def model() -> Iterator[LanguageModel]:
    with LanguageModel() as model:
        yield model


@pytest.fixture(scope="module")
def _bedrock() -> Iterator[Bedrock]:
    with LanguageModel() as model, aws_environment(model), read_once():
        bedrock = Bedrock(model)
        yield bedrock
        bedrock.provider.disconnect()


@pytest.fixture
def bedrock(_bedrock: Bedrock) -> Bedrock:
    _bedrock.model.otherwise = Converse("Hello!")
    _bedrock.model.requests.clear()
    return _bedrock


@pytest.fixture(scope="module")
def stalling_bedrock(_bedrock: Bedrock) -> Iterator[Bedrock]:
    """Another one, for calls that are given up: what of them still arrives disturbs no other test."""
    with LanguageModel() as model, pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", address(model))
        model.will(Converse("Hello!"))
        bedrock = Bedrock(model)
        bedrock.ask()  # with the client made
        patch.undo()
        yield bedrock
        bedrock.provider.disconnect()


@pytest.fixture
def elsewhere(bedrock: Bedrock) -> Iterator[pytest.MonkeyPatch]:
    """The environment, to be changed; botocore reads it when it makes a client."""
    bedrock.provider.disconnect()
    with pytest.MonkeyPatch.context() as patch:
        yield patch
    bedrock.provider.disconnect()


@pytest.fixture
def slept() -> Iterator[list[float]]:
    """For how long each sleep was, none of which takes any time."""
    seconds: list[float] = []
    with moving_clock() as sleep:

        def recorded(each: float) -> None:
            seconds.append(each)
            sleep(each)

        # Undone before the clock is: else its sleep would be what every later test of the process has.
        with mock.patch.object(time, "sleep", recorded):
            yield seconds
