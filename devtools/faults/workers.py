"""Programs that die, sleep, multiply or are replaced while customers are on their way (K7, K8, K12, K18)."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator

from devtools.faults.checks import APPLICATION, CREATE, Expected
from devtools.faults.points import Moment, Point
from devtools.faults.results import Row
from devtools.faults.rig import Rig
from devtools.faults.trial import Trial, trial
from devtools.stack.processes import wait_until

VALIDATE = f"POST {APPLICATION}/jobs/validateCredentials"
SCHEMA = f"PUT {APPLICATION}/jobs/{{job}}/schema"
COMES = 40.0  # seconds for a run to come to its point


def random_kills(rig: Rig) -> Iterator[Row]:
    """Eight SIGKILLs in twenty seconds, and six to the web process."""
    chance = random.Random(8)  # noqa: S311
    row = Row("worker killed 8 times by chance, customers coming all the time", "everybody live once it is left alone")
    with trial(rig, row, Expected(calls=False)) as run:
        for kill in range(8):
            run.invite(kill % 2)
            run.act_for(chance.uniform(2.0, 5.0), until=lambda _each: False)
            rig.kill("worker")
            rig.again("worker")
        run.recover()
    yield row
    row = Row("web killed 6 times, customers coming all the time", "everybody live; clicks are made again")
    with trial(rig, row) as run:
        for _kill in range(6):
            run.invite()
            run.act_for(chance.uniform(1.0, 3.0), until=lambda _each: False)
            rig.kill("web")
            rig.again("web")
        run.recover()
    yield row


def at_point(run: Trial, point: Point) -> str:
    """Bring the one customer of a trial to a point; its name. Raises RuntimeError when it does not come there."""
    rig, [each] = run.rig, run.party.customers
    name = str(each.account.pk)
    rig.gate.arm(name, point)
    run.party.go_on(COMES, enough=lambda: rig.gate.reached(name))
    if not rig.gate.reached(name):
        raise RuntimeError(f"never came to {point}")
    return name


def sleepers(rig: Rig) -> Iterator[Row]:
    """K7: a worker sleeps past its lease while another one takes over, and wakes up."""
    for point in (Point(Moment.LATE, VALIDATE), Point(Moment.EFFECT, CREATE), Point(Moment.LATE, CREATE)):
        row = Row(f"worker asleep past its lease, {point}; a second one takes over (K7)", "the sleeper writes nothing")
        with trial(rig, row) as run:
            run.invite()
            at_point(run, point)
            rig.freeze("worker")
            rig.add("worker-2", "worker")
            run.act_for(rig.lease_seconds * 2)
            rig.thaw("worker")
            rig.gate.let_go()
            run.recover()
        yield row


def multitudes(rig: Rig) -> Iterator[Row]:
    """K8 and K12: two workers, three beats, unkind tenants; wake-ups that come ten times in any order."""
    row = Row("two workers, three beats, unkind tenants (K8, K12)", "as if there were one of each")
    # An unkind tenant refuses calls by chance, and shows late what was written: how often it is asked is chance too.
    with trial(rig, row, Expected(calls=False)) as run:
        rig.add("worker-2", "worker")
        rig.add("beat-2", "beat")
        rig.add("beat-3", "beat")
        run.invite(3, calm=False)
        run.recover()
    yield row
    row = Row("each wake-up ten times, in any order (K8)", "the same changes as without")
    with trial(rig, row) as run:
        run.invite(3)
        for _again in range(6):
            rig.freeze("worker")
            run.act_for(1.5)
            rig.multiply_messages(10, random.Random(_again))  # noqa: S311
            rig.thaw("worker")
            run.act_for(2.0)
        run.recover()
    yield row


def deployment(rig: Rig) -> Iterator[Row]:
    """K18: SIGTERM to all three in the middle of a write."""
    row = Row("deployment in the middle of PUT schema: SIGTERM to worker, web and beat (K18)", "the write ends, once")
    with trial(rig, row) as run:
        run.invite(1)
        held = at_held_answer(run)
        began = time.monotonic()
        rig.end_politely("worker")
        rig.terminate("web")
        rig.terminate("beat")
        rig.sandbox.release()
        run.must(wait_until(lambda: not rig.running("worker"), 60), "the worker has not ended after 60 s")
        row.seen = f"the worker ended {time.monotonic() - began:.1f} s after SIGTERM"
        for name in ("worker", "web", "beat"):
            rig.terminate(name)
            rig.again(name)
        run.must(held, "no answer was held")
        run.recover()
    yield row


def at_held_answer(run: Trial) -> bool:
    """Hold the answer of the one customer's PUT schema at the sandbox, so that it can still be given."""
    [each] = run.party.customers
    each.account.tenant.chaos(hold_next={"method": "PUT", "path_contains": "/schema"})
    run.party.go_on(COMES, enough=each.account.tenant.is_holding)
    return each.account.tenant.is_holding()


def beats(rig: Rig) -> Iterator[Row]:
    """K12: nobody rings."""
    row = Row("beat dead until all are live (K12)", "customers go on all the same, as any worker or page rings")
    with trial(rig, row) as run:
        run.invite(2)
        rig.kill("beat")
        began = time.monotonic()
        live = run.party.go_on(run.soon)
        run.must(live, f"without beat nobody got on: {run.party.where()}")
        if live:
            row.seen = f"live without beat after {time.monotonic() - began:.1f} s"
        rig.again("beat")
        run.recover()
    yield row
