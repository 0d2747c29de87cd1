"""A user who is erased while a model answers: nothing of them is written afterwards."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from rest_framework.test import APIClient

from tests.api.asking import Providers, openai
from tests.api.expectations import check_problem
from tests.api.stored import all_that_is_stored
from tests.api.test_chat import ask_and_close
from tests.providers.server import LanguageModel


@pytest.mark.everywhere
@pytest.mark.usefixtures("transactional_db")
@pytest.mark.parametrize("limit", [None, "1"])
def test_nothing_of_a_user_who_was_erased_while_asking_is_written(
    asker: APIClient,
    key_client: Callable[..., APIClient],
    providers: Providers,
    model: LanguageModel,
    limit: str | None,
) -> None:
    providers.are(openai(model), spending_limit_user=limit, answer_cache_minutes=5)
    clerk = key_client("clerk", "read", "write", "any")
    with ThreadPoolExecutor(1) as pool:
        with model.held():
            asking = pool.submit(ask_and_close, asker)
            model.wait_for(1)
            assert clerk.delete("/v1/users/alice").json()["complete"]
        check_problem(asking.result(), 410, "gone")
    assert "alice" not in all_that_is_stored("alice")
