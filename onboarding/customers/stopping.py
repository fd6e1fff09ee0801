"""The stop of all changes: nothing is changed in any customer's tenant until somebody allows it again."""

from __future__ import annotations

import logging

from onboarding.domain.lifecycle import State
from onboarding.domain.verdicts import Kind
from onboarding.engine.transactions import begun_again
from onboarding.models import Onboarding, Stop, clock

log = logging.getLogger("onboarding.changes")


def stop(*, by: str, reason: str) -> Stop:
    """Stop all changes at once: also of a run that is under way, before its next request. Reading goes on."""
    made = Stop.objects.create(at=clock.now(), by=by, reason=reason)
    log.warning("all changes are stopped by %s: %s", by, reason)
    return made


@begun_again
def allow(*, by: str) -> int:
    """End every stop that is in force, and have whoever has a plan looked at now. How many stops there were."""
    now = clock.now()
    ended = Stop.objects.filter(ended_at=None).update(ended_at=now, ended_by=by)
    if ended:
        planned = Onboarding.objects.filter(state__in=[State.OPEN, State.LIVE], steps__kind=Kind.TODO)
        Onboarding.objects.filter(pk__in=planned.values("pk")).update(next_run_at=now)
        log.warning("changes are allowed again by %s", by)
    return ended
