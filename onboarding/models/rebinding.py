from __future__ import annotations

from django.conf import settings
from django.db import models

from onboarding.models import clock


class Rebinding(models.Model):
    """One person's proposal that another tenant is the expected one, and what a second person decided about it.

    It changes what is expected before anything is bound; a binding is never moved.
    """

    onboarding = models.ForeignKey("onboarding.Onboarding", on_delete=models.CASCADE, related_name="rebindings")
    expected_before = models.CharField(max_length=36, blank=True, default="")
    tenant_id = models.CharField(max_length=36)
    reason = models.CharField(max_length=500)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=clock.now, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    accepted = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["onboarding"], condition=models.Q(decided_at=None), name="one_open_rebinding"
            )
        ]

    def __str__(self) -> str:
        return f"rebinding to {self.tenant_id}"
