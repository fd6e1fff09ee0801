"""Tenants that hang do not hold up the others: places for runs, and who gets one."""

from __future__ import annotations

import threading

import pytest

from onboarding.engine.lanes import Lanes
from tests.narrow import present


class Entered:
    """A run that holds a lane in a thread of its own until it is told to end."""

    def __init__(self, lanes: Lanes) -> None:
        self._lanes, self._in, self._end = lanes, threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def _work(self) -> None:
        with self._lanes.entered() as lane:
            self.lane = lane
            self._in.set()
            self._end.wait(30)

    def is_in(self, within: float = 10) -> bool:
        return self._in.wait(within)

    def end(self) -> None:
        self._end.set()
        self._thread.join(10)


@pytest.fixture
def enter():
    runs: list[Entered] = []

    def make(lanes: Lanes) -> Entered:
        runs.append(Entered(lanes))
        return runs[-1]

    yield make
    for run in runs:
        run.end()


def test_lets_as_many_work_as_there_are_lanes_and_the_next_one_as_soon_as_one_ends(enter):
    lanes = Lanes(2)
    first, second = enter(lanes), enter(lanes)
    assert first.is_in()
    assert second.is_in()
    third = enter(lanes)
    assert not third.is_in(0.05)
    first.end()
    assert third.is_in()


def test_lets_another_one_work_in_place_of_a_run_that_hangs(enter):
    lanes = Lanes(1)
    hanging = enter(lanes)
    assert hanging.is_in()
    waiting = enter(lanes)
    hanging.lane.give_back()
    hanging.lane.give_back()  # told twice, counted once
    assert waiting.is_in()
    hanging.end()
    assert not enter(lanes).is_in(0.05)


def test_gives_slow_ones_a_quarter_of_the_lanes_and_no_more():
    lanes = Lanes(8)
    with lanes.entered() as one, lanes.entered() as two, lanes.entered() as three:
        assert present(one).join_the_slow()
        assert present(two).join_the_slow()
        assert not present(three).join_the_slow()
    with lanes.entered() as later:
        assert present(later).join_the_slow()


def test_starts_nothing_slow_while_others_hang():
    lanes = Lanes(4)
    with lanes.entered() as hanging, lanes.entered() as slow:
        present(hanging).give_back()
        assert not present(slow).join_the_slow()


def test_has_a_place_for_a_slow_one_even_in_the_smallest_worker():
    with Lanes(1).entered() as lane:
        assert present(lane).join_the_slow()


def test_lets_nobody_in_who_waited_when_the_process_ends(enter):
    lanes = Lanes(1)
    assert enter(lanes).is_in()
    waiting = enter(lanes)
    lanes.close()
    assert waiting.is_in()
    assert waiting.lane is None
