from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from onboarding.models import clock


class Proposal(models.Model):
    """What one person proposes where nobody may act alone, and what a second person decided about it.

    `before` and `after` hold the same keys: what stood in the customer's record when it was proposed, and what is to
    stand there. Nothing changes until somebody else approves.
    """

    class Kind(models.TextChoices):
        TENANT = "tenant", _("another tenant is expected")
        ADDRESS = "address", _("data goes to another address")
        SHARING = "sharing", _("a tenant is shared with another record")
        REMOVALS = "removals", _("removals that are held back are let through")

    onboarding = models.ForeignKey("onboarding.Onboarding", on_delete=models.CASCADE, related_name="proposals")
    kind = models.CharField(max_length=20, choices=Kind)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
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
                fields=["onboarding", "kind"], condition=models.Q(decided_at=None), name="one_open_proposal"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} proposed: {self.after}"
