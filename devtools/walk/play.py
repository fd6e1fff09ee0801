"""All walks by turns: some at once, each with a customer and a tenant of its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from devtools.robots.customers import Customer
from devtools.robots.people import StaffMember
from devtools.robots.rehearsal import TURN, Rehearsal, RehearsedCustomer
from devtools.stack.stack import Stack, StackOptions
from devtools.walk.failure import Failure, When
from devtools.walk.walker import IN_A_GROUP, Told, Walk, customer_of
from devtools.walk.watch import Watch

AT_ONCE = 14
PACE, SPEED = 60.0, 600.0  # an hour of the product is a minute, 40 minutes of Microsoft are 4 seconds
AT_ONCE_SEEN = {"SWEEP_SECONDS": "1", "REMIND_AFTER_DAYS": "0", "WEEKEND_MAIL": "1"}
"""A letter is written on the day of its cause, so that it can be read."""


def options(stack: StackOptions) -> StackOptions:
    """The same stack at the pace of a walk."""
    environment = {**stack.environment, **AT_ONCE_SEEN}
    return StackOptions(
        stack.folder,
        database_url=stack.database_url,
        web_workers=1,
        pace=PACE,
        speed=SPEED,
        seed=1,
        environment=environment,
    )


class Walks(Rehearsal):
    """The customers that are being walked."""

    def __init__(self, stack: Stack, staff: StaffMember, tell: Callable[[str], None]) -> None:
        super().__init__(stack, staff, tell)
        self.watch = Watch()

    def begin(self, failure: Failure, pace: float) -> Walk:
        """Make the tenant, with what is wrong from the beginning, and its customer."""
        walk = Walk(failure, self.stack, self.staff, self._customer(failure), self.act_for, pace, self.watch)
        walk.customer.admin_acts = walk.let_act
        if failure.when is When.BEGINNING:
            walk.switch_on()
        return walk

    def _customer(self, failure: Failure) -> RehearsedCustomer:
        wanted: Customer = customer_of(failure)
        return self.add(wanted, calm=True, group_members=IN_A_GROUP, **failure.tenant)

    def act_for(self, each: RehearsedCustomer) -> None:
        """Do what one customer waits for."""
        self._turn(each, lambda _each: False)


@dataclass
class Walked:
    """A failure and what came of it."""

    failure: Failure
    told: Told


def play(
    stack: Stack,
    staff: StaffMember,
    failures: Sequence[Failure],
    tell: Callable[[str], None],
    *,
    pace: float = PACE,
    at_once: int = AT_ONCE,
    hurried: bool = False,
    ended: Callable[[Walked], None] = lambda _walked: None,
) -> list[Walked]:
    """Walk them all, those that take longest first; in the order of `failures`. `ended` hears of each at once."""
    walks = Walks(stack, staff, tell)
    left = sorted(failures, key=lambda failure: -failure.patience)
    under_way: list[tuple[Walk, Iterator[None]]] = []
    done = dict[str, Told]()
    while left or under_way:
        while left and len(under_way) < at_once:
            walk = walks.begin(left.pop(0), pace)
            walk.hurried = hurried
            under_way.append((walk, walk.run()))
        walks.look()
        walks.watch.turn()
        for each in list(under_way):
            walk, turns = each
            if next(turns, turns) is turns:
                under_way.remove(each)
                walks.customers.remove(walk.customer)
                done[walk.failure.name] = walk.told
                tell(f"{walk.failure.name}: {'as it should be' if walk.told.good else 'NOT as it should be'}")
                ended(Walked(walk.failure, walk.told))
        time.sleep(TURN)
    return [Walked(failure, done[failure.name]) for failure in failures]
