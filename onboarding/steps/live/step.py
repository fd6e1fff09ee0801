"""The job's health, checked for as long as the customer is with us. Nothing is repaired unasked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from graphclient import Job, ProvisioningEvent, Read, TryLater
from onboarding.causes.base import Cause
from onboarding.causes.credentials import ONLY_ASSIGNED
from onboarding.domain.desired import Desired
from onboarding.domain.evidence import Evidence
from onboarding.domain.headcount import Source
from onboarding.domain.sentences import Sentence, plural, say
from onboarding.domain.verdicts import Change, Done, Verdict
from onboarding.steps.base import Tenant
from onboarding.steps.connection.evidence import ConnectionEvidence
from onboarding.steps.live import only_assigned, trying
from onboarding.steps.live.causes import CAUSES, TOKEN_EXPIRES
from onboarding.steps.live.evidence import LiveEvidence
from onboarding.steps.live.health import LOOKED_AT_AGAIN, remarks, unwell
from onboarding.steps.shared import arrivals, credentials, haiilo_notes, jobs, saved_expiry
from onboarding.steps.shared.followed_job import Facts, FollowedJob, through_so_far, untold_failures

NOT_TOLD = _("Provisioning runs. Microsoft does not tell how many people are in Haiilo.")
IN_HAIILO = plural("%(count)s person in Haiilo", "%(count)s people in Haiilo")
AS_REPORTED = plural(
    "%(count)s person in Haiilo, as Microsoft reports", "%(count)s people in Haiilo, as Microsoft reports"
)
APPLY = {ONLY_ASSIGNED: only_assigned.apply, trying.TRY: trying.apply}


@dataclass(frozen=True)
class Live(FollowedJob):
    """Runs, sends whom it should to where it should, and most have arrived; what concerns single people is a remark."""

    key: ClassVar[str] = LiveEvidence.step
    title: ClassVar[str | Promise] = gettext_lazy("Live")
    fresh_for: ClassVar[timedelta] = timedelta(minutes=20)
    asks_haiilo: ClassVar[bool] = True
    rechecks: ClassVar[tuple[str, ...]] = (ConnectionEvidence.step,)
    evidence: ClassVar[type[Evidence]] = LiveEvidence
    causes: ClassVar[tuple[Cause, ...]] = CAUSES

    def reads(self, desired: Desired) -> Mapping[str, Read]:
        """The job, and what is saved."""
        return jobs.reads_with_settings(desired)

    def read(self, tenant: Tenant, desired: Desired) -> Facts:
        """The job with its status; where it sends whom, while it runs and Microsoft shows that."""
        found = super().read(tenant, desired)
        if found.job is None or jobs.unfit(found.job) is not None:
            return found
        try:
            return replace(found, stored=credentials.stored(tenant.graph, desired))
        except TryLater as error:
            if error.asks_to_wait:
                raise
            return found  # the job's own health is known, and does not wait for what is saved

    def told_on_demand(self, desired: Desired) -> Sequence[ProvisioningEvent]:
        """What Microsoft said of each who was tried again, as a row of its log would have it."""
        return trying.told(desired)

    def assess(self, desired: Desired, facts: Facts) -> Verdict:
        """As every job that is followed; while it runs, whoever is to be tried again comes first."""
        verdict = super().assess(desired, facts)
        if facts.job is None or jobs.unfit(facts.job) is not None:
            return verdict
        return trying.plan(desired) or verdict

    def apply(self, tenant: Tenant, desired: Desired, change: Change) -> Mapping[str, Any]:
        """Let the job go on again, send only whoever is assigned, or try one person."""
        does = APPLY.get(change.key, super().apply)
        return does(tenant, desired, change)

    def judge(self, desired: Desired, facts: Facts, job: Job) -> Verdict:
        """Done while people arrive as they should."""
        through = through_so_far(desired, job)
        ill = unwell(desired, job, facts.stored, through.there if through else None)
        if ill is not None:
            return ill
        note = _in_haiilo(desired, through.there) if through else say(NOT_TOLD)
        evidence = LiveEvidence.of(through, code=job.status.code)
        warnings = tuple(_warnings(desired, job, told=through is not None))
        return _token_expires(desired, warnings) or Done(evidence, note, warnings)


def _token_expires(desired: Desired, warnings: Sequence[Sentence]) -> Verdict | None:
    """A new token is asked for in time, of whoever was live before; it keeps nobody from going live."""
    due = saved_expiry.due(desired, desired.token_asked_within)
    if due is None or desired.evidence_of(LiveEvidence) is None:
        return None
    return replace(TOKEN_EXPIRES.asking(warnings=warnings, why=due), recheck_in=LOOKED_AT_AGAIN)


def _in_haiilo(desired: Desired, there: int) -> Sentence:
    """The number, and that it is Microsoft's word as long as Haiilo's own list does not confirm it."""
    source = replace(desired.people, told=there).source
    return say(IN_HAIILO if source is Source.HAIILO else AS_REPORTED, count=there)


def _warnings(desired: Desired, job: Job, *, told: bool) -> Iterator[Sentence]:
    yield from arrivals.log_notes(desired, told=told)
    yield from remarks(desired, job)
    yield from haiilo_notes.remarks(desired)
    yield from untold_failures(desired, job)
