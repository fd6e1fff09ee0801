"""Playing realities: one customer for each, all in one stack, until each has ended as its row says."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from devtools.robots import expectation
from devtools.robots.browser import NotOnThePage
from devtools.robots.customers import GROUPS, Customer
from devtools.robots.people import Admin, Refused
from devtools.robots.rehearsal import Rehearsal, RehearsedCustomer, Stuck
from devtools.worlds.world import LIVE, End, World

FEW = {"group_members": 1}
MOST = 8
"""Realities in one tenant."""
SETTLED_AFTER = 3.0  # seconds that an end that is not live has to last


def customer_of(world: World) -> Customer:
    """A small customer under the reality's name."""
    return Customer(
        f"World {world.name}", f"{world.name}.example", "advocacy", f"{world.name}.smarpshare.com", 2, GROUPS
    )


def _accepts(admin: Admin, played: Played) -> None:
    admin.consent(played.customer.account.link)


def _asks_for_approval(admin: Admin, played: Played) -> None:
    """The admin's request is approved in the portal by somebody else."""
    admin.open(played.customer.account.link)
    admin.begin()
    admin.sign_in()
    admin.decide("request")
    played.customer.account.tenant.consent()


def _ends_at_microsoft_or_refused(admin: Admin, played: Played) -> None:
    """The admin accepts, and does not care where the browser ends."""
    admin.open(played.customer.account.link)
    admin.begin()
    admin.sign_in()
    admin.decide()


ADMINS: dict[str, Callable[[Admin, Played], None]] = {
    "accepts": _accepts,
    "asks_for_approval": _asks_for_approval,
    "is_left_at_microsoft": _ends_at_microsoft_or_refused,
    "comes_back_refused": _ends_at_microsoft_or_refused,
}


@dataclass
class Played:
    """One reality under way."""

    world: World
    customer: RehearsedCustomer
    reached_at: float = 0.0
    settled: bool = False
    problem: str = ""
    """What the customer's admin met and should not have met."""

    def let_act(self, admin: Admin) -> None:
        """Let the admin do at Microsoft what the row says."""
        try:
            ADMINS[self.world.admin](admin, self)
        except (NotOnThePage, Refused) as problem:
            self.problem = str(problem)

    def ended(self) -> bool:
        """Whether the customer was where the row says for a moment; what only waits may be told otherwise later."""
        if self.settled:
            return True
        if self.where() != self.world.ends:
            self.reached_at = 0.0
            return False
        self.reached_at = self.reached_at or time.monotonic()
        self.settled = self.customer.live or time.monotonic() - self.reached_at > SETTLED_AFTER
        return self.settled

    def where(self) -> End:
        """Where the customer stands."""
        if self.customer.live:
            return End()
        key = self.customer.report.get("current", "")
        steps = self.customer.report.get("steps", [])
        step: dict[str, Any] = next((each for each in steps if each["key"] == key), {})
        return End(key, str(step.get("code", "")), str(step.get("court", "")))

    def mismatches(self) -> list[dict[str, str]]:
        """Of those whom Haiilo holds, once the customer is live."""
        if not self.customer.live:
            return []
        tenant, product = self.customer.account.tenant, self.customer.account.customer.product
        return expectation.mismatches(
            expectation.expected(tenant.directory(), product), expectation.found(tenant.arrived(), product)
        )

    def unmet(self) -> list[dict[str, Any]]:
        """What was ordered to go wrong once, and never did."""
        chaos = self.customer.account.tenant.details()["chaos"]
        return [order for key in self.world.chaos if key.endswith("_next") for order in chaos[key]]

    def told(self) -> dict[str, Any]:
        """As one JSON object."""
        _key, kind, message = self.customer.verdict
        mismatches, unmet = self.mismatches(), self.unmet()
        return {
            "world": self.world.name,
            "differs": self.world.differs,
            "should_end": str(self.world.ends),
            "ended": str(self.where()),
            "kind": kind,
            "message": message,
            "mismatches": mismatches,
            "unmet": unmet,
            "problem": self.problem[:300],
            "as_told": self.settled and not (mismatches or unmet or self.problem),
        }


def together(worlds: Sequence[World], most: int = MOST) -> list[World]:
    """Fewer customers for the same realities: those that go live and do not contradict each other share a tenant.

    Whatever ends elsewhere keeps a tenant of its own.
    """
    alone = [world for world in worlds if world.ends != LIVE or world.admin != "accepts" or world.tenant or world.chaos]
    bundles: list[list[World]] = []
    for world in worlds:
        if world in alone:
            continue
        fitting = (each for each in bundles if len(each) < most and not any(_contradict(world, one) for one in each))
        chosen = next(fitting, None)
        if chosen is None:
            bundles.append([world])
        else:
            chosen.append(world)
    return [*alone, *(_joined(bundle) for bundle in bundles)]


def _contradict(one: World, other: World) -> bool:
    return bool(set(one.reality) & set(other.reality))


def _joined(bundle: Sequence[World]) -> World:
    """One row for several; only the first gives the name of the customer."""
    reality = {name: value for world in bundle for name, value in world.reality.items()}
    switches = {name: value for world in bundle for name, value in world.switches.items()}
    differs = " ".join(f"{world.name}: {world.differs}" for world in bundle)
    return replace(bundle[0], reality=reality, switches=switches, differs=differs)


def begin(rehearsal: Rehearsal, world: World) -> Played:
    """Make the tenant that answers so, and its customer."""
    options = {**FEW, "calm": True, "reality": dict(world.reality), "switches": dict(world.switches), **world.tenant}
    customer = rehearsal.add(customer_of(world), **options)
    if world.chaos:
        customer.account.tenant.chaos(**world.chaos)
    played = Played(world, customer)
    customer.admin_acts = played.let_act
    return played


def play(rehearsal: Rehearsal, worlds: Sequence[World], *, patience: float) -> list[Played]:
    """Play all at once; ends when each has ended, or when nothing moves any more."""
    played = [begin(rehearsal, world) for world in worlds]
    of = {id(each.customer): each for each in played}
    try:
        rehearsal.drive(until=lambda customer: of[id(customer)].ended(), patience=patience)
    except Stuck as stuck:
        rehearsal.tell(str(stuck))
    return played
