"""The walk's patience: a machine that is busy with others does not use it up."""

from __future__ import annotations

from itertools import accumulate

import pytest

from devtools.walk.watch import TURN_AT_MOST, Watch


@pytest.mark.parametrize(
    ("turns", "counted"),
    [
        ([], 0),
        ([1.0], 1.0),
        ([0.5, 1.5], 2.0),
        ([TURN_AT_MOST * 10, 1.0], TURN_AT_MOST + 1.0),
    ],
)
def test_counts_no_turn_for_longer_than_an_idle_machine_takes(turns, counted):
    read = accumulate(turns, initial=100.0)
    watch = Watch(clock=lambda: next(read))
    watch.turn()
    for _each in turns:
        watch.turn()
    assert watch.now == pytest.approx(counted)
