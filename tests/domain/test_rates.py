"""Rates: which texts are one, and which window a time lies in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interactions.domain.rates import SECONDS, Rate

# 1970 to 9999, to the fraction that time.time() may have.
times = st.floats(min_value=0, max_value=253402300799)
rates = st.builds(Rate, st.integers(1, 10**9 - 1), st.sampled_from([*SECONDS.values()]))


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("600/minute", Rate(600, 60)),
        ("1/second", Rate(1, 1)),
        ("20/hour", Rate(20, 3600)),
        ("999999999/day", Rate(999_999_999, 86400)),
    ],
)
def test_a_rate_is_a_number_a_unit_of_time(text: str, rate: Rate) -> None:
    assert Rate.parse(text) == rate


@pytest.mark.parametrize(
    "text",
    [
        *("", "600", "/minute", "600/", "0/minute", "-1/minute", "+1/minute", "1.5/minute", "1e3/minute", "007/minute"),
        *("600/m", "600/min", "600/minutes", "600/Minute", "600/week", "600 / minute", " 600/minute", "600/minute\n"),
        *("600/60", "minute/600", "600/minute/minute", "1_000/minute", "٦٠٠/minute", "1000000000/day"),
    ],
)
def test_nothing_else_is(text: str) -> None:
    with pytest.raises(ValueError, match="such as 600/minute"):
        Rate.parse(text)


@given(rates, times)
def test_a_window_ends_within_its_length_and_the_next_one_follows(rate: Rate, now: float) -> None:
    number, ends_in = rate.window(now)
    assert number * rate.seconds <= now < (number + 1) * rate.seconds
    assert 1 <= ends_in <= rate.seconds
    assert rate.window(now + ends_in)[0] == number + 1
    if ends_in > 1:
        assert rate.window(now + ends_in - 1)[0] == number, "no whole second less would do"


def test_days_are_utc() -> None:
    noon = 1_700_000_000 // 86400 * 86400 + 43200
    assert Rate(1, 86400).window(noon)[1] == 43200
