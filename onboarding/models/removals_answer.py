from __future__ import annotations

from django.db import models


class RemovalsAnswer(models.Model):
    """What the customer's admin has said of people whose removal from Haiilo is held back: whether it is `intended`.

    `whom` is a digest of those who were shown, `people` how many they were, `held_since` since when Microsoft held them
    back: what is said of some counts for no others. The newest row counts. Who said so is whoever used the `link`.
    """

    onboarding = models.ForeignKey("onboarding.Onboarding", on_delete=models.CASCADE, related_name="removals_answers")
    link = models.ForeignKey("onboarding.Link", on_delete=models.SET_NULL, null=True, related_name="+")
    intended = models.BooleanField()
    whom = models.CharField(max_length=64)
    people = models.PositiveIntegerField()
    held_since = models.CharField(max_length=40, blank=True, default="")
    said_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"removals {'intended' if self.intended else 'not intended'}"
