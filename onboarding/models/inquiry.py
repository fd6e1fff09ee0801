from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import models

from onboarding.domain.sentences import Sentence
from onboarding.models import clock
from onboarding.models.text import CutCharField, StorableJSONField

KEPT = timedelta(days=1)


class Inquiry(models.Model):
    """What somebody of staff asks the customer's directory about one person; a run answers it.

    Personal data, and of people who may have nothing to do with Haiilo: gone a day after it was asked. `found`: who it
    may be, in the form of `people.look_up`; empty where nobody is. `trouble`: why there is no answer, or none yet.
    """

    onboarding = models.ForeignKey("onboarding.Onboarding", on_delete=models.CASCADE, related_name="inquiries")
    asked = CutCharField(max_length=256)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    answered_at = models.DateTimeField(null=True, blank=True)
    found = StorableJSONField(default=list, blank=True)
    trouble = StorableJSONField(default=dict, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["onboarding"], condition=models.Q(answered_at=None), name="inquiry_open"),
            models.Index(fields=["asked_at"], name="inquiry_by_age"),
        ]

    def __str__(self) -> str:
        return f"inquiry {self.pk} of onboarding {self.onboarding_id}"

    @property
    def is_open(self) -> bool:
        """Whether the answer is still to come."""
        return self.answered_at is None

    @property
    def sentence(self) -> Sentence | None:
        """The trouble in the reader's language."""
        return Sentence.from_json(self.trouble)
