"""People who failed are tried again, one by one and at once, where somebody of staff asks for it (Graph: provision on
demand). The answer of the step says who is to be tried, and since when; pure but for `apply`.

No name is in it, nor in the plan: names are for those who may see them, and plan and timeline are for everybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_noop as _

from graphclient import NotThere, ProvisioningEvent, Rejected
from onboarding.domain.desired import Desired, moment_of
from onboarding.domain.sentences import plural, say
from onboarding.domain.verdicts import Change, Progress, Todo, Waiting
from onboarding.steps.base import Tenant
from onboarding.steps.live.evidence import LiveEvidence
from onboarding.steps.shared import attempts

TRY = "try_person"
ASKED = "try_again"
MOST = 25
"""People at once: Microsoft allows five runs in ten seconds, so that takes a minute."""
LASTS = timedelta(hours=1)
"""So long what was asked for stands, where something keeps it from being done."""
SUMMARY = _("Have people who failed tried again, one by one.")
WHY = plural("%(count)s person is to be tried again.", "%(count)s people are to be tried again.")
BUTTON = _("Try again")
NEXT = _("The next people follow in some seconds: Microsoft allows five runs in ten seconds.")


def answer(people: Iterable[str], at: datetime) -> dict[str, Any]:
    """What is kept of a person's wish to have these tried again, by object id."""
    return {ASKED: {"at": at.isoformat(), "people": list(people)}}


def changes(desired: Desired) -> list[Change]:
    """One for each who was asked for and has not been tried since."""
    return [_change(desired, each) for each in _left(desired)]


def plan(desired: Desired) -> Todo | Waiting | None:
    """To try whoever is left, as many as Microsoft takes at once; None where nobody is."""
    left = _left(desired)
    if not left:
        return None
    places = attempts.places_left(desired, LiveEvidence.step, runs_of_one=1)
    if not places:
        asked = len(_asked(desired))
        return Waiting(say(NEXT), attempts.WINDOW, progress=Progress(asked - len(left), asked))
    return Todo(say(WHY, count=len(left)), changes(desired), say(BUTTON), asks=True, at_once=places)


def apply(tenant: Tenant, desired: Desired, change: Change) -> Mapping[str, Any]:
    """Have Microsoft write one person now. That it refuses this person is an outcome, and no fault of the job's."""
    where = [str(change.payload[name]) for name in ("service_principal_id", "job_id", "rule_id", "person_id")]
    try:
        first = attempts.read_outcome(tenant.graph.synchronization.provision_on_demand(*where))
    except (NotThere, Rejected) as refused:
        first = attempts.refused(refused.inner_code or refused.code, refused.message)
    is_last = len(_left(desired)) == 1  # a line of the timeline for all of them
    kept = {**change.payload, "first": first, "second": None, "at": desired.now.isoformat()}
    return kept if is_last else {**kept, "untold": True}


def told(desired: Desired) -> Sequence[ProvisioningEvent]:
    """What Microsoft said of those for whom the newest wish is, as long as that lasts: the roster has it by then."""
    return attempts.events(desired, LiveEvidence.step) if _asked(desired) else ()


def _asked(desired: Desired) -> Sequence[str]:
    asked = desired.answer(LiveEvidence.step, ASKED) or {}
    at = moment_of(asked.get("at"))
    return asked["people"] if at is not None and desired.now - at < LASTS else ()


def _left(desired: Desired) -> list[str]:
    at = moment_of((desired.answer(LiveEvidence.step, ASKED) or {}).get("at"))
    tried = attempts.newest(desired, LiveEvidence.step)
    since = {person_id for person_id, attempt in tried.items() if at is not None and attempt.at >= at}
    return [each for each in _asked(desired) if each not in since]


def _change(desired: Desired, person_id: str) -> Change:
    asked = desired.answer(LiveEvidence.step, ASKED)
    return Change(TRY, say(SUMMARY), payload={"person_id": person_id, "wish": asked["at"], **attempts.where(desired)})
