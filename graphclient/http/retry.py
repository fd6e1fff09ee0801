"""Whether to send again, as a pure decision: method's effect, attempt and outcome in, seconds or None out.

The client waits for a breath only; anything longer belongs to the caller's own clock (`TryLater`).
"""

from __future__ import annotations

import random
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from enum import Enum

from .wire import Answer, Lost, Why

LONGEST_WAIT = 10.0  # seconds, all waits of one call together
MOST_ATTEMPTS = 4
SPREAD = 0.1  # of a told pause is added by chance, so that those who were told the same do not return together
LONGEST_ASKED = 24 * 3600.0  # seconds; a longer Retry-After is taken for this
_AGAIN = frozenset({429, 502, 503, 504})


class Effect(Enum):
    """What sending a request twice would do."""

    NONE = "changes nothing"  # GET, validateCredentials, parseExpression
    SAME = "changes nothing more"  # PUT, DELETE, start, pause
    ONCE = "changes again"  # POST jobs, restart, provisionOnDemand


def retry_after(answer: Answer, now: float) -> float | None:
    """The server's Retry-After in seconds from `now` (epoch), given as seconds or as a date (RFC 9110, 10.2.3)."""
    text = answer.headers.get("retry-after", "").strip()
    if not text:
        return None
    if text.isascii() and text.replace(".", "", 1).isdigit():
        return min(float(text), LONGEST_ASKED)
    try:
        return min(max(0.0, parsedate_to_datetime(text).timestamp() - now), LONGEST_ASKED)
    except (ValueError, TypeError, OverflowError):
        return None


def pause_before_next(
    effect: Effect,
    attempt: int,
    outcome: Answer | Lost,
    *,
    waited: float,
    now: float,
    jitter: Callable[[], float] = random.random,
) -> float | None:
    """Seconds to wait before attempt `attempt` + 1, or None to give up.

    `attempt` counts from 1; `waited`: seconds since the call began, pauses and exchanges together.
    """
    if effect is Effect.ONCE or attempt >= MOST_ATTEMPTS:
        return None
    asked = None
    if isinstance(outcome, Lost):
        # a time-out has cost its time already; an oversized answer stays oversized
        if outcome.why not in (Why.NOT_SENT, Why.BROKEN) or attempt > 1:
            return None
    elif outcome.status in _AGAIN:
        asked = retry_after(outcome, now)
    else:
        return None
    room = LONGEST_WAIT - waited
    if asked is not None:  # never sooner than told
        return min(asked * (1 + SPREAD * jitter()), room) if asked <= room else None
    # a refused call counts against the limit too, so an untold 429 gets a longer breath than an outage
    first = 2.0 if isinstance(outcome, Answer) and outcome.status == 429 else 0.5
    pause = first * 2 ** (attempt - 1) * (1 + jitter() / 2)
    return pause if pause <= room else None
