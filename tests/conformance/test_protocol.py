"""Each store has the port's methods, as the port spells them, and no others that a caller could come to rely on."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from interactions.repositories.base import InteractionRepository
from tests.conformance.stores import ALSO_OVER_BOTOCORE


def _methods(kind: type) -> dict[str, Callable[..., Any]]:
    return {name: f for name, f in inspect.getmembers(kind, inspect.isfunction) if not name.startswith("_")}


def test_a_store_has_the_methods_of_the_port_and_no_others(store: InteractionRepository) -> None:
    assert _methods(type(store)).keys() == _methods(InteractionRepository).keys()


def test_each_method_takes_and_returns_what_the_port_says(store: InteractionRepository) -> None:
    signatures = {name: inspect.signature(method) for name, method in _methods(type(store)).items()}
    assert signatures == {name: inspect.signature(method) for name, method in _methods(InteractionRepository).items()}


@ALSO_OVER_BOTOCORE
def test_a_store_that_can_be_reached_passes_its_check(store: InteractionRepository) -> None:
    store.check()
