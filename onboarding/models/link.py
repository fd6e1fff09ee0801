from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import models

from onboarding.domain import consent_sizes
from onboarding.domain.consent_sizes import ConsentSize
from onboarding.models import clock
from onboarding.models.text import CutCharField


def digest(token: str) -> str:
    """What is stored of a link's token or a consent's state."""
    return hashlib.sha256(token.encode()).hexdigest()


class LinkQuerySet(models.QuerySet["Link"]):
    """Finding a link by its token, and using it once."""

    def open(self) -> LinkQuerySet:
        """Links that still work."""
        return self.filter(used_at=None, revoked_at=None, expires_at__gt=clock.now())

    def by_token(self, token: str) -> Link | None:
        """The link with this token, usable or not."""
        return self.select_related("onboarding__customer").filter(token_hash=digest(token)).first()


class Link(models.Model):
    """A personal onboarding link. It opens the sign-in and nothing else; its token is stored as a hash."""

    onboarding = models.ForeignKey("onboarding.Onboarding", on_delete=models.CASCADE, related_name="links")
    contact = models.ForeignKey(
        "onboarding.Contact", on_delete=models.SET_NULL, null=True, blank=True, related_name="links"
    )
    token_hash = models.CharField(max_length=64, unique=True)
    consent_size = models.CharField(max_length=10, default=consent_sizes.STANDARD.key)  # for which application of ours
    # To whom it went, also when the contact is changed or removed later.
    contact_name = models.CharField(max_length=200)
    contact_email = models.EmailField()
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    tries_from = models.DateTimeField(null=True, blank=True)  # earlier tries do not count: somebody has lifted a lock
    # The link whose holder could not approve and named this one's.
    forwarded_from = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="forwarded_to"
    )

    objects = LinkQuerySet.as_manager()

    def __str__(self) -> str:
        return f"link for {self.contact_name}"

    @property
    def size(self) -> ConsentSize:
        """How much its holder is asked for, and with which application of ours."""
        return consent_sizes.by_key(self.consent_size)

    def condition(self) -> str:
        """``open``, ``used``, ``revoked`` or ``expired``."""
        if self.revoked_at:
            return "revoked"
        if self.used_at:
            return "used"
        return "open" if self.expires_at > clock.now() else "expired"

    @staticmethod
    def new_token() -> str:
        """256 random bits, URL-safe."""
        return secrets.token_urlsafe(32)

    @staticmethod
    def default_expiry() -> timedelta:
        """How long a link works."""
        return timedelta(days=settings.LINK_DAYS)


class ConsentAttempt(models.Model):
    """One round trip of one browser to Microsoft: bound to a link, a session and a state that works once."""

    link = models.ForeignKey(Link, on_delete=models.CASCADE, related_name="attempts")
    consent_size = models.CharField(max_length=10, default=consent_sizes.STANDARD.key)  # with which application of ours
    session_hash = models.CharField(max_length=64)
    started_at = models.DateTimeField(default=clock.now, editable=False)
    state_hash = models.CharField(max_length=64, unique=True)
    signed_in_tenant = models.CharField(max_length=36, blank=True, default="")
    signed_in_object_id = models.CharField(max_length=36, blank=True, default="")
    signed_in_name = CutCharField(max_length=200, blank=True, default="")
    signed_in_at = models.DateTimeField(null=True, blank=True)
    consent_state_hash = models.CharField(max_length=64, unique=True, null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    granted_at = models.DateTimeField(null=True, blank=True)
    error = CutCharField(max_length=60, blank=True, default="")
    error_code = CutCharField(max_length=60, blank=True, default="")  # Microsoft's own, or our check's
    error_text = CutCharField(max_length=300, blank=True, default="")  # what Microsoft said with it, as plain text
    source_hash = models.CharField(max_length=64, blank=True, default="")  # of the network address it was begun from

    def __str__(self) -> str:
        return f"attempt {self.pk}"


def admin_of(link_id: int | None) -> str:
    """The name of who used this link, by the sign-in at Microsoft; empty once it is erased. One query."""
    if link_id is None:
        return ""
    approvals = ConsentAttempt.objects.filter(link_id=link_id).exclude(granted_at=None)
    return approvals.values_list("signed_in_name", flat=True).first() or ""
