"""Which job is of our making, and what became of those that a person wants removed. Pure.

A job's id is no identity: it is made of template, tenant and application, so a job that is deleted and made again has
the same one (docs/graph-facts.md, "Jobs"). Graph shows no time of making. What tells two of them apart is when our own
requests were sent, and what a job shows of its runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_noop as _

from graphclient import Job
from onboarding.domain.desired import Desired, moment_of
from onboarding.domain.sentences import say
from onboarding.domain.verdicts import Change
from onboarding.steps.connection.evidence import ConnectionEvidence
from onboarding.steps.sso_application.evidence import SsoApplicationEvidence

TEMPLATES = ("scim", "customappsso")  # the preferred one first
CLOCKS_DIFFER_BY = timedelta(minutes=15)  # our clock and Microsoft's, at most
STILL_LISTED_WITHIN = timedelta(minutes=5)  # a deleted job may be listed that long
UNHEARD_FOR = timedelta(minutes=15)  # so long a request that Microsoft has not confirmed may take


def creation(application_id: str, template_id: str, name: str = "", *, first: str = "") -> Change:
    """The change that creates a job of the service principal `application_id`: sent once, looked for on doubt, because
    nobody knows what a second POST does. `first`: another template, which is tried before.
    """
    payload = {
        "service_principal_id": application_id,
        "template_id": template_id,
        **({"first": first} if first else {}),
    }
    summary = say(_("Create a provisioning job on “%(name)s”; it does not run yet."), name=name)
    return Change("create_job", summary, payload=payload, once=True)


@dataclass(frozen=True)
class Making:
    """That we made a job. `at`: when the request was sent, None where an earlier release did not store it."""

    at: datetime | None = None


def _requests(application_id: str, template_ids: Iterable[str]) -> list[str]:
    """The names of the requests by which a job of one of these templates may have come."""
    plain = [creation(application_id, template_id).intent for template_id in template_ids]
    return plain + [creation(application_id, other, first=TEMPLATES[0]).intent for other in TEMPLATES]


def making_of(desired: Desired, application_id: str, job: Job) -> Making | None:
    """The newest request of ours that made `job`, or None where we made none like it.

    One that was begun and whose end nobody knows counts as well: what is there now is what came of it.
    """
    made = desired.result(ConnectionEvidence.step, "create_job")
    if made.get("service_principal_id") == application_id and made.get("job_id"):
        return Making(moment_of(made.get("at"))) if made["job_id"] == job.id else None
    begun = desired.begun.get(ConnectionEvidence.step, {})
    requests = _requests(application_id, [job.template_id])
    if not is_new(job):
        return None  # nobody starts a job of which it is not known that it is ours
    return next((Making(begun[name]) for name in requests if name in begun), None)


def made_at(desired: Desired, application_id: str, job: Job) -> datetime | None:
    """When we sent the request that made this job; None where it was there before, or an earlier release made it."""
    made, before = making_of(desired, application_id, job), desired.evidence_of(ConnectionEvidence)
    known = before.made_at if before and before.job_id == job.id else None
    return made.at if made and made.at else known


def is_older(job: Job, made_at: datetime | None) -> bool:
    """Whether the job shows a run of before `made_at`, so that it is another one than what was made then."""
    status = job.status
    seen = [status.steady_state_first, status.last_execution.began if status.last_execution else None]
    seen += [status.quarantine.series_began, status.quarantine.began] if status.quarantine else []
    return made_at is not None and any(at is not None and at < made_at - CLOCKS_DIFFER_BY for at in seen)


def is_new(job: Job) -> bool:
    """Whether the job is as one that was just made: it does not run, and never did."""
    return job.never_ran and not job.running and not job.quarantined


def is_our_making(
    desired: Desired, application_id: str, job: Job, settled: SsoApplicationEvidence | None = None
) -> bool:
    """Whether we made this very job, or are running it already. `settled` says which a person wants removed."""
    made = making_of(desired, application_id, job)
    if made is not None and is_older(job, made.at):
        return False
    if settled is not None and job.id in settled.replaced_job_ids:
        return made is not None and _is_made_after(desired, job.id, made, settled)
    connection = desired.evidence_of(ConnectionEvidence)
    return made is not None or (connection is not None and connection.job_id == job.id)


def _is_made_after(desired: Desired, job_id: str, made: Making, settled: SsoApplicationEvidence) -> bool:
    """Whether it was made after a person said that the job of this id has to go, and after we deleted that one."""
    before = (settled.replaced_at, moment_of(removal_of(desired, job_id).get("at")))
    return made.at is not None and all(at is None or at <= made.at for at in before)


def stuck_since(desired: Desired, application_id: str) -> datetime | None:
    """Since when no job can be made on this application: Microsoft refuses it, or has not confirmed it for long."""
    step, requests = ConnectionEvidence.step, _requests(application_id, TEMPLATES)
    begun, lost = desired.begun.get(step, {}), desired.unconfirmed.get(step, ())
    refused = [at for name, at in desired.refused.get(step, {}).items() if name in requests]
    unknown = [begun[name] for name in requests if name in lost and name in begun]
    return max([*refused, *(at for at in unknown if not desired.is_recent(at, UNHEARD_FOR))], default=None)


# What a person wants removed


def removal_of(desired: Desired, job_id: str) -> dict[str, Any]:
    """What came of our newest request to delete the job of this id; empty where none was sent."""
    results = desired.applied.get(ConnectionEvidence.step, {})
    found = [dict(result) for key, result in results.items() if key.startswith("remove_job")]
    ours = [result for result in found if result.get("job_id") == job_id]
    return max(ours, key=lambda result: str(result.get("at", "")), default={})


def was_deleted(desired: Desired, job: Job, settled: SsoApplicationEvidence) -> bool:
    """Whether we have sent the request to delete this job since a person said that it has to go."""
    at = moment_of(removal_of(desired, job.id).get("at"))
    return at is not None and (settled.replaced_at is None or settled.replaced_at <= at)


def replaced(
    desired: Desired, jobs: Iterable[Job], settled: SsoApplicationEvidence, application_id: str = ""
) -> list[Job]:
    """Jobs that a person wants removed and that are still there, but for those that we have made under their ids."""
    app = application_id or settled.service_principal_id
    return [
        job
        for job in jobs
        if job.id in settled.replaced_job_ids
        and job.template_id in TEMPLATES
        and not is_our_making(desired, app, job, settled)
    ]


def undeletable(desired: Desired, jobs: Sequence[Job], settled: SsoApplicationEvidence) -> list[Job]:
    """Those of `replaced` that Microsoft refuses to delete, or still lists long after it said that they are gone."""
    deleted = [job for job in replaced(desired, jobs, settled) if was_deleted(desired, job, settled)]
    return [job for job in deleted if not _may_go_yet(desired, removal_of(desired, job.id))]


def _may_go_yet(desired: Desired, removal: dict[str, Any]) -> bool:
    return not removal.get("refused") and desired.is_recent(moment_of(removal.get("at")), STILL_LISTED_WITHIN)
