"""Attributes that other programs write in their own way, or that are wrong."""

from __future__ import annotations

from typing import Any

import pytest

from interactions.domain.errors import Invalid
from interactions.domain.telemetry import attributes_of
from tests.domain.test_telemetry import FULL, read, with_


@pytest.mark.parametrize(("reasons", "read_back"), [([], None), (["stop"], "stop"), (("length", "stop"), "length")])
def test_of_several_finish_reasons_the_first_is_read(reasons: Any, read_back: str | None) -> None:
    assert read(with_(gen_ai__response__finish_reasons=reasons)).finish_reason == read_back


@pytest.mark.parametrize("reasons", ["stop", [1], {"stop": 1}, ["x" * 33]])
def test_finish_reasons_that_are_no_array_of_short_texts_are_refused(reasons: Any) -> None:
    with pytest.raises(Invalid) as refused:
        read(with_(gen_ai__response__finish_reasons=reasons))
    assert [error.pointer for error in refused.value.errors] == ["#/gen_ai.response.finish_reasons"]


def test_what_was_given_is_never_repeated() -> None:
    secret = "tell nobody"
    with pytest.raises(Invalid) as refused:
        read(dict.fromkeys(attributes_of(FULL), secret))
    assert secret not in str(refused.value)
