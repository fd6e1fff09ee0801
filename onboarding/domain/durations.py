"""Durations in a few characters, for logs and commands. Pages have their own words for them."""

from __future__ import annotations

from datetime import timedelta

UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"))
FROM = 2  # so many of a larger unit before it is used: 90 s, not 2 min; 36 h, not 2 d


def short(duration: timedelta) -> str:
    """For instance 20 s, 30 min, 12 h, 30 d: rounded, in the largest unit of which there are two."""
    seconds = max(0.0, duration.total_seconds())
    for size, unit in UNITS:
        if seconds >= FROM * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s"
