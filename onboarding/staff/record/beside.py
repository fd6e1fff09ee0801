"""Who else is in the customer's Microsoft tenant, and which other records the same customer has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import Q

from onboarding.engine import neighbours
from onboarding.engine.may import Act, where
from onboarding.models import Customer, Onboarding, StepState
from onboarding.steps.sso_application.evidence import SsoApplicationEvidence


@dataclass(frozen=True)
class Neighbour:
    """Another record in the same tenant. `application` is empty until one is chosen there."""

    pk: int
    customer: Customer
    application: str
    is_bound: bool


@dataclass(frozen=True)
class Beside:
    """Other records in this tenant: those that the reader may see, and how many there are besides."""

    seen: Sequence[Neighbour] = ()
    hidden: int = 0

    @property
    def count(self) -> int:
        """All of them."""
        return len(self.seen) + self.hidden


def in_tenant(onboarding: Onboarding, tenant_id: str, reader: User) -> Beside:
    """The other records in this tenant. Three queries at most."""
    if not tenant_id:
        return Beside()
    found = list(neighbours.others(onboarding.pk, tenant_id).select_related("customer", "binding").order_by("pk"))
    readable = set(where(reader, Act.SEE).filter(pk__in=[row.pk for row in found]).values_list("pk", flat=True))
    seen = [row for row in found if row.pk in readable]
    names = _applications(seen)
    listed = [Neighbour(row.pk, row.customer, names.get(row.pk, ""), hasattr(row, "binding")) for row in seen]
    return Beside(listed, len(found) - len(seen))


def of_customer(customer: Customer, reader: User) -> list[Customer]:
    """The records of the same customer for other tenants, as far as the reader may see them. One query."""
    main = customer.belongs_to_id or customer.pk
    rows = Customer.objects.filter(Q(pk=main) | Q(belongs_to=main)).exclude(pk=customer.pk)
    readable = where(reader, Act.SEE).values("customer_id")
    return list(rows.filter(pk__in=readable).select_related("onboarding").order_by("pk"))


def _applications(rows: Sequence[Onboarding]) -> dict[int, str]:
    if not rows:
        return {}
    states = StepState.objects.filter(onboarding__in=rows, key=SsoApplicationEvidence.step).exclude(done_at=None)
    return {state.onboarding_id: SsoApplicationEvidence.from_json(state.evidence).name for state in states}
