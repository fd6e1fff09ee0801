"""Several records in one Microsoft tenant: who else is there, and whether two people have agreed to that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, OuterRef, Q

from graphclient.names import both_spellings
from onboarding.domain.lifecycle import State
from onboarding.domain.verdicts import Kind, Verdict
from onboarding.models import Onboarding, Proposal, StepState, TenantBinding
from onboarding.models.onboarding import OnboardingQuerySet
from onboarding.steps.customer.causes import TENANT_SHARED
from onboarding.steps.customer.evidence import CustomerEvidence
from onboarding.steps.sso_application.evidence import SsoApplicationEvidence


def agreed(onboarding_id: int) -> str:
    """The tenant that two people let this record share with others; empty where there is none."""
    accepted = Proposal.objects.filter(onboarding_id=onboarding_id, kind=Proposal.Kind.SHARING, accepted=True)
    newest = accepted.order_by("-decided_at", "-pk").first()
    return str(newest.after["tenant_id"]) if newest else ""


def others(onboarding_id: int, tenant_id: str) -> OnboardingQuerySet:
    """The other records that are bound to this tenant, or expect it and are not closed."""
    states = StepState.objects.filter(key=CustomerEvidence.step, kind=Kind.DONE, evidence__tenant_id=tenant_id)
    expect = states.exclude(onboarding__state=State.CLOSED).values("onboarding")
    bound = TenantBinding.objects.filter(tenant_id=tenant_id).values("onboarding")
    # One list of keys: for "this or that" the database would go through all records.
    return Onboarding.objects.exclude(pk=onboarding_id).filter(pk__in=bound.union(expect))


def is_taken(onboarding_id: int, tenant_id: str) -> bool:
    """Whether another record had this tenant first, and nobody has agreed that both share it.

    First is who is bound to it; of those that only expect it, who found it earlier.
    """
    rows = others(onboarding_id, tenant_id)
    mine = StepState.objects.filter(onboarding_id=onboarding_id, key=CustomerEvidence.step, kind=Kind.DONE).first()
    if mine is not None and mine.evidence.get("tenant_id") == tenant_id:
        theirs = StepState.objects.filter(onboarding=OuterRef("pk"), key=CustomerEvidence.step)
        later = theirs.filter(Q(done_at__gt=mine.done_at) | Q(done_at=mine.done_at, onboarding__gt=onboarding_id))
        rows = rows.exclude(Q(binding=None) & Exists(later))
    return rows.exists() and agreed(onboarding_id) != tenant_id


def refusal_to_expect(onboarding_id: int, evidence: Mapping[str, Any]) -> Verdict | None:
    """Why the tenant that was found cannot be the expected one: another record has it. Reads only."""
    tenant_id = evidence["tenant_id"]
    if TenantBinding.objects.filter(onboarding_id=onboarding_id, tenant_id=tenant_id).exists():
        return None
    if not is_taken(onboarding_id, tenant_id):
        return None
    domain = both_spellings(evidence["domain"]) if evidence["domain"] else tenant_id
    return TENANT_SHARED.asking(offers={"tenant_id": tenant_id}, domain=domain)


def tenant_in_question(state: StepState) -> str:
    """The tenant that the step of the record asks about, or has found; empty where it knows none."""
    if state.code == TENANT_SHARED.code:
        return str(state.offers.get("tenant_id", ""))
    found = state.seen(CustomerEvidence)
    return found.tenant_id if found else ""


def applications(onboarding: Onboarding) -> dict[str, str]:
    """What the others in its tenant set up: object id of the service principal → application id. One query."""
    theirs = TenantBinding.objects.filter(tenant_id=onboarding.binding.tenant_id).exclude(onboarding=onboarding)
    states = StepState.objects.filter(key=SsoApplicationEvidence.step, onboarding__in=theirs.values("onboarding"))
    seen = (SsoApplicationEvidence.from_json(state.evidence) for state in states.exclude(done_at=None))
    return {each.service_principal_id: each.app_id for each in seen if each.service_principal_id}
