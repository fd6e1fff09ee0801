from __future__ import annotations

from django.db import models

from onboarding.models import clock
from onboarding.models.text import CutCharField


class TenantBinding(models.Model):
    """The tenant that is proved to be this customer's; never replaced by a callback.

    One tenant, one customer, but for those that two people let share it (`shared`). `application_id`: object id of the
    application that is set up, which belongs to one of them.
    """

    onboarding = models.OneToOneField("onboarding.Onboarding", on_delete=models.CASCADE, related_name="binding")
    tenant_id = models.CharField(max_length=36, db_index=True)
    shared = models.BooleanField(default=False)
    application_id = models.CharField(max_length=36, blank=True, default="")
    display_name = CutCharField(max_length=256, blank=True, default="")
    verified_domain = models.CharField(max_length=253)
    admin_object_id = models.CharField(max_length=36)
    admin_name = CutCharField(max_length=200, blank=True, default="")
    proved_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id"], condition=models.Q(shared=False), name="one_customer_of_a_tenant"
            ),
            models.UniqueConstraint(
                fields=["tenant_id", "application_id"],
                condition=~models.Q(application_id=""),
                name="one_customer_of_an_application",
            ),
        ]

    def __str__(self) -> str:
        return self.tenant_id
