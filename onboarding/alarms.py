"""What must not be overlooked until somebody has dealt with it."""

from __future__ import annotations

from .models import Event, Rebinding, TenantBinding


def wrong_tenant(onboarding_id: int) -> Event | None:
    """The newest answer from another tenant than the expected one; None once a tenant is bound or a second person has
    changed what is expected since.
    """
    if TenantBinding.objects.filter(onboarding_id=onboarding_id).exists():
        return None
    event = Event.objects.filter(onboarding_id=onboarding_id, kind="wrong_tenant").order_by("-id").first()
    settled = Rebinding.objects.filter(onboarding_id=onboarding_id, accepted=True).order_by("-decided_at").first()
    if event and settled and settled.decided_at and settled.decided_at >= event.at:
        return None
    return event
