"""Holds: what stops a link, an answer or every change until somebody has dealt with it."""

from __future__ import annotations

from datetime import timedelta

from onboarding.causes import trip
from onboarding.models import Event, Link, Proposal, StepState, TenantBinding, clock
from onboarding.steps.readiness.step import Readiness
from onboarding.steps.shared.owner_causes import OWNS_TOO_MUCH

# kinds of lines in the timeline
WRONG_TENANT, FORGED, LOCKED = trip.WRONG_TENANT.code, trip.FORGED.code, "link_locked"
LOCKED_FOR = timedelta(hours=1)


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


def locked(onboarding_id: int) -> Event | None:
    """The newest lock of a link that was tried too often; None once it has ended, was lifted, or the link is closed."""
    event = _newest(onboarding_id, LOCKED)
    if event is None or event.at < clock.now() - LOCKED_FOR:
        return None
    link = Link.objects.open().filter(pk=event.detail.get("link")).first()
    return event if link is not None and (link.tries_from is None or link.tries_from < event.at) else None


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
