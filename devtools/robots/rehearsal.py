"""Bringing customers from nothing to live, as people would: the staff's side and the admins' side by turns."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from devtools.robots.customers import Customer
from devtools.robots.people import Account, Admin, StaffMember
from devtools.stack.sandbox_control import SandboxTenant
from devtools.stack.stack import Stack

CONTACT = "Robin Admin"
TURN = 0.5  # seconds between two looks at the same customer's page
PATIENCE = 180.0  # seconds without any movement


class Stuck(RuntimeError):
    """Nothing moved for too long; the message says where each customer stands."""


@dataclass
class RehearsedCustomer:
    """One customer on the way to live, with what the product reports about it."""

    account: Account
    report: dict[str, Any] = field(default_factory=dict)
    acted: set[str] = field(default_factory=set)
    admin_acts: Callable[[Admin], Any] | None = None
    """What the admin does with the link; approves when it is None."""

    @property
    def live(self) -> bool:
        """Whether the product says so."""
        return bool(self.report.get("live"))

    @property
    def verdict(self) -> tuple[str, str, str]:
        """Of the step it stands at: its key, and the verdict's kind and message."""
        current = self.report.get("current", "")
        steps: list[dict[str, Any]] = self.report.get("steps", [])
        step = next((step for step in steps if step["key"] == current), {})
        return current, step.get("kind", ""), f"{step.get('message', '')} {step.get('code', '')}".strip()

    @property
    def verdicts(self) -> list[tuple[str, str, str]]:
        """Key, kind and sentence for every step: what moves, without the counters of work that moves nothing."""
        return [(step["key"], step["kind"], step["message"]) for step in self.report.get("steps", [])]


Until = Callable[[RehearsedCustomer], bool]


class Rehearsal:
    """Some customers of one stack and the member of staff who takes care of them."""

    def __init__(self, stack: Stack, staff: StaffMember, tell: Callable[[str], None]) -> None:
        self.stack, self.staff, self.tell = stack, staff, tell
        self.customers: list[RehearsedCustomer] = []

    def add(self, customer: Customer, **tenant_options: Any) -> RehearsedCustomer:
        """Make the tenant in the sandbox and the customer in the product; both are found again if they are there."""
        about = {
            "name": customer.name,
            "domain": customer.domain,
            "product": customer.product,
            "haiilo_host": customer.host,
            "users": customer.users,
            "haiilo_groups": list(customer.groups),
        }
        return self._follow_new(customer, self.stack.sandbox.make_tenant(**about, **tenant_options))

    def add_beside(
        self, other: RehearsedCustomer, customer: Customer, *, also: Sequence[str] = ()
    ) -> RehearsedCustomer:
        """A customer in the tenant of another one, with an application and a platform of its own; `also`: who is
        assigned to both.
        """
        tenant = other.account.tenant.add_application(
            product=customer.product,
            haiilo_host=customer.host,
            haiilo_groups=list(customer.groups),
            users=customer.users,
            also=list(also),
        )
        return self._follow_new(customer, tenant)

    def _follow_new(self, customer: Customer, tenant: SandboxTenant) -> RehearsedCustomer:
        contact = (CONTACT, str(tenant["admin"]["user_name"]))
        account = self.staff.find(customer, tenant) or self.staff.create(customer, tenant, contact)
        self.tell(f"{customer.name}: created, {customer.users} users assigned directly")
        return self.follow(account)

    def follow(self, account: Account) -> RehearsedCustomer:
        """Take care of a customer that is there already."""
        rehearsed = RehearsedCustomer(account)
        self.customers.append(rehearsed)
        return rehearsed

    def look(self) -> None:
        """Read where everyone stands; tell what has changed."""
        found = self.stack.reports.of([each.account.pk for each in self.customers])
        for each, report in zip(self.customers, found, strict=True):
            before, each.report = each.verdict, report
            if each.verdict != before:
                key, kind, message = each.verdict
                self.tell(f"{each.account.customer.name}: {'live' if each.live else f'{key} {kind}: {message}'}")

    def drive(self, *, until: Until = lambda each: each.live, patience: float = PATIENCE) -> None:
        """Act for everyone until `until` holds for each. Raises Stuck."""
        moved_at, seen = time.monotonic(), ""
        while True:
            self.look()
            waiting = [each for each in self.customers if not until(each)]
            if not waiting:
                return
            for each in waiting:
                self._turn(each, until)
            now = repr([each.verdicts for each in self.customers])
            if now != seen:
                moved_at, seen = time.monotonic(), now
            if time.monotonic() - moved_at > patience:
                raise Stuck(self._where(waiting))
            fallen = self.stack.fallen()
            if fallen:
                raise Stuck(f"{', '.join(fallen)} ended by itself.\n" + self.stack.log(fallen[0])[-2000:])
            time.sleep(TURN)

    def _turn(self, rehearsed: RehearsedCustomer, until: Until) -> None:
        account, (key, kind, message) = rehearsed.account, rehearsed.verdict
        if key == "consent" and not account.link:
            self.staff.send_link(account)
        elif key == "consent" and "consented" not in rehearsed.acted:
            rehearsed.acted.add("consented")
            admin = account.tenant["admin"]
            person = Admin(self.stack.public_url, admin["user_name"], admin["password"])
            (rehearsed.admin_acts or (lambda each: each.consent(account.link)))(person)
            self.tell(f"{account.customer.name}: the admin has consented")
        elif kind in ("asking", "todo") and key != "consent":
            self._answer(rehearsed, key, kind, message)

    def _answer(self, rehearsed: RehearsedCustomer, key: str, kind: str, message: str) -> None:
        """Once per question: a second time would only repeat what was not good enough."""
        question = f"{key} {kind} {message}"
        if question in rehearsed.acted:
            return
        done = self.staff.act(rehearsed.account)
        if done:
            rehearsed.acted.add(question)
            self.tell(f"{rehearsed.account.customer.name}: {done}")

    def _where(self, waiting: Sequence[RehearsedCustomer]) -> str:
        lines = [f"  {each.account.customer.name}: {' '.join(each.verdict)}" for each in waiting]
        return "Nothing moved for too long:\n" + "\n".join(lines)
