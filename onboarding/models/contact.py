from __future__ import annotations

from django.conf import settings
from django.db import models

from onboarding.causes.base import ContactRole
from onboarding.models import clock


class Contact(models.Model):
    """A person at the customer who gets letters and a personal link. Named by customer success; it is no account."""

    Role = ContactRole

    onboarding = models.ForeignKey("onboarding.Onboarding", on_delete=models.CASCADE, related_name="contacts")
    name = models.CharField(max_length=200)
    email = models.EmailField()
    role = models.CharField(max_length=10, choices=ContactRole, default=ContactRole.IT_ADMIN)
    language = models.CharField(max_length=2, choices=settings.LANGUAGES, default="en")
    note = models.CharField(max_length=500, blank=True, default="")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["onboarding", "email"], name="one_contact_per_address")]

    def __str__(self) -> str:
        return self.name
