"""Which tenant is expected to be the customer's, as pages tell it before a letter goes there."""

from __future__ import annotations

from onboarding.engine.load_desired import seen
from onboarding.models import Customer, Onboarding, StepState
from onboarding.steps.customer.evidence import CustomerEvidence


def expected_tenant(onboarding: Onboarding) -> dict[str, str]:
    """Which tenant the domains lead to: `tenant_id` and `domain`; empty while that is not known.

    Where a person named the tenant, `domain` is the first one of the record.
    """
    return _told(seen(onboarding.pk, CustomerEvidence), onboarding.customer)


def expected_in(record: StepState | None, customer: Customer) -> dict[str, str]:
    """The same, where the step of the customer's record is at hand."""
    return _told(record.seen(CustomerEvidence) if record else None, customer)


def _told(found: CustomerEvidence | None, customer: Customer) -> dict[str, str]:
    if not found or not found.tenant_id:
        return {}
    return {"tenant_id": found.tenant_id, "domain": found.domain or customer.domains[0]}
