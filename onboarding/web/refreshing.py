"""Pages that refresh themselves: nothing is sent, and nothing moves, while nothing has changed.

An open page asks slowly even where nothing of its own moves: a colleague, the customer or a clock may change it.
"""

from __future__ import annotations

from time import time

MINUTE = 60
SECONDS_AT_REST = 20  # seconds between two questions of a page on which nothing moves by itself


def now_seen(version: str) -> str:
    """What the browser has seen: changes with what is shown and with each minute, so that “2 minutes” stay true."""
    return f"{version}-{int(time()) // MINUTE}"
