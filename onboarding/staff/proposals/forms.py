"""What is proposed, and why: a colleague reads it before anything changes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from onboarding.domain.input_fields import TenantIdField, TidyField


class ReasonField(TidyField):
    """How the author knows that the change is right."""

    def __init__(self, **named: Any) -> None:
        super().__init__(
            max_length=500,
            help_text=_("How you know, for instance whom you called. A colleague reads it before anything changes."),
            error_messages={"required": _("Say how you know; your colleague decides on that basis.")},
            **named,
        )


class TenantForm(forms.Form):
    """Another tenant is to be the expected one."""

    use_required_attribute = False
    tenant_id = TenantIdField(label=_("Tenant ID"), error_messages={"required": _("Enter the tenant ID.")})
    reason = ReasonField(label=_("Why is it the right one?"))
