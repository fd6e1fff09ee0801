from __future__ import annotations

from django.conf import settings
from django.db import models


class KeptToken(models.Model):
    """Customer success and the customer have agreed that the SCIM token is kept after go-live, to ask Haiilo by it.

    `contact` said yes for the customer on `agreed_on`; `noted_by` said so for us, and has noted both.
    """

    onboarding = models.OneToOneField("onboarding.Onboarding", on_delete=models.CASCADE, related_name="kept_token")
    contact = models.ForeignKey("onboarding.Contact", on_delete=models.SET_NULL, null=True, related_name="+")
    agreed_on = models.DateField()
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    noted_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"kept token of {self.onboarding}"
