"""Holds: what stops a link, an answer or every change until somebody has dealt with it."""

from __future__ import annotations

from onboarding.causes import trip
from onboarding.models import Event, Link, Proposal, StepState, TenantBinding
from onboarding.steps.readiness.step import Readiness
from onboarding.steps.shared.owner_causes import OWNS_TOO_MUCH

WRONG_TENANT, FORGED = trip.WRONG_TENANT.code, trip.FORGED.code  # kinds of lines in the timeline


def wrong_tenant(onboarding_id: int) -> Event | None:
    """The newest answer from another tenant than the expected one; None once a tenant is bound or a second person has
    changed what is expected since.
    """
    if TenantBinding.objects.filter(onboarding_id=onboarding_id).exists():
        return None
    event = _newest(onboarding_id, WRONG_TENANT)
    approved = Proposal.objects.filter(onboarding_id=onboarding_id, kind=Proposal.Kind.TENANT, accepted=True)
    settled = approved.order_by("-decided_at").first()
    if event and settled and settled.decided_at and settled.decided_at >= event.at:
        return None
    return event


def forged(onboarding_id: int) -> Event | None:
    """The newest answer that was not the one that was asked for; None once a link was made or revoked since, or another
    answer has proved the tenant.
    """
    event = _newest(onboarding_id, FORGED)
    if event is None:
        return None
    links = Link.objects.filter(onboarding_id=onboarding_id)
    dealt_with = (
        links.filter(created_at__gte=event.at).exists()
        or links.filter(revoked_at__gte=event.at).exists()
        or TenantBinding.objects.filter(onboarding_id=onboarding_id, proved_at__gte=event.at).exists()
    )
    return None if dealt_with else event


def owns_too_much(onboarding_id: int) -> StepState | None:
    """The verdict that our application owns more in the tenant than the application that is set up, or None.

    As long as it stands, nothing may be changed in that tenant.
    """
    return StepState.objects.filter(onboarding_id=onboarding_id, key=Readiness.key, code=OWNS_TOO_MUCH.code).first()


def was_raised(onboarding_id: int, kind: str, attempt: int) -> bool:
    """Whether this round trip has left a line of this kind already: the same answer may be sent a thousand times."""
    return Event.objects.filter(onboarding_id=onboarding_id, kind=kind, detail__attempt=attempt).exists()


def _newest(onboarding_id: int, kind: str) -> Event | None:
    return Event.objects.filter(onboarding_id=onboarding_id, kind=kind).order_by("-id").first()
