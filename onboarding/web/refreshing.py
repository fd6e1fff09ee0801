"""Pages that look again by themselves: nothing is sent, and nothing moves, while nothing has changed."""

from __future__ import annotations

import time

MINUTE = 60


def now_seen(version: str) -> str:
    """What the browser has seen: changes with what is shown and with each minute, so that “2 minutes” stay true."""
    return f"{version}-{int(time.time()) // MINUTE}"
