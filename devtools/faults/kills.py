"""The kill matrix: a worker dies at every request of a run and after everything it has committed, one run a point.

A run without faults is recorded first: its requests and commits are the points. Then several customers at once walk to
one point each and wait there; once all have come, the worker is killed, what waited is dropped, and a new worker is
started. A request is known by its method and its path without ids: `POST …/jobs` is not `…/jobs/validateCredentials`.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from devtools.faults import checks
from devtools.faults.checks import Expected, Reference
from devtools.faults.party import PATIENCE, Party
from devtools.faults.points import Moment, Point
from devtools.faults.results import Row
from devtools.faults.rig import Rig
from devtools.robots.rehearsal import RehearsedCustomer
from devtools.stack.progress import say

AT_ONCE = 16
REACHED_WITHIN = 60.0  # seconds for everybody to come to their points
Reach = Callable[[Party, RehearsedCustomer], None]


@dataclass
class Act:
    """Something that a customer goes through: what leads to it, what people do meanwhile, and when it is over."""

    name: str
    prepare: Callable[[Party, RehearsedCustomer], None]
    turn: Callable[[Party, RehearsedCustomer], None]
    over: Callable[[Party, RehearsedCustomer], bool]
    expected: Expected = field(default_factory=Expected)
    options: dict[str, Any] = field(default_factory=dict)
    """Of the tenant."""


ONBOARDING = Act(
    "an onboarding",
    prepare=lambda _party, _each: None,
    turn=lambda party, each: party.turn(each),
    over=lambda _party, each: each.live,
)


@dataclass
class Recorded:
    """What a run without faults came by."""

    requests: list[str]
    commits: list[str]
    by: Reference

    def points(self, moments: Sequence[Moment]) -> list[Point]:
        """Every point of these moments, in the order of the run."""
        return [
            Point(moment, what, nth)
            for moment in moments
            for what, nth in numbered(self.commits if moment is Moment.NOTED else self._requests(moment))
        ]

    def _requests(self, moment: Moment) -> list[str]:
        """A request that arrives late matters only where it changes something."""
        return [what for what in self.requests if moment is not Moment.LATE or what in checks.CHANGES.values()]


def numbered(names: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Each with how often it has come so far."""
    seen: Counter[str] = Counter()
    for name in names:
        seen[name] += 1
        yield name, seen[name]


def record(rig: Rig, act: Act) -> Recorded:
    """Walk once without faults. Raises RuntimeError when that does not end well."""
    party = Party(rig)
    each = party.invite(**act.options)
    act.prepare(party, each)
    since, lines = time.time(), checks.lines_of(rig, each.account.pk)
    calls = checks.calls_of(rig, each)
    if not walk(party, act, lambda: False, PATIENCE):
        raise RuntimeError(f"{act.name} did not end without faults: {party.where() or each.verdict}")
    requests = [call.what for call in rig.far.of([each.account.tenant.id, each.account.customer.domain], since=since)]
    name = str(each.account.pk)
    commits = [commit.what for commit in list(rig.commits.commits) if commit.name == name and commit.at >= since]
    by = checks.reference(rig, each)
    broken = checks.objections(rig, each, by, act.expected)
    if broken:
        raise RuntimeError(f"{act.name} is not as it must be even without faults: {'; '.join(broken)}")
    say(f"  {act.name}: {len(requests)} requests, {len(commits)} commits ({calls} and {dict(lines)} before)")
    return Recorded(requests, commits, by)


def walk(party: Party, act: Act, enough: Callable[[], bool], seconds: float) -> bool:
    """Act for everybody until it is over for each, or `enough` holds. False when the time was over first."""
    end = time.monotonic() + seconds
    while True:
        party.look()
        waiting = [each for each in party.customers if not act.over(party, each)]
        if not waiting or enough():
            return True
        if time.monotonic() > end:
            return False
        for each in waiting:
            act.turn(party, each)
        time.sleep(0.3)


def matrix(rig: Rig, act: Act, moments: Sequence[Moment]) -> Iterator[Row]:
    """One row a moment: the worker killed at every point of the act."""
    recorded = record(rig, act)
    for moment in moments:
        row = Row(
            f"worker killed in {act.name}: {moment}",
            "picked up where it was, one job, nothing done twice that must not be",
        )
        points = recorded.points([moment])
        missed = _all(rig, act, points, recorded.by, row)
        missed = _all(rig, act, missed, recorded.by, row)  # a busy machine may have been too slow
        row.seen = f"{len(points)} points" + (f", not come by: {', '.join(map(str, missed))}" if missed else "")
        row.broken += [f"never came by {point}" for point in missed if point.what in checks.CHANGES.values()]
        yield row


def _all(rig: Rig, act: Act, points: Sequence[Point], by: Reference, row: Row) -> list[Point]:
    """Every point once; returns those that no customer stood at when the worker was killed."""
    missed: list[Point] = []
    for start in range(0, len(points), AT_ONCE):
        batch = points[start : start + AT_ONCE]
        say(f"  {row.fault}: points {start + 1} to {start + len(batch)} of {len(points)}")
        missed += _batch(rig, act, batch, by, row)
        rig.mend()
    return missed


@dataclass
class Walker:
    """A customer that goes to one point. `token` is the lease's under which it stands there."""

    each: RehearsedCustomer
    point: Point
    came: bool = False
    token: int = 0
    seconds: float | None = None

    @property
    def name(self) -> str:
        """As the gate knows it."""
        return str(self.each.account.pk)


def _batch(rig: Rig, act: Act, points: Sequence[Point], by: Reference, row: Row) -> list[Point]:
    """Kill the worker once with a customer at each of the points; returns those that no customer came by."""
    party = Party(rig)
    walkers = [Walker(party.invite(**act.options), point) for point in points]
    for walker in walkers:
        act.prepare(party, walker.each)
        rig.gate.arm(walker.name, walker.point)
    walk(party, act, lambda: _all_came(rig, act, party, walkers), REACHED_WITHIN)
    came = [walker for walker in walkers if walker.came and _token(rig, walker) == walker.token]
    rig.kill("worker")
    rig.gate.let_go()
    rig.again("worker")
    began = time.monotonic()

    def note() -> bool:
        for walker in walkers:
            if walker.seconds is None and act.over(party, walker.each):
                walker.seconds = time.monotonic() - began
        return False

    walk(party, act, note, PATIENCE)
    note()
    for walker in came:
        broken = checks.objections(rig, walker.each, by, act.expected)
        row.add([f"{walker.point}: {line}" for line in broken], walker.seconds)
    row.broken += checks.of_everybody(rig)
    return [walker.point for walker in walkers if walker not in came]


def _all_came(rig: Rig, act: Act, party: Party, walkers: Sequence[Walker]) -> bool:
    for walker in walkers:
        if not walker.came and rig.gate.reached(walker.name):
            walker.came, walker.token = True, _token(rig, walker)
    return all(walker.came or act.over(party, walker.each) for walker in walkers)


def _token(rig: Rig, walker: Walker) -> int:
    """A run that is held up for longer than its lease is overtaken by another one: that was no kill at the point."""
    [row] = rig.sql("SELECT lease_token FROM onboarding_onboarding WHERE id = %s", walker.each.account.pk)
    return int(row["lease_token"])


def onboarding(rig: Rig) -> Iterator[Row]:
    """The whole way from a new customer to live."""
    yield from matrix(rig, ONBOARDING, [Moment.BEFORE, Moment.EFFECT, Moment.LATE, Moment.NOTED])
