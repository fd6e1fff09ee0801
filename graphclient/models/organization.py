"""The tenant: domains, products and plans (Graph reference: organization, domain, subscribedSku)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from . import fields

P1, P2 = "41781fb2-bc02-4b7c-bd55-b576c07bb09d", "eec0eb4f-6444-4f95-aba0-50c24d67f998"  # service plans
CAPABILITY_STATUSES = ("Enabled", "Warning", "Suspended", "Deleted", "LockedOut")


@dataclass(frozen=True)
class VerifiedDomain:
    """A domain that the tenant has proved to own."""

    name: str
    is_default: bool = False
    is_initial: bool = False

    @classmethod
    def from_json(cls, data: Any) -> VerifiedDomain:
        """Raises `Malformed` without a name."""
        name = fields.need(data, "name", "a verified domain")
        return cls(name, fields.flag(data, "isDefault"), fields.flag(data, "isInitial"))


@dataclass(frozen=True)
class AssignedPlan:
    """A service plan of the tenant."""

    service_plan_id: str
    capability_status: str = ""

    @classmethod
    def from_json(cls, data: Any) -> AssignedPlan:
        """Never raises; a plan without an id matches no plan."""
        status = fields.word(data, "capabilityStatus", CAPABILITY_STATUSES)
        return cls(fields.text(data, "servicePlanId").lower(), status)


@dataclass(frozen=True)
class Domain:
    """A domain of the tenant, verified or not; `name` is what Graph calls its id."""

    name: str
    is_verified: bool = False
    is_default: bool = False
    is_initial: bool = False
    authentication_type: str = ""

    @classmethod
    def from_json(cls, data: Any) -> Domain:
        """Raises `Malformed` without a name."""
        return cls(
            name=fields.need(data, "id", "a domain"),
            is_verified=fields.flag(data, "isVerified"),
            is_default=fields.flag(data, "isDefault"),
            is_initial=fields.flag(data, "isInitial"),
            authentication_type=fields.word(data, "authenticationType", ("Managed", "Federated")),
        )


@dataclass(frozen=True)
class SubscribedSku:
    """A product that the tenant has bought. `enabled`: number of paid licences, `consumed`: of assigned ones."""

    id: str
    part_number: str = ""
    capability_status: str = ""
    enabled: int = 0
    consumed: int = 0
    service_plan_ids: tuple[str, ...] = ()

    @classmethod
    def from_json(cls, data: Any) -> SubscribedSku:
        """Raises `Malformed` without an id."""
        return cls(
            id=fields.need(data, "id", "a subscribed product"),
            part_number=fields.text(data, "skuPartNumber"),
            capability_status=fields.word(data, "capabilityStatus", CAPABILITY_STATUSES),
            enabled=fields.number(fields.part(data, "prepaidUnits"), "enabled"),
            consumed=fields.number(data, "consumedUnits"),
            service_plan_ids=tuple(
                fields.text(row, "servicePlanId").lower() for row in fields.rows(data, "servicePlans")
            ),
        )

    @property
    def has_p1(self) -> bool:
        """Whether the product includes Entra ID P1 or P2, its grace period included."""
        return self.capability_status in ("Enabled", "Warning") and not {P1, P2}.isdisjoint(self.service_plan_ids)


@dataclass(frozen=True)
class Organization:
    """The tenant: its id, name, domains and plans."""

    id: str
    display_name: str = ""
    verified_domains: tuple[VerifiedDomain, ...] = ()
    plans: tuple[AssignedPlan, ...] = ()

    @classmethod
    def from_json(cls, data: Any) -> Organization:
        """Raises `Malformed` without an id."""
        return cls(
            id=fields.need(data, "id", "an organization"),
            display_name=fields.text(data, "displayName"),
            verified_domains=tuple(VerifiedDomain.from_json(row) for row in fields.rows(data, "verifiedDomains")),
            plans=tuple(AssignedPlan.from_json(row) for row in fields.rows(data, "assignedPlans")),
        )

    @property
    def has_p1(self) -> bool:
        """Whether the tenant has Entra ID P1 or P2, a plan in its grace period included."""
        return any(
            plan.service_plan_id in (P1, P2) and plan.capability_status in ("Enabled", "Warning") for plan in self.plans
        )
