"""The job's health, checked for as long as the customer is with us. Nothing is repaired unasked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from graphclient import Job
from onboarding.causes.base import Cause
from onboarding.domain.desired import Arrived, Desired
from onboarding.domain.evidence import Evidence
from onboarding.domain.sentences import Sentence, plural, say
from onboarding.domain.verdicts import Done, Verdict
from onboarding.steps import stages
from onboarding.steps.base import Step, Tenant
from onboarding.steps.connection.evidence import ConnectionEvidence
from onboarding.steps.initial_cycle.step import DROPPED, NOT_CREATED, arrived_so_far, known_people, tried_again
from onboarding.steps.live.causes import CAUSES
from onboarding.steps.live.evidence import LiveEvidence
from onboarding.steps.shared import arrivals, jobs
from onboarding.steps.sso_application.evidence import SsoApplicationEvidence

SILENT_AFTER = timedelta(hours=6)  # a healthy job runs every 40 minutes
IN_HAIILO = plural("%(count)s person in Haiilo", "%(count)s people in Haiilo")
ALL_FAILED = plural(
    "%(count)s person failed, and nobody was created. Microsoft raises no alarm below 5,000 failures.",
    "%(count)s people failed, and nobody was created. Microsoft raises no alarm below 5,000 failures.",
)
SILENT = plural(
    "No sync for %(hours)s hour. It should run about every 40 minutes.",
    "No sync for %(hours)s hours. It should run about every 40 minutes.",
    by="hours",
)


@dataclass(frozen=True)
class Facts:
    """The job, None where it is gone."""

    job: Job | None = None


@dataclass(frozen=True)
class Live(Step[Facts]):
    """Runs, is not quarantined, and did not fall silent; failures of single people are warnings."""

    key: ClassVar[str] = LiveEvidence.step
    title: ClassVar[str | Promise] = gettext_lazy("Live")
    stage: ClassVar[stages.Stage] = stages.EVERYBODY
    fresh_for: ClassVar[timedelta] = timedelta(minutes=20)
    rests_on: ClassVar[tuple[str, ...]] = (SsoApplicationEvidence.step, ConnectionEvidence.step)
    evidence: ClassVar[type[Evidence]] = LiveEvidence
    causes: ClassVar[tuple[Cause, ...]] = CAUSES
    reads_people: ClassVar[bool] = True

    def read(self, tenant: Tenant, desired: Desired) -> Facts:
        """The job with its status."""
        return Facts(jobs.our_job(tenant.graph, desired))

    def assess(self, desired: Desired, facts: Facts) -> Verdict:
        """Done while the job is healthy; what a person stopped or deleted is shown, with who has to be asked."""
        job = facts.job
        if job is None:
            return jobs.missing(desired)
        unfit = jobs.unfit(job)
        if unfit is not None:
            return unfit
        numbers = arrived_so_far(desired, job)
        there = arrivals.in_haiilo(desired, known_people(job))
        if numbers is None or there is None:
            note = say(_("Provisioning runs. Microsoft does not tell how many people are in Haiilo."))
            return Done(LiveEvidence(code=job.status.code, told=False), note, tuple(_warnings(desired, job, None, 0)))
        evidence = LiveEvidence(
            numbers.created,
            numbers.updated,
            numbers.skipped,
            numbers.failed,
            job.status.code,
            matched=numbers.matched,
            in_haiilo=there,
        )
        return Done(evidence, say(IN_HAIILO, count=there), tuple(_warnings(desired, job, numbers, there)))


def _warnings(desired: Desired, job: Job, numbers: Arrived | None, there: int) -> Iterator[Sentence]:
    execution = job.status.last_execution
    yield from arrivals.log_notes(desired, told=numbers is not None)
    if numbers and numbers.failed and not there:
        yield say(ALL_FAILED, count=numbers.failed)
    elif numbers and numbers.failed:
        yield say(NOT_CREATED, count=numbers.failed)
    yield from tried_again(desired, job)
    if job.status.escrows_pruned:
        yield say(DROPPED)
    if execution is not None and execution.state == "Failed":
        yield say(_("The last sync failed: %(reason)s"), reason=execution.error_message or execution.error_code or "?")
    last = execution.ended or execution.began if execution is not None else None
    if last is not None and desired.now - last > SILENT_AFTER:
        hours = int((desired.now - last).total_seconds() // 3600)
        yield say(SILENT, hours=hours)
