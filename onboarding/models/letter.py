from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from onboarding.models import clock


class Letter(models.Model):
    """A mail to a contact: drafted, released, sent. Where the personal link belongs, the text has a marker.

    `waiting_on` is what it is about; it goes out only as long as that still holds. `sent_on` is the day it was handed
    over, which exists once per address: that is what keeps a second mail back.
    """

    class Kind(models.TextChoices):
        INVITATION = "invitation", _("invitation")
        REMINDER = "reminder", _("reminder")
        ESCALATION = "escalation", _("escalation")
        COMPLETION = "completion", _("go-live summary")

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        APPROVED = "approved", _("to be sent")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        UNKNOWN = "unknown", _("perhaps not sent")
        FAILED = "failed", _("not sent")
        CANCELLED = "cancelled", _("discarded")

    onboarding = models.ForeignKey("onboarding.Onboarding", on_delete=models.CASCADE, related_name="letters")
    contact = models.ForeignKey(
        "onboarding.Contact", on_delete=models.SET_NULL, null=True, blank=True, related_name="letters"
    )
    to_name = models.CharField(max_length=200)
    to_email = models.EmailField()
    language = models.CharField(max_length=2, choices=settings.LANGUAGES, default="en")
    kind = models.CharField(max_length=12, choices=Kind)
    rule = models.CharField(max_length=120, blank=True, default="")
    waiting_on = models.CharField(max_length=120, blank=True, default="")
    day = models.DateField()
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField(blank=True, default="")
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    error = models.CharField(max_length=300, blank=True, default="")
    link = models.ForeignKey("onboarding.Link", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_on = models.DateField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["onboarding", "contact", "kind", "day"], name="one_letter_of_a_kind_and_day"
            ),
            models.UniqueConstraint(
                fields=["onboarding", "to_email", "sent_on"], name="one_letter_sent_per_address_and_day"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "approved_at"], name="letter_to_send"),
            models.Index(fields=["onboarding", "-id"], name="letter_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.to_name}"
