"""One fault while some customers are on their way: let them walk, do it, end it, and judge what became of them."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

import requests

from devtools.faults import checks
from devtools.faults.checks import Expected, Reference
from devtools.faults.far import Answer, Call, Fits, Rule
from devtools.faults.party import PATIENCE, Party, at, is_live
from devtools.faults.results import Row
from devtools.faults.rig import Rig
from devtools.robots.rehearsal import RehearsedCustomer
from devtools.stack.progress import say

T = TypeVar("T")
LONGEST = 60.0  # seconds for which anything waits here
_references: dict[int, Reference] = {}
SMOOTH = 60.0  # seconds that a run without faults may take


def reference_of(rig: Rig) -> Reference:
    """What one customer takes in this rig without faults, walked once. Raises RuntimeError when that fails."""
    known = _references.get(id(rig))
    if known is None:
        party, began = Party(rig), time.monotonic()
        each = party.invite()
        if not party.go_on(SMOOTH * 2):
            raise RuntimeError(f"nobody gets live even without faults: {party.where()}")
        known = _references[id(rig)] = checks.reference(rig, each, time.monotonic() - began)
        say(f"  without faults: {known.calls} requests, {known.seconds:.1f} s")
    return known


@dataclass
class Trial:
    """Customers of one experiment, and its row."""

    rig: Rig
    row: Row
    expected: Expected = field(default_factory=Expected)
    party: Party = field(init=False)
    by: Reference = field(init=False)
    calls: dict[int, int] = field(default_factory=dict)
    began: float = 0.0

    def __post_init__(self) -> None:
        self.by = reference_of(self.rig)
        self.party = Party(self.rig)

    def invite(self, count: int = 1, **options: Any) -> list[RehearsedCustomer]:
        """Customers on their way from now on."""
        return self.party.invite_many(count, **options)

    def until_at(self, key: str, seconds: float = SMOOTH) -> None:
        """Bring everybody to a step. Raises RuntimeError when they do not come there."""
        if not self.party.go_on(seconds, until=at(key)):
            raise RuntimeError(f"nobody came to {key}: {self.party.where()}")

    def until_live(self, seconds: float = SMOOTH * 2) -> None:
        """Bring everybody to live before anything is done to them."""
        if not self.party.go_on(seconds):
            raise RuntimeError(f"not live: {self.party.where()}")

    def act_for(self, seconds: float, until: Callable[[RehearsedCustomer], bool] = is_live) -> None:
        """People go on with what they do, for so long, or until everybody is there."""
        self.party.go_on(seconds, until=until)

    def recover(self, seconds: float = PATIENCE, *, within: float | None = None) -> None:
        """The fault is over: wait for everybody, judge, and note it. `within` is the most that it may take."""
        began = time.monotonic()
        live = self.party.go_on(seconds)
        took = time.monotonic() - began
        broken = [] if live else [f"not live within {seconds:.0f} s: {self.party.where()}"]
        if live and within is not None and took > within:
            broken.append(f"took {took:.0f} s, {within:.0f} s allowed")
        for each in self.party.customers:
            if each.live:
                broken += checks.objections(self.rig, each, self.by, self.expected)
        self.row.add(broken + checks.of_everybody(self.rig), took)

    @property
    def soon(self) -> float:
        """Seconds in which customers who are worked for get live: four times as many as without faults."""
        return max(30.0, 4 * self.by.seconds)

    def must(self, holds: bool, said: str) -> None:
        """One more thing that has to be so."""
        if not holds:
            self.row.broken.append(said)


@contextlib.contextmanager
def trial(rig: Rig, row: Row, expected: Expected | None = None) -> Iterator[Trial]:
    """An experiment; what it raises is in its row, and everything is mended at the end."""
    say(f"  {row.fault}")
    try:
        yield Trial(rig, row, expected or Expected())
    except Exception as error:  # noqa: BLE001 - whatever it is: it is the outcome of this experiment, others go on
        row.broken.append(f"{type(error).__name__}: {str(error)[:300]}")
        row.runs = max(row.runs, 1)
    finally:
        rig.mend()


@dataclass
class Seen:
    """What a page answered, and how long it took."""

    status: int
    seconds: float
    text: str


def fetch(rig: Rig, path: str, *, timeout: float = 45.0) -> Seen:
    """Open an address as nobody in particular; a status of 0 means no answer within the time."""
    began = time.monotonic()
    try:
        with requests.Session() as http:
            http.trust_env = False
            got = http.get(f"{rig.stack.public_url}{path}", timeout=timeout, allow_redirects=False)
            return Seen(got.status_code, time.monotonic() - began, got.text)
    except requests.RequestException as error:
        return Seen(0, time.monotonic() - began, type(error).__name__)


def open_as(rig: Rig, member: str, path: str) -> Seen:
    """Open an address as a member of staff."""
    began = time.monotonic()
    try:
        page = rig.staff[member].browser.open(path)
        return Seen(page.status, time.monotonic() - began, page.text)
    except requests.RequestException as error:
        return Seen(0, time.monotonic() - began, type(error).__name__)


@dataclass
class Held:
    """A request that waits, on its way there or back, until `go`; then it goes on as if nothing had been."""

    reached: threading.Event = field(default_factory=threading.Event)
    go: threading.Event = field(default_factory=threading.Event)

    def wait(self) -> None:
        """In the proxy's thread."""
        self.reached.set()
        self.go.wait(LONGEST)


def hold(rig: Rig, fits: Fits, *, answer: bool = False, skip: int = 0) -> Held:
    """Let one request that fits wait, after `skip` others, or its answer once it took effect."""
    held = Held()

    def before(_call: Call) -> None:
        held.wait()

    def after(_call: Call, given: Answer) -> Answer:
        held.wait()
        return given

    moment = {"after": after} if answer else {"before": before}
    rig.far.add(Rule(fits, skip=skip, left=1, **moment))
    return held


def at_once(*acts: Callable[[], T]) -> list[T | Exception]:
    """Do all of it in the same moment; what each gave or raised, in their order."""
    start, done = threading.Barrier(len(acts)), dict[int, T | Exception]()

    def run(number: int, act: Callable[[], T]) -> None:
        start.wait()
        try:
            done[number] = act()
        except Exception as error:  # noqa: BLE001 - whatever it is: the experiment judges it
            done[number] = error

    threads = [threading.Thread(target=run, args=each, daemon=True) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LONGEST)
    return [done.get(number, TimeoutError("no answer")) for number in range(len(acts))]
