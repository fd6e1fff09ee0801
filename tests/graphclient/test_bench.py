"""The bench can say no."""

from __future__ import annotations

import pytest

from bench.measure import Ratio, compare


@pytest.mark.parametrize(("taken", "good"), [(1.0, True), (1.5, True), (1.6, False)])
def test_is_good_up_to_the_limit(taken: float, good: bool) -> None:
    ratio = Ratio("x", taken, 1.0, 1.5)
    assert ratio.good is good
    assert str(ratio).startswith("ok" if good else "TOO SLOW")


def test_finds_what_takes_a_hundred_times_longer() -> None:
    slow = compare("x", lambda: sum(range(20_000)), lambda: sum(range(20)), limit=5, calls=5)
    assert not slow.good
