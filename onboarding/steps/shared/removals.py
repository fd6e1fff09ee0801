"""Removals that Microsoft holds back because they are more than “Prevent accidental deletions” lets through at once.

They go through by a restart with ``ForceDeletes`` (Graph: synchronizationJob: restart), or end when the people are in
scope again (docs/graph-facts.md, "Scope and assignments"). Which of both is right, the customer alone can say: by the
link, of just the people who were shown. What was said of some counts for no others. Pure but for `apply`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_noop as _

from graphclient import Job
from onboarding.causes.credentials import ONLY_ASSIGNED
from onboarding.causes.index import lookup
from onboarding.domain.desired import Desired, moment_of
from onboarding.domain.leavers import Said
from onboarding.domain.sentences import Sentence, moment_text, plural, say
from onboarding.domain.verdicts import Broken, Change, Detail, Remedy
from onboarding.steps.base import StepFailed, Tenant
from onboarding.steps.enable.evidence import EnableEvidence
from onboarding.steps.shared import starting_again
from onboarding.steps.shared.credentials import Trial
from onboarding.steps.shared.job_causes import (
    LET_THROUGH,
    REMOVALS_HELD,
    REMOVALS_INTENDED,
    REMOVALS_UNDONE,
    REMOVALS_UNWANTED,
)
from onboarding.steps.shared.plan_causes import PLAN_OUTDATED

HELD = "TooManyDeletes"  # Microsoft's reason for the quarantine
OURS = (REMOVALS_HELD, REMOVALS_INTENDED, REMOVALS_UNDONE, REMOVALS_UNWANTED)
CODES = frozenset({HELD, *(str(each.code) for each in OURS)})
FORCE = "ForceDeletes"
REMOVE = (LET_THROUGH, ONLY_ASSIGNED)  # changes by which people are removed, with how many
HELD_SINCE, SEEN_AT = "held_since", "seen_at"  # what a look leaves for the next one
TOLD_FOR = timedelta(days=2)
"""So long it is no news that people were removed whose removal was let through."""
WOULD_GO = plural(
    "%(count)s person would be removed, by the assignments as they were read last. The list shows who.",
    "%(count)s people would be removed, by the assignments as they were read last. The list shows who.",
)
SUMMARY = plural(
    "Let the removal of %(count)s person from Haiilo through.",
    "Let the removal of %(count)s people from Haiilo through.",
)
BUTTON = _("Propose to let the removals through")
ARE_REMOVED = plural("%(count)s person loses the account in Haiilo", "%(count)s people lose their accounts in Haiilo")
SAID_SO = _("%(person)s has said on %(at)s that this is intended")
NOT_TAKEN_BACK = _("nobody can take it back; whoever is to return has to be assigned again")
ONLY_ONCE = _("the next removals are held back as before")
THE_ADMIN = _("The admin")
PROVED = _("The removals were let through: a sync has come through since.")


def is_about(code: str) -> bool:
    """Whether the `code` of a verdict says that removals are held back."""
    return code.rpartition(" / ")[2] in CODES


def judge(desired: Desired, job: Job, ill: Broken, found: Trial) -> Broken:
    """`ill` with what the customer has said, and with what we can do then; as it is where nothing is held back, and
    where Haiilo is not reached, which has to end first.
    """
    cause = lookup(ill.code.rpartition(" / ")[2])
    if cause is None or cause.code != HELD or job.paused or found.works is False:
        return ill
    since = _held_since(job)
    seen_at = _seen_at(desired, since)
    told = _told(desired, job, since, seen_at, found) or _unanswered(desired, ill)
    offers = {HELD_SINCE: since, SEEN_AT: seen_at.isoformat()}
    if told.code != ill.code:
        offers["detail"] = ill.code
    return replace(told, warnings=(*told.warnings, *ill.warnings), offers=offers)


def _told(desired: Desired, job: Job, since: str, seen_at: datetime, found: Trial) -> Broken | None:
    who = desired.leavers
    if (guard := _guard_not_reached(desired, seen_at)) is not None and found.works:
        undone = REMOVALS_UNDONE.broken(count=who.count, guard=guard)
        return replace(undone, remedy=starting_again.plain_start(desired, job))
    if (said := who.intended(since)) is not None and not desired.size.by_ownership:
        intended = REMOVALS_INTENDED.broken(count=who.count, person=_named(said))
        return replace(intended, remedy=_remedy(desired, job, said))
    if (said := who.unwanted(since)) is not None and who.count:
        return REMOVALS_UNWANTED.broken(count=who.count, person=_named(said))
    return None


def _named(said: Said) -> Sentence | str:
    return said.by or say(THE_ADMIN)


def _unanswered(desired: Desired, ill: Broken) -> Broken:
    """That the customer is asked, where it is known who would go and we may do what is answered then; else the customer
    has to act in the portal.
    """
    count = desired.leavers.count
    if count and not desired.size.by_ownership:
        return REMOVALS_HELD.broken(count=count)
    return replace(ill, warnings=(say(WOULD_GO, count=count),) if count else ())


def _held_since(job: Job) -> str:
    """Which time it is that Microsoft holds removals back, by its own clock; empty where it does not say."""
    quarantine = job.status.quarantine
    began = (quarantine.series_began or quarantine.began) if quarantine else None
    return began.isoformat() if began else ""


def _seen_at(desired: Desired, since: str) -> datetime:
    """When we saw it first, by our clock: what we have read since is newer than the hold."""
    looks = [each for each in desired.seen_before.values() if each.get(HELD_SINCE) == since]
    return min((datetime.fromisoformat(each[SEEN_AT]) for each in looks), default=desired.now)


def _guard_not_reached(desired: Desired, seen_at: datetime) -> int | None:
    """How many removals at once are let through, where by now no more would be made; None where more would be, or where
    that is not known: the assignments were not read since, or nobody by name is known.
    """
    enabled, read = desired.evidence_of(EnableEvidence), desired.people.scope_read_at
    guard = enabled.guard if enabled else None
    if guard is None or read is None or read < seen_at or desired.people.is_empty:
        return None
    return guard if desired.leavers.count <= guard else None


def _remedy(desired: Desired, job: Job, said: Said) -> Remedy:
    who = desired.leavers
    act = starting_again.Act(LET_THROUGH, say(SUMMARY, count=who.count), say(BUTTON), say(PROVED), takes_two=True)
    details = _details(who.count, said)
    return starting_again.offer(desired, job, act, details, reset=FORCE, people=who.count, whom=who.whom)


def _details(count: int, said: Said) -> Iterator[Detail]:
    yield Detail("-", say(ARE_REMOVED, count=count))
    yield Detail("=", say(SAID_SO, person=_named(said), at=moment_text(said.at)))
    yield Detail("~", say(NOT_TAKEN_BACK))
    yield Detail("=", say(ONLY_ONCE))


def apply(tenant: Tenant, desired: Desired, change: Change) -> Mapping[str, Any]:
    """Let them through. Raises `StepFailed` where others would go by now, or the customer has said otherwise."""
    said = desired.leavers.said
    if said is None or not said.intended or desired.leavers.whom != change.payload["whom"]:
        raise StepFailed(PLAN_OUTDATED.asking())
    return starting_again.apply(tenant, desired, change)


def let_through_lately(desired: Desired) -> int:
    """Of how many people at least the removal was let through in the last days, or followed from what was approved: the
    same people may be among both.
    """
    made = [results[key] for results in desired.applied.values() for key in REMOVE if results.get(key)]
    recent = (each for each in made if (at := moment_of(each.get("at"))) and desired.now - at < TOLD_FOR)
    return max((int(each["people"]) for each in recent), default=0)
