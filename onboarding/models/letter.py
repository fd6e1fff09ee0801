from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from onboarding.causes import mail as mail_causes
from onboarding.causes.base import Cause
from onboarding.domain.lifecycle import State as OnboardingState
from onboarding.models import clock

LONG = timedelta(hours=1)  # so long a letter is tried again before somebody is told


class LetterQuerySet(models.QuerySet["Letter"]):
    """Which letters need a person."""

    def stuck(self, now: datetime) -> LetterQuerySet:
        """Those that did not go, or nobody knows whether, and those that have been tried for long.

        One that a person has settled, or that is of no use any more, is not among them.
        """
        return self.filter(is_stuck(now), onboarding__state__in=[OnboardingState.OPEN, OnboardingState.LIVE])


def is_stuck(now: datetime) -> Q:
    """The condition of a letter that needs a person, whatever its customer's state."""
    tried = Q(state=Letter.State.APPROVED, tries__gt=0)
    ended = Q(state__in=Letter.TROUBLE_STATES)
    waits = tried & (Q(first_tried_at__lte=now - LONG) | Q(trouble=mail_causes.OURS.code))
    return (ended | waits) & Q(settled_at=None) & ~Q(to_email="")


class Letter(models.Model):
    """A mail to a contact: drafted, released, sent. Where the personal link belongs, the text has a marker.

    `waiting_on` is what it is about; it goes out only as long as that still holds. `sent_on` is the day it was handed
    over, which exists once per address: that is what keeps a second mail back. A released letter that the mail server
    would not take yet has `tries`, and is not tried before `next_try_at`. `trouble` is the code of the cause why it
    has not gone, `error` are the server's words. `settled_at`: a person, or what came after, has settled the trouble.
    `made_of`: by what its words were made, as a fingerprint (`mail.context.made_of`); empty once a person changed them.
    """

    class Kind(models.TextChoices):
        INVITATION = "invitation", _("invitation")
        REQUEST = "request", _("request")
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

    TROUBLE_STATES = (State.FAILED, State.UNKNOWN)

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
    made_of = models.CharField(max_length=64, blank=True, default="", editable=False)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    error = models.CharField(max_length=300, blank=True, default="")
    trouble = models.CharField(max_length=20, blank=True, default="")
    tries = models.PositiveSmallIntegerField(default=0)
    first_tried_at = models.DateTimeField(null=True, blank=True)
    next_try_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    link = models.ForeignKey("onboarding.Link", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_on = models.DateField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["onboarding", "contact", "kind", "waiting_on", "day"], name="one_letter_of_a_kind_cause_and_day"
            ),
            models.UniqueConstraint(
                fields=["onboarding", "to_email", "sent_on"], name="one_letter_sent_per_address_and_day"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "approved_at"], name="letter_to_send"),
            models.Index(fields=["onboarding", "-id"], name="letter_newest"),
            # the few that the board asks for, however many letters there are
            models.Index(
                fields=["state", "onboarding"],
                name="letter_unsettled",
                condition=Q(state__in=["failed", "unknown", "approved"], settled_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.to_name}"

    @property
    def title(self) -> str:
        """What it is called in lists: its subject, or its kind where it could not be written."""
        return self.subject or self.get_kind_display()

    @property
    def words(self) -> str:
        """A fingerprint of what goes out and to whom, by which a page tells whether it still shows that."""
        return hashlib.sha256("\n".join((self.to_email, self.subject, self.text)).encode()).hexdigest()

    @property
    def is_unwritten(self) -> bool:
        """Whether we failed to write it, so that it has no words yet; it is written as soon as that works."""
        return self.state == self.State.FAILED and self.trouble == mail_causes.UNWRITTEN.code

    @property
    def is_put_off(self) -> bool:
        """Whether the mail server would not take it yet, and it is tried again."""
        return self.state == self.State.APPROVED and self.tries > 0

    @property
    def cause(self) -> Cause | None:
        """Why it has not gone, or not for certain, where that is known."""
        if self.state == self.State.UNKNOWN:
            return mail_causes.PERHAPS_SENT
        return mail_causes.BY_CODE.get(self.trouble)
