"""A language model that does as it is told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.providers.server import LanguageModel


@pytest.fixture
def model() -> Iterator[LanguageModel]:
    with LanguageModel() as model:
        yield model
