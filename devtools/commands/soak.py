"""The real stack for some minutes with unkind tenants and faults; the last line on stdout is one JSON object.

Each fault comes while a customer is on the way, at a step chosen by chance: customers come as long as faults do. Exit
status 0 only if in the end everybody is live, every invariant holds (devtools/faults/checks.py), each fault met
somebody on the way, nothing ended by itself, and the worker has not grown.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from devtools.commands.rehearse import FAILURES
from devtools.faults import checks, rig, server
from devtools.faults.checks import Expected
from devtools.faults.far import Rule, asked, by_chance, refusal
from devtools.faults.party import Party
from devtools.faults.rig import Rig, RigOptions
from devtools.faults.trial import reference_of
from devtools.robots.rehearsal import RehearsedCustomer
from devtools.stack.postgres import NoPostgres
from devtools.stack.processes import Interrupted, interruptible
from devtools.stack.progress import say

STEPS = ("consent", "connection", "mappings", "pilot", "enable", "initial_cycle")
"""Where a customer may be when a fault comes."""
COMES = 40.0  # seconds for a customer to get there
AFTER = (1.0, 6.0)  # seconds from a fault to the next customer
DOWN = 3.0  # seconds for which something is away
STORM = 8.0  # seconds for which Microsoft answers badly
JUMPS = (41, 180)  # minutes by which the sandbox's clock jumps: one cycle to several
LAST_KILL = 0.5  # part of the time after which the worker is left alone, so that its memory can be judged
MOST_GROWTH = 1.3  # the worker's memory at the end, against the first third of its undisturbed life
ENDING = 240.0  # seconds for everybody to come to rest after the last fault
MEGABYTE = 1024.0**2


@dataclass
class Memory:
    """What one worker process has held, in MB, as it was looked at."""

    pid: int = 0
    samples: list[float] = field(default_factory=list)

    def look(self, pid: int) -> None:
        """Another process begins anew."""
        if pid != self.pid:
            self.pid, self.samples = pid, []
        with contextlib.suppress(psutil.NoSuchProcess):
            self.samples.append(psutil.Process(pid).memory_info().rss / MEGABYTE)

    @property
    def growth(self) -> float:
        """The last third against the first, by their medians; 0 when there were too few looks to say."""
        third = len(self.samples) // 3
        if third < 2:
            return 0.0
        return statistics.median(self.samples[-third:]) / statistics.median(self.samples[:third])


@dataclass
class Soak:
    """One run: the customers and what has been done to them. `chance` is seeded."""

    rig: Rig
    chance: random.Random
    until: float
    users: int = 30
    began: float = field(default_factory=time.monotonic)
    faults: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    """Faults that met nobody on the way."""
    memory: Memory = field(default_factory=Memory)
    party: Party = field(init=False)
    _coming: list[Callable[[], None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.party = Party(self.rig)

    @property
    def spent(self) -> float:
        """Which part of the time is over."""
        return (time.monotonic() - self.began) / (self.until - self.began)

    # Faults

    def kinds(self) -> list[Callable[[], None]]:
        """Those that may come now; nothing kills the worker in the second half."""
        always = [
            self.kill_web,
            self.restart_broker,
            self.freeze_broker,
            self.cut_database,
            self.fail,
            self.throttle,
            self.jump,
            self.pause,
        ]
        return always if self.spent > LAST_KILL else [*always, self.kill_worker, self.restart_database, self.sleep]

    def next_fault(self) -> Callable[[], None]:
        """Every kind once, by turns in an order by chance."""
        allowed = {kind.__name__ for kind in self.kinds()}
        self._coming = [kind for kind in self._coming if kind.__name__ in allowed]
        if not self._coming:
            kinds = self.kinds()
            self._coming = self.chance.sample(kinds, len(kinds))
        return self._coming.pop()

    def kill_worker(self) -> None:
        """SIGKILL, then a new one."""
        self.rig.kill("worker")
        self.rig.again("worker")

    def kill_web(self) -> None:
        """SIGKILL, then a new one."""
        self.rig.kill("web")
        self.rig.again("web")

    def sleep(self) -> None:
        """The worker sleeps past its lease."""
        self.rig.freeze("worker")
        self.go_on(self.rig.lease_seconds + 2)
        self.rig.thaw("worker")

    def restart_broker(self) -> None:
        """SIGKILL; what was queued comes back from its file."""
        self.rig.kill("broker")
        self.go_on(DOWN)
        self.rig.again("broker")

    def freeze_broker(self) -> None:
        """Its line says nothing."""
        for wire in self.rig.wires("broker"):
            wire.freeze()
        self.go_on(DOWN)
        for wire in self.rig.wires("broker"):
            wire.mend()

    def restart_database(self) -> None:
        """Stopped at once, and started."""
        self.rig.server.restart()

    def cut_database(self) -> None:
        """Every connection ends, some times."""
        for _time in range(6):
            self.rig.server.cut_connections(self.rig.database)
            self.go_on(0.5)

    def fail(self) -> None:
        """A third of Microsoft's answers is 503."""
        self._storm(Rule(by_chance(self.chance, 0.3), before=lambda _call: refusal(503, b"{}")))

    def throttle(self) -> None:
        """429 to everybody."""
        self._storm(Rule(asked(), before=lambda _call: refusal(429, b"{}", Retry_After="2")))

    def _storm(self, rule: Rule) -> None:
        self.rig.far.add(rule)
        self.go_on(STORM)
        self.rig.far.clear()

    def jump(self) -> None:
        """The sandbox's time moves on at once, by one cycle or several."""
        self.rig.sandbox.advance_clock(minutes=self.chance.randint(*JUMPS))

    def pause(self) -> None:
        """A colleague pauses the newest customer, and resumes it."""
        each, bob = self.party.customers[-1], self.rig.staff["bob"]
        for act in ("pause", "resume"):
            form = bob.open(each.account).find(action=f"/{act}/")
            if form is not None:
                bob.browser.send(form)
            self.go_on(1)

    # The time between

    def change_somebody(self) -> None:
        """In each directory one person moves to another town, which a later cycle must bring to Haiilo."""
        for each in self.party.customers:
            tenant = each.account.tenant
            people = sorted(user["id"] for user in tenant.directory()["users"])
            tenant.change_user(self.chance.choice(people), city=f"Town {self.chance.randint(1, 99)}")

    def go_on(self, seconds: float, enough: Callable[[], bool] | None = None) -> None:
        """Act for everybody meanwhile; what a page or a row refuses is tried again."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and not (enough is not None and enough()):
            self.party.step()
            self.memory.look(self.rig.stack.pid("worker"))
            time.sleep(0.3)

    def run(self) -> None:
        """Torment everybody until the time is over, then let them rest."""
        while time.monotonic() < self.until:
            each, key = self.party.invite(self.users, calm=False), self.chance.choice(STEPS)
            self.go_on(COMES, enough=partial(_is_at, each, key))
            self.torment(each)
            self.go_on(self.chance.uniform(*AFTER))
            if len(self.party.customers) % 4 == 0:
                self.change_somebody()
        say("No more faults. Waiting for everybody to come to rest.")
        self.party.go_on(ENDING)
        self.settle()

    def torment(self, each: RehearsedCustomer) -> None:
        """The next fault, while somebody is on the way."""
        fault, where = self.next_fault(), each.verdict[0]
        met = [other for other in self.party.customers if not other.live]
        (self.faults if met else self.missed)[fault.__name__] += 1
        fault()
        left = max(0.0, self.until - time.monotonic())
        say(f"{left:4.0f} s left: {fault.__name__} at {where}, {len(met)} on the way of {len(self.party.customers)}")

    def settle(self) -> None:
        """Wait until Haiilo holds what the directory says, for a cycle may be under way."""
        end = time.monotonic() + ENDING
        while time.monotonic() < end and any(map(checks.differences, self.party.customers)):
            self.rig.sandbox.advance_clock(minutes=41)
            self.go_on(5)

    def result(self, problem: str) -> dict[str, Any]:
        """What is printed and judged."""
        by = reference_of(self.rig)
        wanted = Expected(calls=False)
        customers = [
            {
                "name": each.account.customer.name,
                "live": each.live,
                "verdict": " ".join(each.verdict),
                "broken": checks.objections(self.rig, each, by, wanted),
            }
            for each in self.party.customers
        ]
        return {
            "customers": customers,
            "faults": dict(self.faults),
            "missed": dict(self.missed),
            "worker": {"megabytes": [round(held) for held in self.memory.samples], "growth": self.memory.growth},
            "violations": self.rig.sandbox.violations(),
            "fallen": self.rig.stack.fallen(),
            "seconds": round(time.monotonic() - self.began),
            **({"problem": problem} if problem else {}),
        }


def _is_at(each: RehearsedCustomer, key: str) -> bool:
    return each.live or each.verdict[0] == key


def objections(result: Mapping[str, Any]) -> list[str]:
    """Everything that is not as it must be; nothing when all is well."""
    found = [str(result["problem"])] if "problem" in result else []
    for each in result["customers"]:
        if not each["live"]:
            found.append(f"{each['name']} is not live: {each['verdict']}")
        found += each["broken"]
    if not result["customers"]:
        found.append("there is no customer")
    if not result["faults"]:
        found.append("nothing was made to fail")
    if result["missed"]:
        found.append(f"met nobody on the way: {', '.join(result['missed'])}")
    if result["violations"]:
        found.append(f"{len(result['violations'])} violations, the first is {result['violations'][0]}")
    if result["fallen"]:
        found.append(f"ended by itself: {', '.join(result['fallen'])}")
    if result["worker"]["growth"] > MOST_GROWTH:
        found.append(f"the worker has grown to {result['worker']['growth']:.2f} times ({MOST_GROWTH:g} allowed)")
    return found


def soak(wanted: argparse.Namespace, folder: Path, resources: ExitStack) -> dict[str, Any]:
    """Everything; returns what is printed. Raises one of FAILURES or NoPostgres when the stack does not start."""
    database = resources.enter_context(server.running())
    made = resources.enter_context(rig.running(folder / "stack", database, RigOptions()))
    reference_of(made)
    until = time.monotonic() + wanted.minutes * 60
    run = Soak(made, random.Random(wanted.seed), until, wanted.users)  # noqa: S311
    problem = ""
    try:
        run.run()
    except FAILURES as error:
        problem = str(error)
    made.mend()
    return run.result(problem)


def arguments(words: list[str] | None = None) -> argparse.Namespace:
    """From the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="how long things are made to fail")
    parser.add_argument("--users", type=int, default=30, help="directly assigned users of each customer")
    parser.add_argument("--seed", type=int, default=1, help="faults and chaos, repeatable")
    return parser.parse_args(words)


def main() -> int:
    """Print the result; exit status 0 only when there is nothing to object to."""
    wanted = arguments()
    with interruptible(), ExitStack() as resources:
        folder = Path(resources.enter_context(tempfile.TemporaryDirectory(prefix="soak-")))
        try:
            result = soak(wanted, folder, resources)
        except Interrupted:
            say("Stopped.")
            return 130
        except (*FAILURES, NoPostgres) as error:
            say(str(error))
            return 1
    print(json.dumps(result, ensure_ascii=False), flush=True)
    found = objections(result)
    for each in found:
        say(f"NOT AS IT MUST BE: {each}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
