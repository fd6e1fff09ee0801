"""Why another tenant should be the expected one."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from onboarding.domain.input_fields import TenantIdField, TidyField


class RebindingForm(forms.Form):
    """The tenant and the reason; a colleague reads it."""

    use_required_attribute = False
    tenant_id = TenantIdField(label=_("Tenant ID"), error_messages={"required": _("Enter the tenant ID.")})
    reason = TidyField(
        label=_("Why is it the right one?"),
        max_length=500,
        help_text=_("How you know, for instance whom you called. A colleague reads it before anything changes."),
        error_messages={"required": _("Say how you know; your colleague decides on that basis.")},
    )
