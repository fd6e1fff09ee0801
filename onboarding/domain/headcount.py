"""How many people are where: the one set of numbers that every page, letter and verdict goes by."""

from __future__ import annotations

import enum
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from onboarding.domain.prospects import Prospects
from onboarding.domain.standings import (
    HAVE_AN_ACCOUNT,
    NOT_AS_THEY_SHOULD,
    SHOULD_BE_THERE,
    WITHOUT_FOR_A_REASON,
    InHaiilo,
    Scope,
    Standing,
)


class Source(enum.StrEnum):
    """Who tells how many people are in Haiilo."""

    NOBODY = ""
    JOB = "job"
    """The job's own totals, without names."""
    MICROSOFT = "microsoft"
    """Its provisioning log, person by person."""
    HAIILO = "haiilo"
    """Haiilo's own list, read after everything that Microsoft has reported."""


@dataclass(frozen=True)
class Failure:
    """People of one standing whom the same cause keeps: Microsoft's `code`, a `reason` of one of them as a sample, the
    attributes that are empty (`lacking`) where any is named, and where they stand in `scope`. `in_haiilo`: what
    Haiilo says of those for whom Microsoft has reported an account, or nothing.
    """

    count: int
    code: str
    reason: str = ""
    lacking: str = ""
    standing: Standing = Standing.FAILED
    scope: Scope = Scope.UNREAD
    in_haiilo: InHaiilo = InHaiilo.UNTOLD


@dataclass(frozen=True)
class Headcount:
    """Counts of the roster. A number that nobody has told is None, which is not 0.

    `results`: what Microsoft's log says, by result. `told`: how many are in Haiilo as the last look at the job has it;
    None before the first; `told_at`: when that look was. `heard_until`: the newest row of Microsoft's log.
    `left_out_by`: when the last sync began, where it ended and left out whoever is coming. `haiilo_read_at`: when
    Haiilo's own list was read last, all of it; None before. `removed_on`: how many were removed on each of the last
    days. `prospects`: what a start does to whom. `differing`: of how many Haiilo keeps other values than the mappings
    make, by the fields that differ. `failures`: the largest groups of those who are not as they should be, read where
    somebody goes by it.
    """

    results: Mapping[str, int] = field(default_factory=dict)
    standings: Mapping[str, int] = field(default_factory=dict)
    scope_read_at: datetime | None = None
    told: int | None = None
    told_at: datetime | None = None
    heard_until: datetime | None = None
    left_out_by: datetime | None = None
    haiilo_read_at: datetime | None = None
    removed_on: Mapping[str, int] = field(default_factory=dict)
    failures: tuple[Failure, ...] = ()
    prospects: Prospects = field(default_factory=Prospects)
    differing: Mapping[str, int] = field(default_factory=dict)

    def of(self, *standings: Standing) -> int:
        """How many have one of these standings."""
        return sum(self.standings.get(standing, 0) for standing in standings)

    def result(self, *results: str) -> int:
        """Of how many Microsoft's log says one of these."""
        return sum(self.results.get(result, 0) for result in results)

    @property
    def created(self) -> int:
        """How many Microsoft says it has created."""
        return self.result("created")

    @property
    def updated(self) -> int:
        """How many it has found in Haiilo and changed."""
        return self.result("updated")

    @property
    def matched(self) -> int:
        """How many it has found in Haiilo as they should be."""
        return self.result("matched")

    @property
    def skipped(self) -> int:
        """How many it has skipped, rightly or not."""
        return self.result("skipped")

    @property
    def failed(self) -> int:
        """How many should have an account and have none, or none that can be linked, for a reason that is known."""
        return self.of(*WITHOUT_FOR_A_REASON)

    @property
    def outdated(self) -> int:
        """How many are in Haiilo, and the last change of them failed."""
        return self.of(Standing.OUTDATED)

    @property
    def is_empty(self) -> bool:
        """Whether Microsoft's log has told of nobody."""
        return not any(self.results.values())

    @property
    def with_account(self) -> int:
        """How many have an account in Haiilo by the roster alone, which may lag behind."""
        return self.of(*HAVE_AN_ACCOUNT)

    @property
    def in_haiilo(self) -> int | None:
        """How many are in Haiilo: the one number that every page shows. None where neither the job nor the roster
        tells.
        """
        if self.told is not None:
            return self.told
        return None if self.is_empty else self.with_account

    @property
    def source(self) -> Source:
        """Who tells `in_haiilo`."""
        if self.in_haiilo is None:
            return Source.NOBODY
        read = self.haiilo_read_at
        if read and self.in_haiilo == self.with_account and (self.heard_until is None or read >= self.heard_until):
            return Source.HAIILO
        return Source.JOB if self.is_empty else Source.MICROSOFT

    @property
    def as_of(self) -> datetime | None:
        """When that was told; None where nobody tells, or where it was not kept."""
        if self.source is Source.NOBODY:
            return None
        return self.haiilo_read_at if self.source is Source.HAIILO else self.told_at

    @property
    def names_nobody(self) -> bool:
        """Whether the job alone tells how many are in Haiilo, so that of nobody by name anything is known."""
        return self.source is Source.JOB and bool(self.in_haiilo)

    @property
    def shown(self) -> Mapping[str, int]:
        """How many people have which standing, as pages tell it: who may have arrived is not called on the way."""
        shown = self.coming_as
        if shown is Standing.COMING or not self.of(Standing.COMING):
            return self.standings
        rest = {each: count for each, count in self.standings.items() if each != Standing.COMING}
        return rest | {shown: self.of(Standing.COMING, shown)}

    @property
    def coming_as(self) -> Standing:
        """What pages call those who are coming: not told where nobody is told of by name; left out where the last sync
        did that, and nobody was assigned since.
        """
        if self.names_nobody:
            return Standing.UNKNOWN
        read, sync = self.scope_read_at, self.left_out_by
        return Standing.LEFT_OUT if sync is not None and read is not None and read <= sync else Standing.COMING

    @property
    def left_out(self) -> int:
        """How many are in scope, and the last sync left them out without a reason."""
        return self.of(Standing.COMING) if self.coming_as is Standing.LEFT_OUT else 0

    @property
    def arrived(self) -> int | None:
        """How many have an account; without those who are to leave, where others stay. None where nobody tells."""
        if self.in_haiilo is None or not self.in_scope:
            return self.in_haiilo
        return max(0, self.in_haiilo - self.of(Standing.LEAVING, Standing.HELD_BACK))

    @property
    def share(self) -> int | None:
        """Of how many in scope `arrived` is told; None where more are there than should be, or the scope is unread."""
        if self.in_scope is None or self.arrived is None or self.arrived > self.in_scope:
            return None
        return self.in_scope

    @property
    def everybody_arrived(self) -> bool:
        """Whether it is known of each person in scope, by name, that there is an account."""
        if not self.in_scope or self.source in (Source.NOBODY, Source.JOB):
            return False
        missing = self.of(Standing.COMING, Standing.UNKNOWN, *WITHOUT_FOR_A_REASON)
        return not missing and self.of(Standing.ARRIVED, Standing.OUTDATED, Standing.TWICE) >= self.in_scope

    @property
    def in_scope(self) -> int | None:
        """How many should have an account, by whatever was told last: the reading of the assignments, or Microsoft's
        report since. None before everybody was read.
        """
        return None if self.scope_read_at is None else self.of(*SHOULD_BE_THERE)

    @property
    def not_as_it_should_be(self) -> int:
        """How many have no account for a reason that somebody can end, or one that is not as it should be."""
        return self.of(*NOT_AS_THEY_SHOULD)

    @property
    def amiss(self) -> int:
        """For how many somebody has to act: those, whom the last sync left out, and whose removal is held back."""
        return self.not_as_it_should_be + self.left_out + self.of(Standing.HELD_BACK)

    @property
    def differ(self) -> int:
        """Of how many Haiilo keeps another value than the mappings make."""
        return sum(self.differing.values())

    def removed_lately(self, days: Collection[date]) -> int:
        """How many were removed on these days."""
        return sum(self.removed_on.get(day.isoformat(), 0) for day in days)
