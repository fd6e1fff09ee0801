from __future__ import annotations

from django.db import models

from onboarding.models import clock
from onboarding.models.text import StorableJSONField


class Backup(models.Model):
    """What was in the customer's tenant before we replaced it: a job with its mappings, as Microsoft gave it."""

    onboarding = models.ForeignKey("onboarding.Onboarding", on_delete=models.CASCADE, related_name="backups")
    step = models.CharField(max_length=40)
    taken_at = models.DateTimeField(default=clock.now, editable=False)
    document = StorableJSONField()

    def __str__(self) -> str:
        return f"backup of {self.step} {self.taken_at:%Y-%m-%d %H:%M}"
