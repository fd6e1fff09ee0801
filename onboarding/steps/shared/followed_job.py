"""What the first cycle and the watch over a live tenant share: the job, how it begins to be judged, what it counts."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, ClassVar, TypeVar

from django.utils.translation import gettext_noop as _

from graphclient import Job, Read
from onboarding.domain.desired import Desired
from onboarding.domain.evidence import Evidence
from onboarding.domain.headcount import Headcount
from onboarding.domain.sentences import Sentence, plural, say
from onboarding.domain.verdicts import Change, Verdict
from onboarding.steps import stages
from onboarding.steps.base import ChangingStep, Tenant
from onboarding.steps.connection.evidence import ConnectionEvidence
from onboarding.steps.shared import arrivals, jobs, removals, starting_again
from onboarding.steps.shared.credentials import UNTRIED, Trial
from onboarding.steps.shared.job_causes import LET_THROUGH
from onboarding.steps.shared.reached import was_reached
from onboarding.steps.shared.stored import Stored
from onboarding.steps.sso_application.evidence import SsoApplicationEvidence

TRIED_AGAIN = plural(
    "Microsoft could not write %(count)s entry (a person or a group) in its last run, and tries it again by itself.",
    "Microsoft could not write %(count)s entries (people or groups) in its last run, and tries them again by itself.",
)
DROPPED = _(
    "So many people failed that Microsoft has dropped some of them. Fix the cause, then have them tried again on the "
    "users page."
)


@dataclass(frozen=True)
class Facts:
    """The job, None where it is gone; what is stored for it, where a step looks, as far as Microsoft shows that; and
    Microsoft's test of that for a job that does not run.
    """

    job: Job | None = None
    stored: Stored = field(default_factory=Stored)
    tested: Trial = UNTRIED


@dataclass(frozen=True)
class Through:
    """How the people of a job came through: `numbers` by our archive, None where it knows nobody; `there` are in
    Haiilo.
    """

    numbers: Headcount | None
    there: int

    @property
    def skipped(self) -> int:
        """How many were left out, as far as anything tells."""
        return self.numbers.skipped if self.numbers else 0

    @property
    def failed(self) -> int:
        """How many could not be written, as far as anything tells."""
        return self.numbers.failed if self.numbers else 0


class FollowedJob(ChangingStep[Facts]):
    """A step that goes by the job that runs, and by what our archive of the log makes of it. It changes nothing but
    that a job which does not run goes on again, where a person has approved that.
    """

    changes_tenant: ClassVar[bool] = False

    stage: ClassVar[stages.Stage] = stages.EVERYBODY
    rests_on: ClassVar[tuple[str, ...]] = (SsoApplicationEvidence.step, ConnectionEvidence.step)
    reads_people: ClassVar[bool] = True

    def reads(self, desired: Desired) -> Mapping[str, Read]:
        """The job."""
        return jobs.reads(desired)

    def read(self, tenant: Tenant, desired: Desired) -> Facts:
        """The job with its status, and Microsoft's test of what is saved where it does not run."""
        job = jobs.job_to_follow(tenant.graph, desired)
        return Facts(job, tested=starting_again.tested(tenant, desired, job))

    def in_haiilo(self, desired: Desired, facts: Facts) -> int | None:
        """As the roster and the job have it together."""
        return arrivals.in_haiilo(desired, facts.job.status.known_people if facts.job else None)

    def job_of(self, facts: Facts) -> Job | None:
        """The one that is followed."""
        return facts.job

    def left_out_by(self, desired: Desired, facts: Facts) -> datetime | None:
        """As the roster and the job have it together."""
        return arrivals.left_out_by(desired, facts.job) if facts.job else None

    def assess(self, desired: Desired, facts: Facts) -> Verdict:
        """What a person stopped or deleted is broken, with who has to be asked; a job that runs is judged."""
        if facts.job is None:
            return jobs.missing(desired)
        ill = jobs.unfit(facts.job, reached=was_reached(desired), tested=facts.tested)
        if ill is not None:
            ill = replace(ill, remedy=starting_again.remedy(desired, facts.job, facts.tested))
            return starting_again.taking_effect(desired) or removals.judge(desired, facts.job, ill, facts.tested)
        return starting_again.unproved(desired, facts.job) or self.judge(desired, facts, facts.job)

    def apply(self, tenant: Tenant, desired: Desired, change: Change) -> Mapping[str, Any]:
        """Let the job go on again."""
        does = removals.apply if change.key == LET_THROUGH else starting_again.apply
        return does(tenant, desired, change)

    @abstractmethod
    def judge(self, desired: Desired, facts: Facts, job: Job) -> Verdict:
        """The verdict on a job that runs."""


COUNTED = ("created", "updated", "skipped", "failed", "matched")
Kept = TypeVar("Kept", bound="ThroughEvidence")


@dataclass(frozen=True)
class ThroughEvidence(Evidence):
    """How many people came through how: None where nothing tells. `in_haiilo` have an account.

    `told`: whether anything tells how many came through.
    """

    step: ClassVar[str]

    created: int | None = None
    updated: int | None = None
    skipped: int | None = None
    failed: int | None = None
    matched: int | None = None
    told: bool = True
    in_haiilo: int = 0

    @classmethod
    def of(cls: type[Kept], through: Through | None, **more: Any) -> Kept:
        """What is kept of it, beside what the step alone knows."""
        if through is None:
            return cls(told=False, **more)
        if through.numbers is None:
            return cls(in_haiilo=through.there, **more)
        kept = {name: getattr(through.numbers, name) for name in COUNTED}
        return cls(**kept, in_haiilo=through.there, **more)


def through_so_far(desired: Desired, job: Job) -> Through | None:
    """Our archive's numbers; where the log cannot be read (no P1), only how many people the job knows; None where
    neither tells. What waits for another try is no number of people: groups are among it, and old entries stay counted.
    """
    there = arrivals.in_haiilo(desired, job.status.known_people)
    if there is None:
        return None
    return Through(None if desired.people.is_empty else desired.people, there)


def untold_failures(desired: Desired, job: Job) -> Iterator[Sentence]:
    """What the job could not write in its last run, where no log of it names people; and what it has given up."""
    execution = job.status.last_execution
    if desired.people.is_empty and execution and execution.state == "EntryLevelErrors" and execution.count_escrowed:
        yield say(TRIED_AGAIN, count=execution.count_escrowed)
    if job.status.escrows_pruned:
        yield say(DROPPED)
