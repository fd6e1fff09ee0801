from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models

from onboarding.models import clock


class SecretRequestQuerySet(models.QuerySet["SecretRequest"]):
    """Those that still wait."""

    def open(self) -> SecretRequestQuerySet:
        """Neither answered nor taken back."""
        return self.filter(answered_at=None, taken_back_at=None)


class SecretRequest(models.Model):
    """That the customer's admin is asked to hand a secret over on the progress page, so that nobody mails it.

    `host`: for which one it is, as the record named it when it was asked for. It ends when it is answered, or taken
    back: by a person, or because it is needed no more. Who handed it over is whoever used the `link`. The secret itself
    is a `CustomerSecret`.
    """

    onboarding = models.ForeignKey("onboarding.Onboarding", on_delete=models.CASCADE, related_name="secret_requests")
    kind = models.CharField(max_length=20)
    host = models.CharField(max_length=253)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField(default=clock.now, editable=False)
    link = models.ForeignKey("onboarding.Link", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    taken_back_at = models.DateTimeField(null=True, blank=True)

    objects = SecretRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["onboarding", "kind"],
                condition=models.Q(answered_at=None, taken_back_at=None),
                name="one_open_request_of_a_kind",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} asked of the customer"

    @property
    def is_open(self) -> bool:
        """Whether it still waits."""
        return self.answered_at is None and self.taken_back_at is None

    @property
    def ended_at(self) -> datetime | None:
        """When it was answered or taken back, None while it is open."""
        return self.answered_at or self.taken_back_at
