from __future__ import annotations

from django.conf import settings
from django.db import models

from onboarding.domain.sentences import Sentence
from onboarding.models import clock
from onboarding.models.text import CutCharField, StorableJSONField


class Event(models.Model):
    """An immutable note that something was decided, done or seen. Rows are only ever added."""

    onboarding = models.ForeignKey("onboarding.Onboarding", on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField(default=clock.now, editable=False)
    step = models.CharField(max_length=40, blank=True, default="")
    kind = models.CharField(max_length=20)
    message = StorableJSONField(default=dict)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    actor_name = CutCharField(max_length=200, blank=True, default="")
    detail = StorableJSONField(default=dict, blank=True)

    class Meta:
        indexes = [models.Index(fields=["onboarding", "-id"], name="event_newest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.step}"

    @property
    def sentence(self) -> Sentence | None:
        """What happened, in the reader's language when turned into text."""
        return Sentence.from_json(self.message)
