"""How long an initial cycle takes, by Microsoft's own formula for "assigned people and groups only"."""

from __future__ import annotations

import math

FASTEST, SLOWEST = 0.01, 0.08  # minutes for each person or group in scope
AT_MOST_UNTIL_FIRST_RUN = 40  # minutes; the interval between two cycles


def minutes_of_a_cycle(entries: int) -> tuple[int, int]:
    """From and to, in whole minutes, at least one."""
    return max(1, math.floor(entries * FASTEST)), max(2, math.ceil(entries * SLOWEST))
