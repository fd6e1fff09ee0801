"""A job that was stopped, or put in quarantine, goes on again: when that is offered, what it does, what proves it.

`start` lets a job go on where it stopped and ends its quarantine (Graph: synchronizationJob: start). `restart` makes it
forget what failed, so that it is tried again (Graph: synchronizationJob: restart); it takes more than the ownership of
the application (docs/graph-facts.md, "Permissions and ownership"). Either is offered only where Microsoft's own test
reaches Haiilo with what is saved, and that test is asked once more before it is sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_noop as _

from graphclient import Job, TryLater, Unavailable
from onboarding.causes.credentials import ONLY_ASSIGNED, TRY_ALL_AGAIN
from onboarding.domain.desired import Desired, moment_of
from onboarding.domain.sentences import Sentence, moment_text, plural, say
from onboarding.domain.verdicts import Change, Detail, Remedy, Waiting
from onboarding.steps.base import StepFailed, Tenant
from onboarding.steps.connection.evidence import job_id
from onboarding.steps.enable.evidence import EnableEvidence
from onboarding.steps.scope.evidence import ScopeEvidence
from onboarding.steps.shared import credentials, jobs, secrets
from onboarding.steps.shared.credentials import UNTRIED, Trial
from onboarding.steps.shared.estimate import AT_MOST_UNTIL_FIRST_RUN, minutes_of_a_cycle
from onboarding.steps.shared.job_causes import LET_THROUGH, START_AGAIN
from onboarding.steps.shared.plan_causes import PLAN_OUTDATED
from onboarding.steps.shared.stored import ADDRESS
from onboarding.steps.sso_application.evidence import service_principal_id

SEEN_WITHIN = timedelta(minutes=10)
LOOKED_AT_AGAIN = timedelta(minutes=1)
SUMMARY = _("Start provisioning again.")
BUTTON = _("Start provisioning again")
TRY_ALL = _("Have everybody who failed tried again.")
TRY_ALL_BUTTON = _("Try everybody who failed again")
FAILED_AGAIN = _("whoever could not be written is tried again with the next sync")
ALL_ANEW = _("everybody in scope is looked at anew, which takes %(low)s to %(high)s minutes by Microsoft's own figures")
GOES_ON = _("provisioning goes on where it stopped; what has changed in the tenant since then is made up for")
OUT_OF_QUARANTINE = _("Microsoft takes the job out of quarantine")
TESTED_FIRST = _("Microsoft tests address and token once more; nothing is started if that fails")
TAKES = plural(
    "the next sync begins within %(minutes)s minute", "the next sync begins within %(minutes)s minutes", by="minutes"
)
PROVED = _("Provisioning works again: a sync has come through since it was started again.")
UNSEEN = _("Provisioning was started again; Microsoft does not show it yet.")
UNPROVED = _("Provisioning was started again on %(at)s. The next sync shows whether it works.")


@dataclass(frozen=True)
class Act:
    """How a job is made to go on: the key of the change, and its words."""

    key: str
    summary: Sentence
    button: Sentence
    proved: Sentence
    takes_two: bool = False


AGAIN = Act(START_AGAIN, say(SUMMARY), say(BUTTON), say(PROVED))
EVERYBODY = Act(TRY_ALL_AGAIN, say(TRY_ALL), say(TRY_ALL_BUTTON), say(PROVED))
STARTS = (START_AGAIN, TRY_ALL_AGAIN, LET_THROUGH)  # of a job that does not run
ACTS = (*STARTS, ONLY_ASSIGNED)


def tested(tenant: Tenant, desired: Desired, job: Job | None) -> Trial:
    """Microsoft's test of what is saved, for a job that does not run; not while we only watch."""
    if job is None or not desired.size.sets_up or jobs.unfit(job) is None:
        return UNTRIED
    try:
        return credentials.try_stored(tenant.graph, service_principal_id(desired), job, desired.now)
    except TryLater as error:
        if error.asks_to_wait:
            raise
        return UNTRIED  # that the job does not run is known all the same


def remedy(desired: Desired, job: Job, found: Trial) -> Remedy | None:
    """To start this job again; None where that would not help."""
    reset = jobs.to_forget(job)
    if not found.works or reset is None or (reset and desired.size.by_ownership):
        return None
    if not reset:
        return plain_start(desired, job)
    return offer(desired, job, EVERYBODY, _details(desired, job, reset), reset=reset)


def plain_start(desired: Desired, job: Job) -> Remedy:
    """To let this job go on where it stopped."""
    return offer(desired, job, AGAIN, _details(desired, job, ""))


def offer(desired: Desired, job: Job, act: Act, details: Iterable[Detail], **more: Any) -> Remedy:
    """This act on the job that stands still, with `more` in its payload; a ``reset`` makes a restart of it."""
    payload = {
        "service_principal_id": service_principal_id(desired),
        "job_id": job_id(desired),
        "base_url": desired.base_url,
        "sync_all": was_approved_for_all(desired),
        "stopped": _stopped(job),
        **more,
    }
    once = "reset" in more
    change = Change(act.key, act.summary, tuple(details), payload, once, act.takes_two, act.proved)
    return Remedy((change,), act.button)


def _details(desired: Desired, job: Job, reset: str) -> Iterator[Detail]:
    if job.quarantined:
        yield Detail("-", say(OUT_OF_QUARANTINE))
    yield Detail("+", say(FAILED_AGAIN) if reset else say(GOES_ON))
    scope = desired.evidence_of(ScopeEvidence)
    if reset == jobs.EVERYBODY_ANEW and scope is not None and not scope.sync_all:
        low, high = minutes_of_a_cycle(scope.total + len(scope.groups))
        yield Detail("=", say(ALL_ANEW, low=low, high=high))
    yield Detail("=", say(TESTED_FIRST))
    yield Detail("=", say(TAKES, minutes=AT_MOST_UNTIL_FIRST_RUN))


def _stopped(job: Job) -> str:
    """Which standstill of the job this is: since when, as far as Microsoft tells."""
    quarantine, last = job.status.quarantine, job.status.last_execution
    since = quarantine.series_began or quarantine.began if quarantine else None
    since = since or ((last.ended or last.began) if last else None)
    return since.isoformat() if since else ""


def was_approved_for_all(desired: Desired) -> bool:
    """Whether the whole directory is in scope by what was approved when provisioning was started."""
    started = desired.result(EnableEvidence.step, "enable")
    scope = desired.evidence_of(ScopeEvidence)
    return bool(started.get("sync_all", scope is not None and scope.sync_all))


def apply(tenant: Tenant, desired: Desired, change: Change) -> Mapping[str, Any]:
    """Start the job. Raises `StepFailed` where it would send elsewhere or whom nobody approved, or cannot connect."""
    sync, planned = tenant.graph.synchronization, change.payload
    app = str(planned["service_principal_id"])
    job = sync.job(app, str(planned["job_id"]))
    saved = credentials.stored_at(tenant.graph, desired, app).values
    if ADDRESS not in saved:
        raise Unavailable("what is stored for the connection is not shown, so nothing is started by it", method="GET")
    if not secrets.same_address(saved[ADDRESS], str(planned["base_url"])) or _covers_more(saved, planned):
        raise StepFailed(PLAN_OUTDATED.asking())
    found = credentials.try_stored(tenant.graph, app, job, desired.now)
    if found.works is False:
        raise StepFailed(credentials.refusal(found, desired))
    if planned.get("reset"):
        sync.restart(app, job.id, str(planned["reset"]))
    elif not job.running:
        sync.start(app, job.id)
    people = {"people": planned["people"]} if "people" in planned else {}
    return {"at": desired.now.isoformat(), "sync": last_sync(job), **people}


def _covers_more(saved: Mapping[str, str], planned: Mapping[str, Any]) -> bool:
    return secrets.covers_all(saved) and not planned["sync_all"]


def last_sync(job: Job) -> str:
    """When the job's last sync ended, or else began, by Microsoft's clock; empty where none is told."""
    last = job.status.last_execution
    at = (last.ended or last.began) if last else None
    return at.isoformat() if at else ""


def taking_effect(desired: Desired) -> Waiting | None:
    """That the start is not seen yet, where one was sent just now."""
    started = moment_of(_newest(desired, STARTS).get("at"))
    return Waiting(say(UNSEEN), jobs.RECHECK_SOON) if desired.is_recent(started, SEEN_WITHIN) else None


def unproved(desired: Desired, job: Job) -> Waiting | None:
    """That no sync has come since the start which would show that it helped; None once there is one, or should be."""
    made, last = _newest(desired, ACTS), job.status.last_execution
    started = moment_of(made.get("at"))
    if started is None or not job.finished_initial_cycle or desired.now - started > jobs.SILENT_AFTER:
        return None
    if last is not None and last.state != "Failed" and _is_later(job, started, made.get("sync")):
        return None
    return Waiting(say(UNPROVED, at=moment_text(started)), LOOKED_AT_AGAIN)


def _is_later(job: Job, started: datetime, sync: str | None) -> bool:
    """Whether the last sync is another one than before the start; by the clocks where that was not kept."""
    last = last_sync(job)
    return last != sync if sync is not None else last > started.isoformat()


def _newest(desired: Desired, acts: Iterable[str]) -> Mapping[str, Any]:
    """What we know of the last of these `acts`, whichever step did it; empty where we never did."""
    made = (results[key] for results in desired.applied.values() for key in acts if results.get(key, {}).get("at"))
    return max(made, key=lambda each: str(each["at"]), default={})
