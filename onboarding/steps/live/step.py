"""The job's health, checked for as long as the customer is with us. Nothing is repaired unasked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from graphclient import Job, TryLater
from onboarding.causes.base import Cause
from onboarding.domain.desired import Desired
from onboarding.domain.evidence import Evidence
from onboarding.domain.sentences import Sentence, plural, say
from onboarding.domain.verdicts import Done, Verdict
from onboarding.steps import stages
from onboarding.steps.base import Step, Tenant
from onboarding.steps.connection.evidence import ConnectionEvidence
from onboarding.steps.initial_cycle.step import DROPPED, known_people, people_so_far, tried_again
from onboarding.steps.live.causes import CAUSES
from onboarding.steps.live.evidence import LiveEvidence
from onboarding.steps.live.health import remarks, unwell
from onboarding.steps.shared import arrivals, credentials, jobs
from onboarding.steps.shared.stored import Stored
from onboarding.steps.sso_application.evidence import SsoApplicationEvidence

IN_HAIILO = plural("%(count)s person in Haiilo", "%(count)s people in Haiilo")


@dataclass(frozen=True)
class Facts:
    """The job, None where it is gone; and what is stored for it, as far as Microsoft shows that."""

    job: Job | None = None
    stored: Stored = field(default_factory=Stored)


@dataclass(frozen=True)
class Live(Step[Facts]):
    """Runs, sends whom it should to where it should, and most have arrived; what concerns single people is a remark."""

    key: ClassVar[str] = LiveEvidence.step
    title: ClassVar[str | Promise] = gettext_lazy("Live")
    stage: ClassVar[stages.Stage] = stages.EVERYBODY
    fresh_for: ClassVar[timedelta] = timedelta(minutes=20)
    rests_on: ClassVar[tuple[str, ...]] = (SsoApplicationEvidence.step, ConnectionEvidence.step)
    evidence: ClassVar[type[Evidence]] = LiveEvidence
    causes: ClassVar[tuple[Cause, ...]] = CAUSES
    reads_people: ClassVar[bool] = True

    def read(self, tenant: Tenant, desired: Desired) -> Facts:
        """The job with its status; where it sends whom, while it runs and Microsoft shows that."""
        job = jobs.our_job(tenant.graph, desired)
        if job is None or jobs.unfit(job) is not None:
            return Facts(job)
        try:
            return Facts(job, credentials.stored(tenant.graph, desired))
        except TryLater as error:
            if error.asks_to_wait:
                raise
            return Facts(job)  # the job's own health is known, and does not wait for what is saved

    def in_haiilo(self, desired: Desired, facts: Facts) -> int | None:
        """As the roster and the job have it together."""
        return arrivals.in_haiilo(desired, known_people(facts.job) if facts.job else None)

    def assess(self, desired: Desired, facts: Facts) -> Verdict:
        """Done while the job is healthy; what a person stopped or deleted is shown, with who has to be asked."""
        job = facts.job
        if job is None:
            return jobs.missing(desired)
        unfit = jobs.unfit(job)
        if unfit is not None:
            return unfit
        numbers = people_so_far(desired, job)
        there = self.in_haiilo(desired, facts)
        ill = unwell(desired, job, facts.stored, there)
        if ill is not None:
            return ill
        notes = tuple(_warnings(desired, job, told=numbers is not None))
        if numbers is None or there is None:
            note = say(_("Provisioning runs. Microsoft does not tell how many people are in Haiilo."))
            return Done(LiveEvidence(code=job.status.code, told=False), note, notes)
        evidence = LiveEvidence(
            numbers.created,
            numbers.updated,
            numbers.skipped,
            numbers.failed,
            job.status.code,
            matched=numbers.matched,
            in_haiilo=there,
        )
        return Done(evidence, say(IN_HAIILO, count=there), notes)


def _warnings(desired: Desired, job: Job, *, told: bool) -> Iterator[Sentence]:
    yield from arrivals.log_notes(desired, told=told)
    yield from remarks(desired, job)
    yield from tried_again(desired, job)
    if job.status.escrows_pruned:
        yield say(DROPPED)
