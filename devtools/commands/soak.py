"""The real stack for some minutes with unkind tenants and faults; the last line on stdout is one JSON object.

Exit status 0 only if in the end everybody is live, Haiilo holds exactly the people in scope, each tenant has one job,
no token was used in another tenant, nothing ended by itself, and the worker has not grown.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from devtools.commands.rehearse import FAILURES, PACE, SPEED, account_of, new_staff
from devtools.robots import customers
from devtools.robots.rehearsal import Rehearsal, RehearsedCustomer
from devtools.stack import postgres
from devtools.stack.processes import Interrupted, interruptible
from devtools.stack.progress import say
from devtools.stack.stack import Stack, StackOptions

QUICK = {"SWEEP_SECONDS": "1", "LEASE_SECONDS": "5", "QUIET_SECONDS": "2", "QUIET_LOOKS": "2"}
"""A killed worker is missed after seconds, as in the flows."""
BETWEEN = 15.0  # seconds from one fault to the next
STORM = 10.0  # seconds for which every call to Graph is answered 429
DOWN = 3.0  # seconds for which the broker is away
JUMPS = (41, 180)  # minutes by which the sandbox's clock jumps: one cycle to several
LAST_KILL = 0.5  # part of the time after which the worker is left alone, so that its memory can be judged
MOST_GROWTH = 1.3  # the worker's memory at the end, against the first third of its undisturbed life
ENDING = 240.0  # seconds for everybody to come to rest after the last fault
MEGABYTE = 1024.0


@dataclass
class Memory:
    """What one worker process has held, in MB, as it was looked at."""

    pid: int = 0
    samples: list[float] = field(default_factory=list)

    def look(self, pid: int) -> None:
        """Another process begins anew."""
        if pid != self.pid:
            self.pid, self.samples = pid, []
        shown = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=False)
        if shown.stdout.strip().isdigit():
            self.samples.append(int(shown.stdout) / MEGABYTE)

    @property
    def growth(self) -> float:
        """The last third against the first, by their medians; 0 when there were too few looks to say."""
        third = len(self.samples) // 3
        if third < 2:
            return 0.0
        return statistics.median(self.samples[-third:]) / statistics.median(self.samples[:third])


@dataclass
class Soak:
    """One run: the customers of `rehearsal` and what has been done to them. `chance` is seeded."""

    rehearsal: Rehearsal
    chance: random.Random
    until: float
    began: float = field(default_factory=time.monotonic)
    faults: Counter[str] = field(default_factory=Counter)
    memory: Memory = field(default_factory=Memory)
    _coming: list[Callable[[], str]] = field(default_factory=list)
    _kills: bool = False

    @property
    def stack(self) -> Stack:
        """What is tormented."""
        return self.rehearsal.stack

    @property
    def spent(self) -> float:
        """Which part of the time is over."""
        return (time.monotonic() - self.began) / (self.until - self.began)

    # Faults

    def next_fault(self) -> None:
        """At first every other one kills the worker; the other kinds come by turns, in an order by chance."""
        self._kills = not self._kills and self.spent < LAST_KILL
        fault = self.kill_worker if self._kills else self._another()
        done = fault()
        self.faults[fault.__name__] += 1
        say(f"{max(0.0, self.until - time.monotonic()):4.0f} s left: {done}; {self.standing()}")

    def _another(self) -> Callable[[], str]:
        if not self._coming:
            kinds = [self.restart_broker, self.storm, self.jump]
            self._coming = self.chance.sample(kinds, len(kinds))
        return self._coming.pop()

    def kill_worker(self) -> str:
        """SIGKILL, then a new one."""
        self.stack.kill("worker")
        self.stack.restart("worker")
        return "the worker was killed and started again"

    def restart_broker(self) -> str:
        """SIGKILL; what was queued comes back from its file."""
        self.stack.kill("broker")
        time.sleep(DOWN)
        self.stack.restart("broker")
        return "the broker was killed and started again"

    def storm(self) -> str:
        """429 to everybody."""
        self._chaos(throttle=2)
        self.go_on(STORM)
        self._chaos(throttle=0)
        return "a storm of 429 is over"

    def jump(self) -> str:
        """The sandbox's time moves on at once, by one cycle or several."""
        minutes = self.chance.randint(*JUMPS)
        self.stack.sandbox.advance_clock(minutes=minutes)
        return f"the clock jumped by {minutes} minutes"

    def _chaos(self, **chaos: Any) -> None:
        for each in self.rehearsal.customers:
            each.account.tenant.chaos(**chaos)

    # The time between

    def change_somebody(self) -> None:
        """In each directory one person moves to another town, which a later cycle must bring to Haiilo."""
        for each in self.rehearsal.customers:
            tenant = each.account.tenant
            people = sorted(user["id"] for user in tenant.directory()["users"])
            town = f"Town {self.chance.randint(1, 99)}"
            tenant.change_user(self.chance.choice(people), city=town)

    def go_on(self, seconds: float) -> None:
        """Act for everybody meanwhile. Raises Stuck."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.rehearsal.drive(until=lambda each: each.live or time.monotonic() > end)
            self.memory.look(self.stack.pid("worker"))
            time.sleep(1)

    def standing(self) -> str:
        """How many are live, and what the worker holds."""
        live = sum(each.live for each in self.rehearsal.customers)
        held = f"{self.memory.samples[-1]:.0f} MB" if self.memory.samples else "new"
        return f"{live} of {len(self.rehearsal.customers)} live, worker {held}"

    def run(self, waves: list[list[customers.Customer]]) -> None:
        """Bring in the customers, wave by wave, torment everybody until the time is over, then let them rest."""
        count = len(waves)
        while time.monotonic() < self.until:
            if waves and self.spent >= 1 - len(waves) / count:
                for row in waves.pop(0):
                    self.rehearsal.add(row)
            self.change_somebody()
            self.go_on(min(BETWEEN, max(1.0, self.until - time.monotonic())))
            self.next_fault()
        say("No more faults. Waiting for everybody to come to rest.")
        self.rehearsal.drive(patience=ENDING)
        self.settle()

    def settle(self) -> None:
        """Wait until Haiilo holds what the directory says, for a cycle may be under way."""
        end = time.monotonic() + ENDING
        while time.monotonic() < end and any(each["mismatches"] for each in self.accounts()):
            self.stack.sandbox.advance_clock(minutes=41)
            self.go_on(5)

    def accounts(self) -> list[dict[str, Any]]:
        """As of a rehearsal, with the number of provisioning jobs in each tenant."""
        return [self._account(each) for each in self.rehearsal.customers]

    def _account(self, rehearsed: RehearsedCustomer) -> dict[str, Any]:
        jobs = rehearsed.account.tenant.jobs()
        made = {key: value for key, value in account_of(rehearsed).items() if key != "steps"}
        return {**made, "standing": " ".join(rehearsed.standing), "jobs": len(jobs)}

    def result(self, problem: str) -> dict[str, Any]:
        """What is printed and judged."""
        return {
            "customers": self.accounts(),
            "faults": dict(self.faults),
            "worker": {"megabytes": [round(held) for held in self.memory.samples], "growth": self.memory.growth},
            "violations": self.stack.sandbox.violations(),
            "fallen": self.stack.fallen(),
            "seconds": round(time.monotonic() - self.began),
            **({"problem": problem} if problem else {}),
        }


def verdict(result: dict[str, Any]) -> list[str]:
    """Everything that is not as it must be; nothing when all is well."""
    found = [str(result["problem"])] if "problem" in result else []
    for each in result["customers"]:
        name = each["name"]
        if not each["live"]:
            found.append(f"{name} is not live: {each['standing']}")
        if each["mismatches"]:
            found.append(f"{name}: {len(each['mismatches'])} people differ, the first is {each['mismatches'][0]}")
        if each["jobs"] != 1:
            found.append(f"{name} has {each['jobs']} provisioning jobs")
    if not result["customers"]:
        found.append("there is no customer")
    if not result["faults"]:
        found.append("nothing was made to fail")
    if result["violations"]:
        found.append(f"{len(result['violations'])} violations, the first is {result['violations'][0]}")
    if result["fallen"]:
        found.append(f"ended by itself: {', '.join(result['fallen'])}")
    if result["worker"]["growth"] > MOST_GROWTH:
        found.append(f"the worker has grown to {result['worker']['growth']:.2f} times ({MOST_GROWTH:g} allowed)")
    return found


def soak(wanted: argparse.Namespace, folder: Path, database_url: str) -> dict[str, Any]:
    """Everything; returns what is printed. Raises one of FAILURES when the stack does not start."""
    options = StackOptions(
        folder / "stack",
        database_url=database_url,
        pace=PACE,
        speed=SPEED,
        seed=wanted.seed,
        environment=QUICK,
    )
    stack = Stack(options)
    stack.start()
    try:
        rehearsal = Rehearsal(stack, new_staff(stack, folder), say)
        run = Soak(rehearsal, random.Random(wanted.seed), time.monotonic() + wanted.minutes * 60)  # noqa: S311
        rows, problem = customers.default(2 * wanted.customers, wanted.users), ""
        try:
            run.run([rows[: wanted.customers], rows[wanted.customers :]])
        except FAILURES as error:
            problem = str(error)
        return run.result(problem)
    finally:
        stack.stop()


def database(resources: ExitStack) -> str:
    """The URL of a PostgreSQL of this run's own; empty for SQLite in the folder, where there is none."""
    folder = postgres.new_folder()
    try:
        resources.enter_context(postgres.serving(folder))
    except postgres.NoPostgres as problem:
        say(f"{problem} Going on with SQLite.")
        return ""
    return postgres.url_of(folder)


def arguments(words: list[str] | None = None) -> argparse.Namespace:
    """From the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="how long things are made to fail")
    parser.add_argument("--customers", type=int, default=3, help="who come at once, and again at half-time")
    parser.add_argument("--users", type=int, default=30, help="directly assigned users of each customer")
    parser.add_argument("--seed", type=int, default=1, help="faults and chaos, repeatable")
    return parser.parse_args(words)


def main() -> int:
    """Print the result; exit status 0 only when there is nothing to object to."""
    wanted = arguments()
    with interruptible(), ExitStack() as resources:
        folder = Path(resources.enter_context(tempfile.TemporaryDirectory(prefix="soak-")))
        try:
            result = soak(wanted, folder, database(resources))
        except Interrupted:
            say("Stopped.")
            return 130
        except FAILURES as error:
            say(str(error))
            return 1
    print(json.dumps(result, ensure_ascii=False), flush=True)
    objections = verdict(result)
    for each in objections:
        say(f"NOT AS IT MUST BE: {each}")
    return 1 if objections else 0


if __name__ == "__main__":
    sys.exit(main())
