"""PostgreSQL restarts, is cut off, freezes, answers late, loses the word of a commit, or has no disk left (K11)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from devtools.faults.points import Moment, Point
from devtools.faults.results import Row
from devtools.faults.rig import Rig
from devtools.faults.trial import Seen, Trial, fetch, open_as, trial

DOWN = 20.0  # seconds
CLICK = 10.0  # seconds after which a page has to say that the database is away
STANDS_STILL = 40.0  # the same where the line is open and nothing comes: a statement may take 15 s, and 5 s are spared
HEALTH = 2.0  # seconds in which /healthz has to answer whatever the database does
BACK = 60.0  # seconds after which everybody goes on
A_PAGE = "a page that says so (503) and asks again by itself"


def restarts(rig: Rig) -> Iterator[Row]:
    """Stopped at once and started, five times; connections ended four times a second."""
    row = Row("PostgreSQL stopped at once and started, 5 times (K11)", "nothing lost, nothing done twice")
    with trial(rig, row) as run:
        run.invite(3)
        for _time in range(5):
            run.act_for(2)
            rig.server.restart()
        run.recover()
    yield row
    row = Row("connections ended 4 times a second for 15 s (K11)", "nothing lost, nothing done twice")
    with trial(rig, row) as run:
        run.invite(3)
        end = time.monotonic() + 15
        while time.monotonic() < end:
            rig.server.cut_connections(rig.database)
            run.act_for(0.25)
        run.recover()
    yield row


def outages(rig: Rig) -> Iterator[Row]:
    """Away, cut off or frozen for a while; what pages and health say meanwhile."""
    for name, begin, end, within in (
        ("PostgreSQL down", rig.server.crash, rig.server.start, CLICK),
        ("the line to PostgreSQL cut", lambda: _each(rig, "cut"), lambda: _each(rig, "mend"), CLICK),
        ("the line to PostgreSQL frozen", lambda: _each(rig, "freeze"), lambda: _each(rig, "mend"), STANDS_STILL),
    ):
        told = f"within {within:g} s {A_PAGE}; /healthz answers, /readyz says 503"
        row = Row(f"{name} for {max(DOWN, within):g} s (K11)", told)
        with trial(rig, row) as run:
            _outage(run, begin, end, within)
        yield row


def _outage(run: Trial, begin: Callable[[], None], end: Callable[[], None], within: float) -> None:
    rig = run.rig
    run.invite(2)
    run.until_at("connection")
    over = time.monotonic() + max(DOWN, within)
    begin()
    try:
        page, health, ready = open_as(rig, "bob", "/"), fetch(rig, "/healthz"), fetch(rig, "/readyz")
        # the rows cannot be looked at now: people keep trying all the same
        while time.monotonic() < over:
            for each in run.party.customers:
                run.party.turn(each)
            time.sleep(1)
    finally:
        end()
    run.must(page.status == 503 and page.seconds < within, f"the board: {_told(page)}")
    run.must(health.status == 200 and health.seconds < HEALTH, f"/healthz: {_told(health)}")
    run.must(ready.status == 503 and ready.seconds < within, f"/readyz: {_told(ready)}")
    run.row.seen = f"the board {_told(page)}, /healthz {_told(health)}, /readyz {_told(ready)}"
    run.recover(within=BACK)


def _each(rig: Rig, act: str) -> None:
    for wire in rig.wires("database"):
        getattr(wire, act)()


def _told(seen: Seen) -> str:
    return f"{seen.status or seen.text} after {seen.seconds:.1f} s"


def delays(rig: Rig) -> Iterator[Row]:
    """Every packet a little later."""
    row = Row("the line to PostgreSQL 15 ms slower each way for 20 s", "slower, nothing else")
    with trial(rig, row) as run:
        run.invite(2)
        for wire in rig.wires("database"):
            wire.delay(0.015)
        run.act_for(20)
        _each(rig, "mend")
        run.recover()
    yield row


def unknown_commits(rig: Rig) -> Iterator[Row]:
    """K11: the commit took effect and the connection ends before its answer: once for each kind of write of a run."""
    row = Row("the answer of a COMMIT lost, one for each kind of write (K11)", "no step lost, no change made twice")
    kinds = _kinds_of_writes(rig, row)
    for what in kinds:
        with trial(rig, row) as run:
            run.invite()
            [each] = run.party.customers
            if _lose_answer(run, str(each.account.pk), Point(Moment.NOTED, what)):
                run.recover()
    row.seen = f"{len(kinds)} kinds"
    yield row


def _lose_answer(run: Trial, name: str, point: Point) -> bool:
    """End the connection in place of the commit's answer; whether the run came there."""
    gate = run.rig.gate
    run.rig.commits.lose = True
    gate.arm(name, point)
    run.party.go_on(60, enough=lambda: gate.reached(name))
    came = gate.reached(name)
    gate.let_go()
    return came


def _kinds_of_writes(rig: Rig, row: Row) -> list[str]:
    with trial(rig, row) as run:
        run.invite()
        run.until_live()
        name = str(run.party.customers[0].account.pk)
        return list(dict.fromkeys(commit.what for commit in rig.commits.commits if commit.name == name))
    return []


def full_disk(rig: Rig) -> Iterator[Row]:
    """No room for another row, twenty seconds long."""
    row = Row("PostgreSQL's disk full for 20 s", "a short wait, no verdict that an engineer has to look; all go on")
    with trial(rig, row) as run:
        run.invite(3)
        run.until_at("connection")
        rig.server.fill()
        page = open_as(rig, "bob", "/")
        run.act_for(20)
        rig.server.empty()
        verdicts = rig.sql("SELECT code FROM onboarding_stepstate WHERE kind = 'broken'")
        run.must(not verdicts, f"verdicts of a full disk: {[line['code'] for line in verdicts]}")
        refused = rig.server.complaints("No space left on device")
        run.must(refused > 0, "nothing was refused for want of room")
        row.seen = f"{refused} statements refused; the board {_told(page)}"
        run.recover(within=BACK)
    yield row


def lines_of_one(rig: Rig) -> Iterator[Row]:
    """Only the worker is cut off, or only the web process."""
    for name in ("worker", "web"):
        row = Row(f"only the {name}'s line to PostgreSQL cut for 15 s", "the other goes on; all go on afterwards")
        with trial(rig, row) as run:
            run.invite(2)
            run.until_at("connection")
            rig.to_database[name].cut()
            run.act_for(15)
            rig.to_database[name].mend()
            run.recover(within=BACK)
        yield row
