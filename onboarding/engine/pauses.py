"""When a step is read again, and whether a run goes on behind it: pure, by its verdict."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, assert_never

from onboarding.domain.verdicts import Asking, Broken, Done, Todo, Verdict, Waiting
from onboarding.steps.base import Step

RECHECK_WHILE_ASKING = timedelta(minutes=30)
RECHECK_WHEN_BROKEN = timedelta(hours=1)
A_DAY = timedelta(days=1)


def ends_run(step: Step[Any], *, live: bool) -> bool:
    """Whether later steps are left alone while `step` is not done: on a live tenant only without access to it."""
    return not live or step.gives_access


def pause_after(step: Step[Any], verdict: Verdict, *, applies: bool) -> timedelta:
    """How long after this verdict the step is read again, before PACE; `applies`: its plan is applied at once."""
    match verdict:
        case Done():
            return step.fresh_for
        case Waiting():
            return verdict.recheck_in
        case Todo():
            return timedelta() if applies else A_DAY
        case Asking():
            return verdict.recheck_in or RECHECK_WHILE_ASKING
        case Broken():
            return RECHECK_WHEN_BROKEN
        case _:
            assert_never(verdict)
