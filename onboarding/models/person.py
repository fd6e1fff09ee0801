from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class ProvisionedPerson(models.Model):
    """The newest outcome for one person of the customer's tenant, from the provisioning log.

    Personal data: shown to explain who arrived, kept as long as the customer's retention class says.
    """

    class Result(models.TextChoices):
        CREATED = "created", _("created")
        UPDATED = "updated", _("updated")
        REMOVED = "removed", _("removed")
        SKIPPED = "skipped", _("skipped")
        FAILED = "failed", _("failed")

    onboarding = models.ForeignKey("onboarding.Onboarding", on_delete=models.CASCADE, related_name="people")
    source_id = models.CharField(max_length=64)
    target_id = models.CharField(max_length=128, blank=True, default="")
    name = models.CharField(max_length=256, blank=True, default="")
    user_name = models.CharField(max_length=256, blank=True, default="")
    action = models.CharField(max_length=20)
    result = models.CharField(max_length=10, choices=Result)
    code = models.CharField(max_length=120, blank=True, default="")
    reason = models.TextField(blank=True, default="")
    at = models.DateTimeField()
    event_id = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["onboarding", "source_id"], name="one_row_per_person")]
        indexes = [
            models.Index(fields=["onboarding", "result", "user_name", "id"], name="person_by_result"),
            models.Index(fields=["onboarding", "user_name", "id"], name="person_by_user_name"),
        ]

    def __str__(self) -> str:
        return self.user_name
