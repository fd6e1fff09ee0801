"""The sandbox with a large tenant: start, memory, a whole cycle, and whether it still answers while that runs.

Start, memory, cycle and the slowest read are held against what a tenant of 100,000 may take, for fewer people in
proportion; the bars are 1.3 x what was measured, a part of that. The others compare with what was measured a moment
earlier in the same process.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from bench.large_tenant import GROUPS, LONGEST, LargeTenant, running
from bench.measure import Measure

USERS = 10_000
LARGE = 100_000
"""Users, with GROUPS groups, for whom the next two numbers are allowed."""
START, BARE_START = 10.0, 2.0
"""Seconds of one core until such a tenant is there, the program included; and what nobody at all may take of it."""
MEMORY, BARE_MEMORY = 2 * 1024**3, 160 * 1024**2
"""Bytes that the process holds at most, the cycle included; and what nobody at all may take of it."""
A_MINUTE = 1000
"""Users that a cycle gets through in a minute of one core, at least."""
SLOWEST_LOOK, BARE_SLOWEST_LOOK = 5.0, 0.7
"""Seconds within which every single read of the running job is answered; with nobody at all."""
LOOKS, PAUSE = 25, 0.5


@dataclass
class Account:
    """What one large tenant took, in seconds and bytes."""

    users: int
    started: float = 0.0
    """Of one core, until the tenant is there."""
    peak: int = 0
    cycle: float = 0.0
    """On the clock."""
    spent: float = 0.0
    """Of one core."""
    idle_look: float = 0.0
    looks: list[float] = field(default_factory=list)
    """Each read of the running job."""
    marks: list[tuple[float, int]] = field(default_factory=list)
    """Seconds of one core that the cycle had used, and its pages that were done then."""

    def share(self, nobody: float, all_of_them: float) -> float:
        """What these users may take, when LARGE users may take `all_of_them`."""
        return nobody + (all_of_them - nobody) * self.users / LARGE

    def page(self, begin: float, end: float) -> float:
        """Seconds for one page between two parts (0 to 1) of the pages."""
        last = self.marks[-1][1]
        first, second = (next(mark for mark in self.marks if mark[1] >= part * last) for part in (begin, end))
        return (second[0] - first[0]) / max(1, second[1] - first[1])


def take(users: int) -> Account:
    """Start a sandbox, make the tenant, run its first cycle to the end, look at the job all the while."""
    account = Account(users)
    with running(users) as large:
        large.make_tenant()
        account.started = large.spent()
        large.make_job()
        for _look in range(LOOKS):
            look(large, account)
        account.idle_look, account.looks = statistics.median(account.looks), []
        watch(large, account)
        account.peak = large.peak()
    return account


def watch(large: LargeTenant, account: Account) -> None:
    """From the start of the job to the end of its first cycle. Raises TimeoutError."""
    before, began = large.spent(), time.monotonic()
    large.start()
    while not is_over(status := look(large, account)):
        account.marks.append((large.spent() - before, pages_of(status)))
        if time.monotonic() - began > LONGEST:
            raise TimeoutError("the cycle did not end")
        time.sleep(PAUSE)
    account.cycle, account.spent = time.monotonic() - began, large.spent() - before


def look(large: LargeTenant, account: Account) -> dict[str, object]:
    """The job's status, and a note of how long the answer took."""
    began = time.monotonic()
    status = large.look()
    account.looks.append(time.monotonic() - began)
    return status


def is_over(status: dict[str, object]) -> bool:
    """Whether the first cycle has ended."""
    return not str(status["steadyStateFirstAchievedTime"]).startswith("0001")


def pages_of(status: dict[str, object]) -> int:
    """How far the cycle is."""
    progress = status["progress"]
    return int(progress[0]["completedUnits"]) if isinstance(progress, list) and progress else 0


def measures(account: Account) -> list[Measure]:
    """What was measured, each against what it may be, or what it was a moment earlier."""
    users, memory, waits = account.users, account.share(BARE_MEMORY, MEMORY), account.looks
    cpu, mib, each = account.share(BARE_START, START), 1024**2, account.spent / account.users * 1000
    read = statistics.median(waits) * 1000
    slowest = account.share(BARE_SLOWEST_LOOK, SLOWEST_LOOK)
    late, early = account.page(0.6, 0.9), account.page(0.1, 0.4)
    return [
        Measure(f"sandbox: CPU until {users:,} users and {GROUPS} groups are there, s", account.started, cpu, 0.55),
        Measure("sandbox: memory at most, MiB", account.peak / mib, memory / mib, 0.7),
        Measure(f"sandbox: CPU of a user's cycle, of {A_MINUTE:,} users a minute, ms", each, 60_000 / A_MINUTE, 0.072),
        Measure("sandbox: CPU of a late page of the cycle, of an early one, s", late, early, 1.7),
        Measure("sandbox: the job read meanwhile, of before, ms", read, account.idle_look * 1000, 2.6),
        Measure("sandbox: the slowest of these answers, s", max(waits), slowest, 1),
    ]


def measured(users: int = USERS) -> Iterator[Measure]:
    """All of them."""
    yield from measures(take(users))
