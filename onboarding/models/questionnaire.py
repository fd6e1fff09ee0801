from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Questionnaire(models.Model):
    """What the customer told at the kick-off. What came by a link steers nothing until customer success has used it."""

    class Licence(models.TextChoices):
        YES = "yes", _("Yes")
        NO = "no", _("No")
        UNKNOWN = "unknown", _("Not known")

    onboarding = models.OneToOneField("onboarding.Onboarding", on_delete=models.CASCADE, related_name="questionnaire")
    has_p1 = models.CharField(max_length=7, choices=Licence, blank=True, default="")
    admin_name = models.CharField(max_length=200, blank=True, default="")
    admin_email = models.EmailField(blank=True, default="")
    existing_users = models.PositiveIntegerField(null=True, blank=True)
    app_id = models.CharField(max_length=36, blank=True, default="")
    pilot_person = models.CharField(max_length=256, blank=True, default="")
    pilot_group = models.CharField(max_length=256, blank=True, default="")
    remark = models.TextField(blank=True, default="")
    filled_at = models.DateTimeField()
    filled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    filled_by_link = models.ForeignKey(
        "onboarding.Link", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    filled_by_name = models.CharField(max_length=200, blank=True, default="")
    used_at = models.DateTimeField(null=True, blank=True)
    used_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    def __str__(self) -> str:
        return f"questionnaire of onboarding {self.onboarding_id}"
