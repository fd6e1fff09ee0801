"""One run with the values of production: how long a dead worker is missed, and that nothing is done twice meanwhile."""

from __future__ import annotations

import time
from collections.abc import Iterator

from devtools.faults import checks
from devtools.faults.checks import APPLICATION, CREATE, Expected
from devtools.faults.party import Party
from devtools.faults.points import Moment, Point
from devtools.faults.results import Row
from devtools.faults.rig import Rig
from devtools.robots.rehearsal import RehearsedCustomer
from devtools.stack.progress import say

GOING_ON = 130.0  # seconds from the death of the worker until its customers are worked for again
WITH_A_CREATE = 430.0  # the same where nobody knows whether a job was made
REACHED = 120.0
POINTS = (
    Point(Moment.BEFORE, f"GET {APPLICATION}/secrets"),
    Point(Moment.BEFORE, f"POST {APPLICATION}/jobs/validateCredentials"),
    Point(Moment.EFFECT, f"PUT {APPLICATION}/secrets"),
    Point(Moment.BEFORE, CREATE),
    Point(Moment.EFFECT, CREATE),
)


def started_again(rig: Rig) -> Iterator[Row]:
    """The worker is killed, and a new one starts on the same machine at once."""
    yield from _killed(rig, "and started again", again=True)


def taken_over(rig: Rig) -> Iterator[Row]:
    """The worker is killed and stays dead; another one was there already."""
    yield from _killed(rig, "for good, beside a second one", again=False)


def stopped(rig: Rig) -> Iterator[Row]:
    """SIGTERM, and a new one at once: what it held is given back."""
    yield from _killed(rig, "by SIGTERM, and started again", again=True, politely=True)


def _killed(rig: Rig, how: str, *, again: bool, politely: bool = False) -> Iterator[Row]:
    say(f"  production values, worker ended {how}")
    party = Party(rig)
    customers = [party.invite() for _point in POINTS]
    names = [str(each.account.pk) for each in customers]
    for name, point in zip(names, POINTS, strict=True):
        rig.gate.arm(name, point)
    party.go_on(REACHED, enough=lambda: rig.gate.all_reached(names))
    came = [rig.gate.reached(name) for name in names]
    if not again:
        rig.add("worker-2", "worker")
    since = time.time()
    (rig.end_politely if politely else rig.kill)("worker")
    rig.gate.let_go()
    if politely:
        rig.terminate("worker")
    if again:
        rig.again("worker")
    made = _made(rig, party, customers, since)
    for each, point, reached in zip(customers, POINTS, came, strict=True):
        yield _judged(rig, each, point, how, reached, made)
    rig.mend()


def _made(rig: Rig, party: Party, customers: list[RehearsedCustomer], since: float) -> dict[int, float]:
    """Seconds after which each customer was worked for again; for those with a create, until the job was known."""
    made: dict[int, float] = {}

    def note() -> bool:
        for each, point in zip(customers, POINTS, strict=True):
            pk = each.account.pk
            goes_on = _connected(rig, each) if point.what == CREATE else _asked_again(rig, each, since)
            if pk not in made and goes_on:
                made[pk] = time.time() - since
        return False

    party.go_on(WITH_A_CREATE + 300, enough=note)
    note()
    return made


def _asked_again(rig: Rig, each: RehearsedCustomer, since: float) -> bool:
    return any(call.at > since + 0.5 for call in rig.far.of([each.account.tenant.id], since=since))


def _connected(rig: Rig, each: RehearsedCustomer) -> bool:
    query = "SELECT kind FROM onboarding_stepstate WHERE onboarding_id = %s AND key = 'connection'"
    return bool(rig.sql(query, each.account.pk)[0]["kind"] == "done")


def _judged(rig: Rig, each: RehearsedCustomer, point: Point, how: str, reached: bool, made: dict[int, float]) -> Row:
    bar = WITH_A_CREATE if point.what == CREATE else GOING_ON
    row = Row(f"LEASE 60, QUIET 300/5: worker ended {how}, {point}", f"going on within {bar:g} s")
    took = made.get(each.account.pk)
    broken = checks.objections(rig, each, None, Expected(calls=False))
    if not reached:
        broken.append("never came to the point")
    if took is None or took > bar:
        broken.append(f"going on after {took:.0f} s" if took else "never went on")
    row.add(broken, took)
    return row
