"""The first cycle, polled. Microsoft gives no percentage of people, so the words say only what is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from graphclient import Job
from onboarding.causes.base import Cause
from onboarding.domain.desired import Arrived, Desired
from onboarding.domain.evidence import Evidence
from onboarding.domain.sentences import Sentence, plural, say
from onboarding.domain.verdicts import Done, Progress, Verdict, Waiting
from onboarding.steps import stages
from onboarding.steps.base import Step, Tenant
from onboarding.steps.connection.evidence import ConnectionEvidence
from onboarding.steps.enable.evidence import EnableEvidence
from onboarding.steps.initial_cycle.causes import CAUSES
from onboarding.steps.initial_cycle.evidence import InitialCycleEvidence
from onboarding.steps.scope.evidence import ScopeEvidence
from onboarding.steps.shared import arrivals, jobs
from onboarding.steps.shared.estimate import AT_MOST_UNTIL_FIRST_RUN, minutes_of_a_cycle
from onboarding.steps.sso_application.evidence import SsoApplicationEvidence

LOG_COMPLETE_AFTER = timedelta(minutes=45)  # Microsoft promises no figure; after that the job's own numbers have to do
WHOLE_DIRECTORY = plural(
    "Microsoft is going through the whole directory: %(done)s person so far.",
    "Microsoft is going through the whole directory: %(done)s people so far.",
    by="done",
)
LATE = plural(
    "%(done)s of about %(total)s person. This takes longer than Microsoft's own estimate of %(high)s minutes. If the "
    "number stays the same for hours, open a support case with Microsoft.",
    "%(done)s of about %(total)s people. This takes longer than Microsoft's own estimate of %(high)s minutes. If the "
    "number stays the same for hours, open a support case with Microsoft.",
    by="total",
)
LEFT = plural(
    "%(done)s of about %(total)s person, about %(low)s to %(high)s minutes left",
    "%(done)s of about %(total)s people, about %(low)s to %(high)s minutes left",
    by="total",
)
NOT_CREATED = plural(
    "%(count)s person could not be created. The list shows why, and who has to act.",
    "%(count)s people could not be created. The list shows why, and who has to act.",
)
DROPPED = _("So many people failed that Microsoft has dropped some of them. Fix the cause, then restart provisioning.")


@dataclass(frozen=True)
class Facts:
    """The job, None where it is gone."""

    job: Job | None = None


@dataclass(frozen=True)
class InitialCycle(Step[Facts]):
    """Done when Microsoft has synced everybody once and our archive holds what came of it."""

    key: ClassVar[str] = InitialCycleEvidence.step
    title: ClassVar[str | Promise] = gettext_lazy("First cycle")
    stage: ClassVar[stages.Stage] = stages.EVERYBODY
    fresh_for: ClassVar[timedelta] = timedelta(days=30)
    rests_on: ClassVar[tuple[str, ...]] = (SsoApplicationEvidence.step, ConnectionEvidence.step)
    evidence: ClassVar[type[Evidence]] = InitialCycleEvidence
    causes: ClassVar[tuple[Cause, ...]] = CAUSES
    reads_people: ClassVar[bool] = True

    def read(self, tenant: Tenant, desired: Desired) -> Facts:
        """The job with its status."""
        return Facts(jobs.our_job(tenant.graph, desired))

    def assess(self, desired: Desired, facts: Facts) -> Verdict:
        """Waiting with honest words, broken with a reason, or done with numbers."""
        job = facts.job
        if job is None:
            return jobs.missing(desired)
        unfit = jobs.unfit(job)
        if unfit is not None:
            return unfit
        if not job.finished_initial_cycle:
            return self._running(desired, job)
        if not _is_archived(desired, job):
            return Waiting(
                say(_("Microsoft has synced everybody. The last results are still on their way to us.")),
                _pause(desired),
                progress=_progress(desired, job),
                warnings=tuple(arrivals.log_notes(desired)),
            )
        return self._finished(desired, job)

    def _running(self, desired: Desired, job: Job) -> Waiting:
        progress, notes = _progress(desired, job), tuple(arrivals.log_notes(desired))
        if job.never_ran and not progress.done:
            why = say(
                _("Waiting for Microsoft to begin the first cycle; that takes up to %(minutes)s minutes."),
                minutes=AT_MOST_UNTIL_FIRST_RUN,
            )
            return Waiting(why, _pause(desired), progress=progress, warnings=notes)
        return Waiting(_so_far(desired, progress), _pause(desired), progress=progress, warnings=notes)

    def _finished(self, desired: Desired, job: Job) -> Done:
        total = desired.required(ScopeEvidence).total
        numbers = arrived_so_far(desired, job)
        there = arrivals.in_haiilo(desired, known_people(job))
        evidence = InitialCycleEvidence(
            numbers.created,
            numbers.updated,
            numbers.skipped,
            numbers.failed,
            total,
            matched=numbers.matched,
            in_haiilo=there,
        )
        note = say(
            plural(
                "First cycle finished: %(done)s of %(total)s person is in Haiilo.",
                "First cycle finished: %(done)s of %(total)s people are in Haiilo.",
                by="total",
            ),
            done=there,
            total=total,
        )
        return Done(evidence, note, tuple(_warnings(desired, job, numbers, there)))


def known_people(job: Job) -> int:
    """How many people the job knows, by its own count; grows through the initial cycle."""
    counts = job.status.counts
    return sum(number for name, number in counts.items() if name.rpartition(":")[2].lower() == "user")


def arrived_so_far(desired: Desired, job: Job) -> Arrived:
    """Our archive's numbers; where the log cannot be read (no P1), what the job counts itself."""
    arrived, execution = desired.arrived, job.status.last_execution
    if not arrived.is_empty:
        return arrived
    return Arrived(created=known_people(job), failed=execution.count_escrowed if execution else 0)


def _is_archived(desired: Desired, job: Job) -> bool:
    """Whether our archive has caught up with what the job counts; or has had its time."""
    reached = job.status.steady_state_first
    if arrivals.reads_no_log(desired) or (reached is not None and desired.now - reached > LOG_COMPLETE_AFTER):
        return True
    return arrivals.is_caught_up(desired, known_people(job))


def _progress(desired: Desired, job: Job) -> Progress:
    scope = desired.required(ScopeEvidence)
    done = arrivals.in_haiilo(desired, known_people(job))
    total = None if scope.sync_all else scope.total
    return Progress(done if total is None else min(done, total), total)


def _started_at(desired: Desired) -> datetime | None:
    at = desired.result(EnableEvidence.step, "enable").get("at")
    return datetime.fromisoformat(str(at)) if at else None


def _minutes_so_far(desired: Desired) -> float:
    started = _started_at(desired)
    return (desired.now - started).total_seconds() / 60 if started else 0.0


def _pause(desired: Desired) -> timedelta:
    """Often while a person may be watching, less often later."""
    return timedelta(seconds=30 if _minutes_so_far(desired) < 15 else 60)


def _so_far(desired: Desired, progress: Progress) -> Sentence:
    scope = desired.required(ScopeEvidence)
    low, high = minutes_of_a_cycle(scope.total + len(scope.groups))
    minutes = _minutes_so_far(desired)
    if progress.total is None:
        return say(WHOLE_DIRECTORY, done=progress.done)
    if minutes > high + AT_MOST_UNTIL_FIRST_RUN:
        return say(LATE, done=progress.done, total=progress.total, high=high)
    if not progress.done:
        return say(
            _("Microsoft is finding out who is in scope; the first cycle takes %(low)s to %(high)s minutes."),
            low=low,
            high=high,
        )
    left = max(progress.total - progress.done, 1)
    low, high = minutes_of_a_cycle(left)
    return say(LEFT, done=progress.done, total=progress.total, low=low, high=high)


def _warnings(desired: Desired, job: Job, numbers: Arrived, there: int) -> Iterator[Sentence]:
    if numbers.failed:
        yield say(NOT_CREATED, count=numbers.failed)
    if job.status.escrows_pruned:
        yield say(DROPPED)
    if not (there + numbers.skipped):
        yield say(_("Nobody arrived in Haiilo. Check the failures first."))
    yield from arrivals.log_notes(desired)
