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
from onboarding.domain.desired import Desired
from onboarding.domain.evidence import Evidence
from onboarding.domain.sentences import Sentence, moment_text, plural, say
from onboarding.domain.verdicts import Done, Progress, Verdict, Waiting
from onboarding.steps.enable.evidence import EnableEvidence
from onboarding.steps.initial_cycle.causes import CAUSES
from onboarding.steps.initial_cycle.evidence import InitialCycleEvidence
from onboarding.steps.initial_cycle.pace import Pace
from onboarding.steps.pilot.evidence import PilotEvidence
from onboarding.steps.scope.evidence import ScopeEvidence
from onboarding.steps.shared import arrivals
from onboarding.steps.shared.counted import OF_ABOUT, OF_PEOPLE
from onboarding.steps.shared.estimate import AT_MOST_UNTIL_FIRST_RUN, minutes_of_a_cycle
from onboarding.steps.shared.followed_job import Facts, FollowedJob, Through, through_so_far

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
STUCK = plural(
    "%(done)s %(of)s. Nothing has changed for %(hours)s hour, and Microsoft's own estimate of %(high)s minutes is "
    "over. Open a support case with Microsoft.",
    "%(done)s %(of)s. Nothing has changed for %(hours)s hours, and Microsoft's own estimate of %(high)s minutes is "
    "over. Open a support case with Microsoft.",
    by="hours",
)
STUCK_AFTER = timedelta(hours=2)  # without a change, and past Microsoft's own estimate
LEFT = plural(
    "%(done)s of about %(total)s person, about %(low)s to %(high)s minutes left",
    "%(done)s of about %(total)s people, about %(low)s to %(high)s minutes left",
    by="total",
)
NOT_TOLD = _(
    "Microsoft is going through the people in scope and does not tell how many are done. The first cycle takes %(low)s "
    "to %(high)s minutes."
)
NOT_TOLD_LATE = _(
    "Microsoft does not tell how many people are done. This takes longer than Microsoft's own estimate of %(high)s "
    "minutes. If nothing changes for hours, open a support case with Microsoft."
)
FINISHED = plural(
    "First cycle finished. On %(at)s, %(done)s %(of)s was in Haiilo.",
    "First cycle finished. On %(at)s, %(done)s %(of)s were in Haiilo.",
    by="done",
)
FINISHED_UNTOLD = _("First cycle finished. Microsoft did not tell how many people were in Haiilo then.")
NOT_CREATED = plural(
    "%(count)s person could not be created by then. The list shows who is missing now, and why.",
    "%(count)s people could not be created by then. The list shows who is missing now, and why.",
)
LEFT_OUT = plural(
    "%(count)s of them was in scope and was left out by that sync, without a reason.",
    "%(count)s of them were in scope and were left out by that sync, without a reason.",
)
NOBODY = _("Nobody had arrived in Haiilo by then. The list shows who is missing now, and why.")


@dataclass(frozen=True)
class InitialCycle(FollowedJob):
    """Done when Microsoft has synced everybody once and our archive holds what came of it."""

    key: ClassVar[str] = InitialCycleEvidence.step
    title: ClassVar[str | Promise] = gettext_lazy("First cycle")
    fresh_for: ClassVar[timedelta] = timedelta(days=30)
    evidence: ClassVar[type[Evidence]] = InitialCycleEvidence
    causes: ClassVar[tuple[Cause, ...]] = CAUSES

    def judge(self, desired: Desired, facts: Facts, job: Job) -> Verdict:
        """Waiting with honest words, or done with numbers."""
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
        if not _has_begun(desired, job):
            why = say(
                _("Waiting for Microsoft to begin the first cycle; that takes up to %(minutes)s minutes."),
                minutes=AT_MOST_UNTIL_FIRST_RUN,
            )
            return Waiting(why, _pause(desired), progress=progress, warnings=notes)
        pace = _pace(desired, progress)
        why, offers = _so_far(desired, progress, pace), pace.offers() if pace else {}
        return Waiting(why, _pause(desired), progress=progress, offers=offers, warnings=notes)

    def _finished(self, desired: Desired, job: Job) -> Done:
        total, through = desired.required(ScopeEvidence).total, through_so_far(desired, job)
        evidence, warnings = InitialCycleEvidence.of(through, total=total), tuple(_warnings(desired, job, through))
        if through is None:
            return Done(evidence, say(FINISHED_UNTOLD), warnings)
        of = say(OF_PEOPLE, count=total)
        return Done(evidence, say(FINISHED, at=moment_text(desired.now), done=through.there, of=of), warnings)


def _tried(desired: Desired) -> int:
    """How many test users there are: they arrived before the first cycle, and say nothing about it."""
    pilot = desired.evidence_of(PilotEvidence)
    return 0 if pilot is None else len(pilot.people) or bool(pilot.person_id)


def _told_of(desired: Desired) -> int:
    """Of how many people Microsoft's log has told anything."""
    return sum(desired.people.results.values())


def _has_begun(desired: Desired, job: Job) -> bool:
    """Whether anything shows that Microsoft is at it: a run, or somebody beside the test users since the start."""
    tried, started, heard = _tried(desired), _started_at(desired), desired.people.heard_until
    is_newer = heard is None or started is None or heard > started
    return not job.never_ran or (job.status.known_people or 0) > tried or (_told_of(desired) > tried and is_newer)


def _pace(desired: Desired, progress: Progress | None) -> Pace | None:
    """How fast people arrive; None before anybody has whom nobody tried."""
    if progress is None or progress.done <= _tried(desired):
        return None
    return Pace.seen(desired.seen_before.get(InitialCycle.key, {}), progress.done, desired.now)


def _is_archived(desired: Desired, job: Job) -> bool:
    """Whether our archive has caught up with what the job counts; or has had its time."""
    reached = job.status.steady_state_first
    if arrivals.reads_no_log(desired) or (reached is not None and desired.now - reached > LOG_COMPLETE_AFTER):
        return True
    return arrivals.is_caught_up(desired, job.status.known_people)


def _progress(desired: Desired, job: Job) -> Progress | None:
    scope, done = desired.required(ScopeEvidence), arrivals.in_haiilo(desired, job.status.known_people)
    if done is None:
        return None
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


def _so_far(desired: Desired, progress: Progress | None, pace: Pace | None) -> Sentence:
    scope = desired.required(ScopeEvidence)
    low, high = minutes_of_a_cycle(scope.total + len(scope.groups))
    is_late = _minutes_so_far(desired) > high + AT_MOST_UNTIL_FIRST_RUN
    if progress is None:
        return say(NOT_TOLD_LATE, high=high) if is_late else say(NOT_TOLD, low=low, high=high)
    if progress.total is None:
        return say(WHOLE_DIRECTORY, done=progress.done)
    stood = desired.now - pace.moved if pace else timedelta(0)
    if is_late and stood >= STUCK_AFTER:
        of, hours = say(OF_ABOUT, count=progress.total), stood // timedelta(hours=1)
        return say(STUCK, done=progress.done, of=of, hours=hours, high=high)
    if is_late:
        return say(LATE, done=progress.done, total=progress.total, high=high)
    if pace is None:
        return say(
            _("Microsoft is finding out who is in scope; the first cycle takes %(low)s to %(high)s minutes."),
            low=low,
            high=high,
        )
    left = max(progress.total - progress.done, 1)
    low, high = pace.minutes_left(left, desired.now)
    return say(LEFT, done=progress.done, total=progress.total, low=low, high=high)


def _warnings(desired: Desired, job: Job, through: Through | None) -> Iterator[Sentence]:
    """What came of the cycle, told of that moment: these stay while the step Live tells what is so now."""
    left_out = arrivals.left_out(desired, job)
    missing = (through.failed if through else 0) + left_out
    told = ((NOT_CREATED, missing), (LEFT_OUT, left_out))
    yield from (say(text, count=count) for text, count in told if count)
    if through and not (through.there + through.skipped):
        yield say(NOBODY)
    yield from arrivals.log_notes_of_then(desired, told=through is not None)
