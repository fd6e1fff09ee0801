"""The tenant: domains, products and plans (Graph reference: organization, domain, subscribedSku)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..errors import Unreadable
from . import fields

P1, P2 = "41781fb2-bc02-4b7c-bd55-b576c07bb09d", "eec0eb4f-6444-4f95-aba0-50c24d67f998"  # service plans
CAPABILITY_STATUSES = ("Enabled", "Warning", "Suspended", "Deleted", "LockedOut")
IN_FORCE = ("Enabled", "Warning")  # the second in its grace period


@dataclass(frozen=True)
class VerifiedDomain:
    """A domain that the tenant has proved to own."""

    name: str
    is_default: bool = False
    is_initial: bool = False

    @classmethod
    def from_json(cls, data: Any) -> VerifiedDomain:
        """Raises `Unreadable` without a name."""
        name = fields.need(data, "name", "a verified domain")
        return cls(name, fields.flag(data, "isDefault"), fields.flag(data, "isInitial"))


@dataclass(frozen=True)
class AssignedPlan:
    """A service plan of the tenant."""

    service_plan_id: str
    capability_status: str = ""

    @classmethod
    def from_json(cls, data: Any) -> AssignedPlan:
        """Raises `Unreadable` without an id."""
        plan_id = fields.need(data, "servicePlanId", "an assigned plan").lower()
        return cls(plan_id, fields.word(data, "capabilityStatus", CAPABILITY_STATUSES))

    @property
    def is_p1(self) -> bool:
        """Whether it is Entra ID P1 or P2."""
        return self.service_plan_id in (P1, P2)


def _in_force(status: str) -> bool:
    """Whether a plan may be used. Raises `Unreadable` for a status that is not known."""
    return fields.need_word(status, CAPABILITY_STATUSES, "a plan with the status") in IN_FORCE


@dataclass(frozen=True)
class Domain:
    """A domain of the tenant, verified or not; `name` is what Graph calls its id."""

    name: str
    is_verified: bool | None = None
    is_default: bool = False
    is_initial: bool = False
    authentication_type: str = ""

    @classmethod
    def from_json(cls, data: Any) -> Domain:
        """Raises `Unreadable` without a name."""
        return cls(
            name=fields.need(data, "id", "a domain"),
            is_verified=fields.told_flag(data, "isVerified"),
            is_default=fields.flag(data, "isDefault"),
            is_initial=fields.flag(data, "isInitial"),
            authentication_type=fields.word(data, "authenticationType", ("Managed", "Federated")),
        )


@dataclass(frozen=True)
class SubscribedSku:
    """A product that the tenant has bought. `enabled`: number of paid licences, `consumed`: of assigned ones,
    None where it is not told.
    """

    id: str
    part_number: str = ""
    capability_status: str = ""
    enabled: int | None = None
    consumed: int | None = None
    service_plan_ids: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, data: Any) -> SubscribedSku:
        """Raises `Unreadable` without an id."""
        return cls(
            id=fields.need(data, "id", "a subscribed product"),
            part_number=fields.text(data, "skuPartNumber"),
            capability_status=fields.word(data, "capabilityStatus", CAPABILITY_STATUSES),
            enabled=fields.count(fields.part(data, "prepaidUnits"), "enabled"),
            consumed=fields.count(data, "consumedUnits"),
            service_plan_ids=tuple(
                fields.text(row, "servicePlanId").lower()
                for row in fields.need_rows(data, "servicePlans", "a subscribed product")
            ),
        )

    @property
    def has_p1(self) -> bool:
        """Whether the product includes Entra ID P1 or P2, its grace period included."""
        return not {P1, P2}.isdisjoint(self.service_plan_ids) and _in_force(self.capability_status)


@dataclass(frozen=True)
class Organization:
    """The tenant: its id, name, domains and plans."""

    id: str
    display_name: str = ""
    verified_domains: tuple[VerifiedDomain, ...] = ()
    plans: tuple[AssignedPlan, ...] = ()

    @classmethod
    def from_json(cls, data: Any) -> Organization:
        """Raises `Unreadable` without an id, domains or plans; a tenant has one domain at least, its initial one."""
        what = "an organization"
        domains = fields.need_rows(data, "verifiedDomains", what)
        if not domains:
            raise Unreadable("an organization without any domain")
        return cls(
            id=fields.need(data, "id", what),
            display_name=fields.text(data, "displayName"),
            verified_domains=tuple(VerifiedDomain.from_json(row) for row in domains),
            plans=tuple(AssignedPlan.from_json(row) for row in fields.need_rows(data, "assignedPlans", what)),
        )

    @property
    def has_p1(self) -> bool:
        """Whether the tenant has Entra ID P1 or P2, a plan in its grace period included. Raises `Unreadable`."""
        statuses = {plan.capability_status for plan in self.plans if plan.is_p1}
        return not statuses.isdisjoint(IN_FORCE) or any(_in_force(status) for status in statuses)
