"""The sandbox's time: what takes Microsoft 40 minutes may take seconds, and days can be jumped over."""

from __future__ import annotations

import time
import zlib
from datetime import UTC, datetime, timedelta

NEVER = "0001-01-01T00:00:00Z"
"""What Graph writes where something has not happened yet (docs/graph-facts.md, "Jobs")."""


class Clock:
    """Two readings. `now` runs `speed` times as fast as the wall and decides when things happen: intervals, back-offs,
    lags, 28 days. `stamp` runs as the wall does and is what answers show, so that nothing seems to come from the
    future. A jump moves both.
    """

    def __init__(self, speed: float = 1.0) -> None:
        self.speed = speed
        self._began_wall = time.time()
        self._began = self._began_wall
        self._jumped = 0.0

    def now(self) -> datetime:
        """The moment by which the sandbox plans."""
        return datetime.fromtimestamp(self._began + (time.time() - self._began_wall) * self.speed, UTC)

    def stamp(self, at: datetime | None = None) -> datetime:
        """The time to show for a moment of `now` (default: this one)."""
        here = datetime.fromtimestamp(time.time() + self._jumped, UTC)
        return here if at is None else here + (at - self.now()) / self.speed

    def wait(self, span: timedelta) -> float:
        """Seconds on the wall until `span` has passed on `now`; never negative."""
        return max(0.0, span.total_seconds() / self.speed)

    def jump(self, span: timedelta) -> None:
        """Move the clock on at once."""
        self._began += span.total_seconds()
        self._jumped += span.total_seconds()

    def __getstate__(self) -> dict[str, float]:
        return {"speed": self.speed, "now": self.now().timestamp(), "jumped": self._jumped}

    def __setstate__(self, state: dict[str, float]) -> None:
        self.speed, self._began, self._jumped = state["speed"], state["now"], state["jumped"]
        self._began_wall = time.time()


def in_ticks(text: str) -> str:
    """A time of `graph_time` with seven decimals, the same for the same second; year 1 stays as it is."""
    decimals = zlib.crc32(text.encode()) % 1_000_000
    return text if text.startswith("0001-") else f"{text.removesuffix('Z')}.0{decimals:06d}Z"


def graph_time(moment: datetime) -> str:
    """As Graph writes it: UTC, whole seconds, Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
