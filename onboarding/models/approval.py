from __future__ import annotations

from django.conf import settings
from django.db import models

from onboarding.models.text import StorableJSONField


class ApprovalQuerySet(models.QuerySet["Approval"]):
    """Which approvals still count."""

    def open(self) -> ApprovalQuerySet:
        """Those that were neither used up nor withdrawn."""
        return self.filter(used_at=None, withdrawn_at=None)


class Approval(models.Model):
    """One person's yes to one plan of one step: the changes as they were shown, with their payloads. `proposed_by`:
    who proposed it, where that takes two people.

    It is used up once, when the step is done or all its changes are made, and never opened again. `engine.approvals`
    writes it.
    """

    onboarding = models.ForeignKey("onboarding.Onboarding", on_delete=models.CASCADE, related_name="approvals")
    step = models.CharField(max_length=40)
    fingerprint = models.CharField(max_length=24)
    changes = StorableJSONField(default=list)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    approved_at = models.DateTimeField()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    used_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = ApprovalQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["onboarding", "step"],
                condition=models.Q(used_at=None, withdrawn_at=None),
                name="one_open_approval_per_step",
            )
        ]

    def __str__(self) -> str:
        return f"approval of {self.step}"

    @property
    def is_open(self) -> bool:
        """Whether it may still be used."""
        return self.used_at is None and self.withdrawn_at is None
