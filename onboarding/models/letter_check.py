from __future__ import annotations

from django.db import models


class LetterCheck(models.Model):
    """When the rules of letters were last asked about an onboarding, and what of ours failed when they were.

    `code` is the class of the exception, empty where all went well; `failing_since` is when it began to fail.
    """

    onboarding = models.OneToOneField(
        "onboarding.Onboarding", on_delete=models.CASCADE, primary_key=True, related_name="letter_check"
    )
    checked_at = models.DateTimeField(null=True, blank=True)
    code = models.CharField(max_length=80, blank=True, default="")
    failing_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["failing_since"], name="letter_check_failing", condition=models.Q(failing_since__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"letters of onboarding {self.onboarding_id}"
