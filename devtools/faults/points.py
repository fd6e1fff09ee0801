"""Moments at which something is done to a run: which they are, and the gate at which a run waits until it is done."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

LONGEST = 240.0  # seconds for which a run is held up at most


class Moment(StrEnum):
    """Where in the life of a request, or of what follows it, a run is stopped."""

    BEFORE = "before"
    """The request has left the product and never arrives."""
    LATE = "late"
    """The request arrives once its sender is dead."""
    EFFECT = "after effect"
    """The request took effect; its answer never comes."""
    NOTED = "after note"
    """The product has committed something; it never hears that it has."""


@dataclass(frozen=True)
class Point:
    """The `nth` time (from 1) that one customer's run comes to this: a request, or what a commit has written."""

    moment: Moment
    what: str
    nth: int = 1

    def __str__(self) -> str:
        return f"{self.moment} {self.what}" + (f", {self.nth}." if self.nth > 1 else "")


@dataclass
class _Stop:
    point: Point
    reached: threading.Event = field(default_factory=threading.Event)
    go: threading.Event = field(default_factory=threading.Event)


class Gate:
    """At most one point a customer. Runs come by with `passes`, which waits where it is the point. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stops: dict[str, _Stop] = {}
        self._seen: Counter[tuple[str, Moment, str]] = Counter()
        self._names: dict[str, str] = {}

    def know(self, name: str, *others: str) -> None:
        """One customer comes by under several names: its number, its tenant's id, its domain."""
        for each in (name, *others):
            self._names[each] = name

    def arm(self, name: str, point: Point) -> None:
        """Stop the customer at `point`, counted from now."""
        with self._lock:
            for key in [key for key in self._seen if key[0] == name]:
                del self._seen[key]
            self._stops[name] = _Stop(point)

    def passes(self, known_as: str, moment: Moment, what: str) -> Point | None:
        """The point at which the run was stopped here until it was let go; None where nothing is to happen."""
        with self._lock:
            name = self._names.get(known_as, known_as)
            self._seen[name, moment, what] += 1
            stop = self._stops.get(name)
            if stop is None or stop.reached.is_set() or not self._is(stop.point, name, moment, what):
                return None
            stop.reached.set()
        stop.go.wait(LONGEST)
        return stop.point

    def _is(self, point: Point, name: str, moment: Moment, what: str) -> bool:
        asked = Moment.BEFORE if point.moment is Moment.LATE else point.moment
        return (asked, point.what, point.nth) == (moment, what, self._seen[name, moment, what])

    def reached(self, name: str) -> bool:
        """Whether the customer stands at its point, or has stood there."""
        stop = self._stops.get(name)
        return stop is not None and stop.reached.is_set()

    def all_reached(self, names: Iterable[str]) -> bool:
        """Whether each of these customers stands at its point."""
        return all(self.reached(name) for name in names)

    def let_go(self) -> None:
        """Forget every point, and let those go who wait at one."""
        with self._lock:
            stops, self._stops = list(self._stops.values()), {}
        for stop in stops:
            stop.go.set()


def now() -> float:
    """Seconds since the epoch: stamps of one run are compared with those of programs beside it."""
    return time.time()
