"""`reserve_spending` and `settle_spending`: a day's spending of a user never passes its limit."""

from __future__ import annotations

from datetime import date

import pytest

from interactions.domain.errors import SpendingLimitExceeded
from interactions.repositories.base import InteractionRepository
from tests.conformance.stores import ALSO_OVER_BOTOCORE

DAY = date(2026, 3, 10)


def test_reservations_add_up_to_the_limit_itself(store: InteractionRepository) -> None:
    assert store.reserve_spending("ana", DAY, 4, limit=10) == 4
    assert store.reserve_spending("ana", DAY, 6, limit=10) == 10


@ALSO_OVER_BOTOCORE
def test_a_reservation_that_would_pass_the_limit_adds_nothing(store: InteractionRepository) -> None:
    store.reserve_spending("ana", DAY, 7, limit=10)
    with pytest.raises(SpendingLimitExceeded) as refused:
        store.reserve_spending("ana", DAY, 4, limit=10)
    assert (refused.value.spent, refused.value.limit) == (7, 10)
    assert store.reserve_spending("ana", DAY, 3, limit=10) == 10


def test_a_first_reservation_that_would_pass_the_limit_is_refused(store: InteractionRepository) -> None:
    with pytest.raises(SpendingLimitExceeded) as refused:
        store.reserve_spending("ana", DAY, 11, limit=10)
    assert refused.value.spent == 0


@pytest.mark.parametrize(("actual", "total"), [(0, 3), (2, 5), (5, 8), (9, 12)])
def test_settling_replaces_the_reservation_by_what_was_spent(
    store: InteractionRepository, actual: int, total: int
) -> None:
    store.reserve_spending("ana", DAY, 3, limit=100)
    store.reserve_spending("ana", DAY, 5, limit=100)
    assert store.settle_spending("ana", DAY, reserved=5, actual=actual) == total
    assert store.reserve_spending("ana", DAY, 0, limit=100) == total


def test_each_user_and_day_has_a_sum_of_its_own(store: InteractionRepository) -> None:
    store.reserve_spending("ana", DAY, 9, limit=10)
    assert store.reserve_spending("bia", DAY, 8, limit=10) == 8
    assert store.reserve_spending("ana", date(2026, 3, 11), 7, limit=10) == 7
    assert store.reserve_spending("ana", DAY, 1, limit=10) == 10


@ALSO_OVER_BOTOCORE
def test_large_amounts_are_kept_exactly(store: InteractionRepository) -> None:
    large = 2**53 - 1
    store.reserve_spending("ana", DAY, large, limit=3 * large)
    assert store.settle_spending("ana", DAY, reserved=1, actual=large) == 2 * large - 1


def test_a_reservation_that_an_erasure_took_settles_to_no_less_than_nothing(store: InteractionRepository) -> None:
    store.reserve_spending("ana", DAY, 9, limit=10)
    store.erase_user("ana")
    assert store.settle_spending("ana", DAY, reserved=9, actual=2) >= 0


def test_what_was_reserved_after_an_erasure_settles_to_no_less_than_nothing(store: InteractionRepository) -> None:
    store.reserve_spending("ana", DAY, 9, limit=10)
    store.erase_user("ana")
    store.reserve_spending("ana", DAY, 3, limit=10)
    assert store.settle_spending("ana", DAY, reserved=9, actual=2) == 0
    assert store.reserve_spending("ana", DAY, 4, limit=10) == 4
