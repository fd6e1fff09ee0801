from __future__ import annotations

from django.db import models

from onboarding.models import clock


class TenantBinding(models.Model):
    """The tenant that is proved to be this customer's. One tenant, one customer; never replaced by a callback."""

    onboarding = models.OneToOneField("onboarding.Onboarding", on_delete=models.CASCADE, related_name="binding")
    tenant_id = models.CharField(max_length=36, unique=True)
    display_name = models.CharField(max_length=256, blank=True, default="")
    verified_domain = models.CharField(max_length=253)
    admin_object_id = models.CharField(max_length=36)
    admin_name = models.CharField(max_length=200, blank=True, default="")
    proved_at = models.DateTimeField(default=clock.now, editable=False)

    def __str__(self) -> str:
        return self.tenant_id
