"""How long what a step has seen is believed: by its verdict and its time, and by what the log has left to read.

What is looked at a few times a day is spread: a customer has times of its own for it, so that those who were all seen
at once, after a standstill of ours, are not all seen at once ever after.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings

from onboarding.domain.verdicts import Kind
from onboarding.engine.load_desired import Rows
from onboarding.models import clock
from onboarding.people.follow import goes_on_in
from onboarding.steps import STEPS
from onboarding.steps.base import Step

EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
GOLDEN = 0.6180339887498949  # whose multiples are spread evenly between whole numbers, however many there are
SOONEST = 12  # a time that comes within this part of `fresh_for` after a look is passed over


def still_fresh(rows: Rows, step: Step[Any]) -> timedelta | None:
    """How long the last `Done` is still believed, before PACE; None when it is time to read again."""
    state = rows.states.get(step.key)
    if state is None or state.kind != Kind.DONE or state.checked_at is None or log_goes_on_in(rows, step):
        return None
    left = _believed_until(rows, step, state.checked_at) - clock.now()
    return left * settings.PACE if left > timedelta() else None


def _believed_until(rows: Rows, step: Step[Any], checked_at: datetime) -> datetime:
    """Until `fresh_for` is over; of a step that is `spread`, until the customer's next time for it."""
    period: timedelta = step.fresh_for / settings.PACE
    if not step.spread or rows.onboarding.live_at is None:
        return checked_at + period
    soon, first = checked_at + period / SOONEST, EPOCH + period * (rows.onboarding.pk * GOLDEN % 1)
    return soon + period - (soon - first) % period


def log_goes_on_in(rows: Rows, step: Step[Any]) -> timedelta | None:
    """How soon the log has to be read on; only the last step has no pace of its own for it."""
    return goes_on_in(rows.onboarding, clock.now()) if step is STEPS[-1] and step.reads_people else None
