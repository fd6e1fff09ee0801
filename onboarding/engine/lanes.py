"""Lanes: how many runs a process works at once, so that tenants that hang do not hold up the others.

A process has `WORKER_THREADS` lanes and more threads than that. A run that waits for an answer longer than a moment
gives its lane back to the others and goes on as a slow one. Customers whose tenant did not answer in time are slow from
the start: they work beside the lanes, a quarter as many at most.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from django.conf import settings

SLOW_SHARE = 4  # one slow run at most for so many lanes


class Lanes:
    """The lanes of one process. Thread-safe."""

    def __init__(self, count: int) -> None:
        self._free, self._slow, self._slow_places = count, 0, max(1, count // SLOW_SHARE)
        self._change = threading.Condition()
        self._closed = False

    @contextmanager
    def entered(self) -> Iterator[Lane | None]:
        """Wait for a free lane and hold it; None once the process is about to end."""
        with self._change:
            self._change.wait_for(lambda: self._free > 0 or self._closed)
            if not self._closed:
                self._free -= 1
        if self._closed:
            yield None
            return
        lane = Lane(self)
        try:
            yield lane
        finally:
            self._leave(lane)

    def close(self) -> None:
        """Let nobody in any more: the process is about to end."""
        with self._change:
            self._closed = True
            self._change.notify_all()

    def slow_down(self, lane: Lane, *, always: bool) -> bool:
        """Give this lane to others and go on as a slow run. False where as many are slow as may be, unless `always`."""
        with self._change:
            if lane.is_slow:
                return True
            if self._slow >= self._slow_places and not always:
                return False
            lane.is_slow = True
            self._slow += 1
            self._free += 1
            self._change.notify()
            return True

    def _leave(self, lane: Lane) -> None:
        with self._change:
            if lane.is_slow:
                self._slow -= 1
            else:
                self._free += 1
                self._change.notify()


class Lane:
    """The place of one run, until it ends."""

    def __init__(self, lanes: Lanes) -> None:
        self._lanes = lanes
        self.is_slow = False

    def join_the_slow(self) -> bool:
        """Before a run of a slow customer: whether there is a place for it."""
        return self._lanes.slow_down(self, always=False)

    def give_back(self) -> None:
        """In a run that hangs, whatever others do."""
        self._lanes.slow_down(self, always=True)


@cache
def here() -> Lanes:
    """The lanes of this process."""
    return Lanes(settings.WORKER_THREADS)
