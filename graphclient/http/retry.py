"""Whether to send a request again, and after how many seconds: a pure decision.

The client waits ten seconds at most for all retries of a call; a longer wait belongs to the caller (`TryLater`).
"""

from __future__ import annotations

import random
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from enum import Enum

from .exchange import Answer, LossReason, Lost

MAX_WAIT_SECONDS = 10.0  # all waits of one call together
MAX_ATTEMPTS = 4
# share of Retry-After that is added at random, so that clients that were told the same do not return together
RETRY_AFTER_JITTER = 0.1
MAX_RETRY_AFTER_SECONDS = 24 * 3600.0  # a longer Retry-After is cut to this
_RETRIED_STATUSES = frozenset({429, 502, 503, 504})


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
        return min(float(text), MAX_RETRY_AFTER_SECONDS)
    try:
        return min(max(0.0, parsedate_to_datetime(text).timestamp() - now), MAX_RETRY_AFTER_SECONDS)
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
    if effect is Effect.ONCE or attempt >= MAX_ATTEMPTS:
        return None
    asked = None
    if isinstance(outcome, Lost):
        # a time-out has cost its time already; an oversized answer stays oversized
        if outcome.reason not in (LossReason.NOT_SENT, LossReason.BROKEN) or attempt > 1:
            return None
    elif outcome.status in _RETRIED_STATUSES:
        asked = retry_after(outcome, now)
    else:
        return None
    room = MAX_WAIT_SECONDS - waited
    if asked is not None:  # never sooner than the server asked
        return min(asked * (1 + RETRY_AFTER_JITTER * jitter()), room) if asked <= room else None
    # a refused call counts against the limit too, so a 429 without Retry-After waits longer than an outage
    first = 2.0 if isinstance(outcome, Answer) and outcome.status == 429 else 0.5
    pause = first * 2 ** (attempt - 1) * (1 + jitter() / 2)
    return pause if pause <= room else None
