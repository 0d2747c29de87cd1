"""`reserve_spending`, `settle_spending` and `spent`: an account's spending of a day never passes its limit."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from interactions.domain.errors import SpendingLimitExceeded
from interactions.repositories.base import InteractionRepository
from tests.conformance.builders import DAY as ONE_DAY
from tests.conformance.builders import HOUR, an_interaction
from tests.conformance.clock import NOW, Clock
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


def test_an_erasure_leaves_what_was_spent(store: InteractionRepository) -> None:
    store.add(an_interaction())
    store.reserve_spending("ana", DAY, 9, limit=10)
    assert store.erase_user("ana").complete
    assert store.settle_spending("ana", DAY, reserved=9, actual=7) == 7
    with pytest.raises(SpendingLimitExceeded):
        store.reserve_spending("ana", DAY, 4, limit=10)


def test_what_was_never_reserved_can_be_settled(store: InteractionRepository) -> None:
    assert store.settle_spending("ana", DAY, reserved=0, actual=5) == 5
    assert store.settle_spending("ana", DAY, reserved=0, actual=5) == 10


@ALSO_OVER_BOTOCORE
def test_the_spending_of_a_day_is_that_of_all_accounts(store: InteractionRepository) -> None:
    today = NOW.date()
    for number in range(30):
        store.settle_spending(f"account-{number}", today, reserved=0, actual=number)
    store.settle_spending("ana", today - ONE_DAY, reserved=0, actual=7)
    assert store.spent(today - 3 * ONE_DAY, today) == {today - ONE_DAY: 7, today: sum(range(30))}
    assert store.spent(today, today + ONE_DAY) == {today: sum(range(30))}
    assert store.spent(today - 3 * ONE_DAY, today - 2 * ONE_DAY) == {}


def test_the_spending_of_a_day_that_is_over_stays_known(store: InteractionRepository, clock: Clock) -> None:
    today = clock.now.date()
    for account in ("ana", "bia"):
        store.settle_spending(account, today, reserved=0, actual=5)
    for hours in (1, 24, 24, 24 * 10):
        clock.advance(hours * HOUR)
        assert store.sweep_expired().complete
        assert store.spent(today, today) == {today: 10}
    assert store.sweep_expired().complete, "a total that is there is not written again"


def test_a_sweep_leaves_the_day_that_can_still_change(store: InteractionRepository, clock: Clock) -> None:
    today = clock.now.date()
    store.reserve_spending("ana", today, 9, limit=10)
    clock.now = datetime.combine(today + ONE_DAY, time(0, 30), UTC)
    store.sweep_expired()
    assert store.settle_spending("ana", today, reserved=9, actual=4) == 4
    clock.advance(HOUR)
    store.sweep_expired()
    assert store.spent(today, today) == {today: 4}
