"""How fast people arrive, by what our own looks have seen, and how long the rest may take: always a range."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from onboarding.steps.shared.estimate import minutes_of_a_cycle

ENOUGH_PEOPLE, ENOUGH_TIME = 20, timedelta(minutes=3)  # before these a pace is chance
SURE, UNSURE = 1.25, 2.5
"""By which factor the rest may be slower or faster than what was seen: near the end, and at its beginning. The second
one makes a range that is a little narrower than Microsoft's own, where the slowest takes eight times the fastest.
"""
KEY = "pace"


@dataclass(frozen=True)
class Pace:
    """The first look that saw somebody of the first cycle arrive (`began`, with `had` people there), and the last one
    that saw the number change (`moved`, to `done`).
    """

    began: datetime
    had: int
    moved: datetime
    done: int

    @classmethod
    def seen(cls, before: Mapping[str, Any], done: int, now: datetime) -> Pace:
        """With this look, after what an earlier one left in its offers."""
        kept = before.get(KEY)
        if not kept:
            return cls(now, done, now, done)
        began, moved = (datetime.fromisoformat(kept[name]) for name in ("began", "moved"))
        pace = cls(began, kept["had"], moved, kept["done"])
        return pace if pace.done == done else replace(pace, moved=now, done=done)

    def offers(self) -> dict[str, Any]:
        """What the next look compares."""
        times = {"began": self.began.isoformat(), "moved": self.moved.isoformat()}
        return {KEY: {**times, "had": self.had, "done": self.done}}

    def minutes_left(self, left: int, now: datetime) -> tuple[int, int]:
        """From and to, for so many people: by what was seen once that is enough, else by Microsoft's own formula."""
        arrived, took = self.done - self.had, now - self.began
        if arrived < ENOUGH_PEOPLE or took < ENOUGH_TIME:
            return _rough(*minutes_of_a_cycle(left))
        likely = left * took.total_seconds() / 60 / arrived
        factor = SURE + (UNSURE - SURE) * left / (left + arrived)
        return _rough(likely / factor, likely * factor)


def _rough(low: float, high: float) -> tuple[int, int]:
    """No minutes where hours are meant."""
    step = 1 if high <= 60 else 5 if high <= 300 else 30
    lowest = max(1, math.floor(low / step) * step)
    return lowest, max(lowest + 1, math.ceil(high / step) * step)
