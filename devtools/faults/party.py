"""Customers on their way through one rig, driven as people would, looked at in the database and not by pages."""

from __future__ import annotations

import contextlib
import itertools
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

import psycopg
import requests

from devtools.faults.rig import Rig
from devtools.robots.browser import NotOnThePage
from devtools.robots.customers import Customer
from devtools.robots.people import Account, Refused
from devtools.robots.rehearsal import CONTACT, Rehearsal, RehearsedCustomer, Until
from devtools.stack.sandbox_control import SandboxTenant

USERS = 3
GROUPS = ("Germany", "Finland")
TURN = 0.3  # seconds between two looks
PATIENCE = 120.0  # seconds
TOLERATED = (requests.RequestException, Refused, NotOnThePage)
"""What a person meets while something is down: they try again."""
_numbers = itertools.count(1)
ROWS = """
SELECT o.id, o.state, o.live_at IS NOT NULL AND o.current_kind = 'done' AS live, o.current_key,
       s.kind, s.code, s.message ->> 'text' AS text
FROM onboarding_onboarding o LEFT JOIN onboarding_stepstate s ON s.onboarding_id = o.id AND s.key = o.current_key
WHERE o.id = ANY(%s)
"""


def is_live(each: RehearsedCustomer) -> bool:
    """Whether the product says so."""
    return each.live


def at(key: str) -> Until:
    """Whether a customer stands at this step."""
    return lambda each: each.verdict[0] == key


@dataclass
class Trouble:
    """A page that did not do what was wanted, and when."""

    at: float
    said: str
    seconds: float


class Party(Rehearsal):
    """Some customers of one rig. What a page refuses meanwhile is noted and tried again."""

    def __init__(self, rig: Rig, member: str = "alice") -> None:
        super().__init__(rig.stack, rig.staff[member], lambda _line: None)
        self.rig = rig
        self.troubles: list[Trouble] = []

    def invite(self, users: int = USERS, *, product: str = "advocacy", **tenant_options: Any) -> RehearsedCustomer:
        """A new customer with a fresh name, whose tenant is calm unless it is told otherwise."""
        label = f"c{next(_numbers)}"
        host = f"{label}.smarpshare.com" if product == "advocacy" else f"{label}.haiilo.com"
        customer = Customer(label.upper(), f"{label}.example", product, host, users, GROUPS)
        tenant = self.rig.sandbox.make_tenant(
            name=customer.name,
            domain=customer.domain,
            product=product,
            haiilo_host=host,
            users=users,
            haiilo_groups=list(GROUPS),
            **{"calm": True, **tenant_options},
        )
        account = self.staff.create(customer, tenant, (CONTACT, str(tenant["admin"]["user_name"])))
        self.rig.far.tokens[str(tenant["scim_token"])] = tenant.id
        for gate in (self.rig.gate, self.rig.web_gate):
            gate.know(str(account.pk), tenant.id, customer.domain)
        return self.follow(account)

    def twin(self, of: RehearsedCustomer) -> RehearsedCustomer:
        """A second record of the same tenant, with another name and host."""
        first, tenant = of.account.customer, of.account.tenant
        customer = replace(first, name=f"{first.name} again", host=f"again-{first.host}")
        account = self.staff.create(customer, tenant, (CONTACT, str(tenant["admin"]["user_name"])))
        return self.follow(account)

    def invite_many(self, count: int, **options: Any) -> list[RehearsedCustomer]:
        """Several alike."""
        return [self.invite(**options) for _each in range(count)]

    def look(self) -> None:
        """Read where everyone stands."""
        rows = self.rig.sql(ROWS, [each.account.pk for each in self.customers])
        found = {row["id"]: row for row in rows}
        for each in self.customers:
            row = found[each.account.pk]
            step = {"key": row["current_key"], "kind": row["kind"] or "", "code": row["code"], "message": row["text"]}
            if row["live"]:
                self.rig.live_since.setdefault(each.account.pk, time.time())
            each.report = {"live": row["live"], "state": row["state"], "current": row["current_key"], "steps": [step]}

    def go_on(
        self, seconds: float = PATIENCE, *, until: Until = is_live, enough: Callable[[], bool] | None = None
    ) -> bool:
        """Act for everyone until `until` holds for each, or `enough` does. False when the time was over first."""
        end = time.monotonic() + seconds
        while True:
            self.rig.restart_ended()
            with contextlib.suppress(psycopg.OperationalError):  # it may be down just now
                self.look()
            if all(until(each) for each in self.customers) or (enough is not None and enough()):
                return True
            if time.monotonic() > end:
                return False
            for each in self.customers:
                if not until(each):
                    self.turn(each, until)
            time.sleep(TURN)

    def step(self) -> None:
        """One look at everybody, as far as the database answers, and one act for whoever is not live."""
        try:
            self.look()
        except psycopg.Error:
            return
        for each in self.customers:
            if not each.live:
                self.turn(each)

    def turn(self, each: RehearsedCustomer, until: Until = is_live) -> None:
        """Do what one customer waits for; whatever is refused is tried again another time."""
        before, began = set(each.acted), time.monotonic()
        try:
            self._turn(each, until)
        except TOLERATED as error:
            each.acted = before
            self.troubles.append(Trouble(time.time(), str(error)[:200], time.monotonic() - began))

    def where(self) -> str:
        """Who is not live, and where they stand."""
        return "; ".join(f"{each.account.customer.name}: {' '.join(each.verdict)}" for each in self.late())

    def late(self) -> list[RehearsedCustomer]:
        """Who is not live."""
        return [each for each in self.customers if not each.live]


@dataclass
class Timed:
    """Seconds from the end of a fault until something was so again."""

    began: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        """Until now."""
        return time.monotonic() - self.began


def tenants(customers: Iterable[RehearsedCustomer]) -> list[str]:
    """Their tenants' ids."""
    return [each.account.tenant.id for each in customers]


def tenant_of(account: Account) -> SandboxTenant:
    """Short for a customer's tenant."""
    return account.tenant
