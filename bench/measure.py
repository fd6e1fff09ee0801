"""How long something takes, and how that compares."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

ROUNDS = 7


@dataclass(frozen=True)
class Ratio:
    """`taken` and `against` in seconds (or `unit`) for one call each; good while their ratio is at most `limit`."""

    name: str
    taken: float
    against: float
    limit: float
    unit: str = "s"

    @property
    def value(self) -> float:
        """How many times longer."""
        return self.taken / self.against

    @property
    def good(self) -> bool:
        """Whether it is within the limit."""
        return self.value <= self.limit

    def __str__(self) -> str:
        verdict = "ok" if self.good else "TOO SLOW" if self.unit == "s" else "TOO MUCH"
        small = self.unit == "s" and max(self.taken, self.against) < 1
        scale, unit, digits = (1e6, "µs", 1) if small else (1, self.unit, 2)
        amounts = f"{self.taken * scale:9.{digits}f} {unit} against {self.against * scale:9.{digits}f} {unit}"
        return f"{verdict:9}{self.name}: {amounts}, {self.value:.2f} of {self.limit:g} allowed"


def compare(
    name: str, work: Callable[[], object], against: Callable[[], object], *, limit: float, calls: int = 200
) -> Ratio:
    """The best of several rounds of each, taken in turn so that other load hits both."""
    for warm in (work, against):
        warm()
    rounds = [(_once(work, calls), _once(against, calls)) for _round in range(ROUNDS)]
    return Ratio(name, min(first for first, _ in rounds), min(second for _, second in rounds), limit)


def _once(work: Callable[[], object], calls: int) -> float:
    began = time.perf_counter()
    for _call in range(calls):
        work()
    return (time.perf_counter() - began) / calls
