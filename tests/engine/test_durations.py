"""Durations in logs and commands."""

from __future__ import annotations

from datetime import timedelta

import pytest

from onboarding.domain.durations import short


@pytest.mark.parametrize(
    ("duration", "told"),
    [
        (timedelta(seconds=-1), "0 s"),
        (timedelta(seconds=90), "90 s"),
        (timedelta(minutes=30), "30 min"),
        (timedelta(minutes=119), "119 min"),
        (timedelta(hours=12), "12 h"),
        (timedelta(hours=47), "47 h"),
        (timedelta(days=30), "30 d"),
    ],
)
def test_uses_the_largest_unit_of_which_there_are_two(duration, told):
    assert short(duration) == told
