"""Which tenant is expected to be the customer's, as pages tell it before a letter goes there."""

from __future__ import annotations

from onboarding.models import Onboarding
from onboarding.steps.customer.step import CustomerRecord


def expected_tenant(onboarding: Onboarding) -> dict[str, str]:
    """Which tenant the domains lead to: `tenant_id` and `domain`; empty while that is not known."""
    state = onboarding.steps.filter(key=CustomerRecord.key).first()
    if state is None or not state.done_at or not state.evidence.get("tenant_id"):
        return {}
    return {"tenant_id": str(state.evidence["tenant_id"]), "domain": str(state.evidence.get("domain", ""))}
