"""How long to wait for the product where the machine itself may be slow."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

TURN_AT_MOST = 2.0
"""Seconds that one turn counts for. All walks together take about as long where nothing else keeps the machine."""


@dataclass
class Watch:
    """Seconds, of which no turn counts for more than `TURN_AT_MOST`.

    Who takes the turns and what is waited for share one machine. Where it is kept busy by others a turn takes longer,
    and the product is not given up for having had less of it.
    """

    clock: Callable[[], float] = time.monotonic
    now: float = 0.0
    _read: float | None = field(default=None, repr=False)

    def turn(self) -> None:
        """A turn is over."""
        read = self.clock()
        if self._read is not None:
            self.now += min(read - self._read, TURN_AT_MOST)
        self._read = read
