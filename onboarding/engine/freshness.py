"""How long what a step has seen is believed: by its verdict and its time, and by what the log has left to read."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings

from onboarding.domain.verdicts import Kind
from onboarding.engine.load_desired import Rows
from onboarding.models import clock
from onboarding.people.follow import goes_on_in
from onboarding.steps import STEPS
from onboarding.steps.base import Step


def still_fresh(rows: Rows, step: Step[Any]) -> timedelta | None:
    """How long the last `Done` is still believed, before PACE; None when it is time to read again."""
    state = rows.states.get(step.key)
    if state is None or state.kind != Kind.DONE or state.checked_at is None or log_goes_on_in(rows, step):
        return None
    left = state.checked_at + step.fresh_for / settings.PACE - clock.now()
    return left * settings.PACE if left > timedelta() else None


def log_goes_on_in(rows: Rows, step: Step[Any]) -> timedelta | None:
    """How soon the log has to be read on; only the last step has no pace of its own for it."""
    return goes_on_in(rows.onboarding, clock.now()) if step is STEPS[-1] and step.reads_people else None
