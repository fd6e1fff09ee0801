"""The question of the step: which tenant is the customer's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from onboarding.domain.input_fields import TenantIdField
from onboarding.steps.answer_form import PLAIN, AnswerForm


class TenantForm(AnswerForm):
    """Which tenant is the customer's, where its domains do not tell."""

    button = _("Use this tenant")
    tenant_id = TenantIdField(
        label=_("Tenant ID"),
        max_length=80,
        widget=forms.TextInput(attrs=PLAIN),
        error_messages={"required": _("Enter the tenant ID, or correct the domains in the record.")},
    )

    def __init__(self, data: Any = None, *, offers: Mapping[str, Any], **named: Any) -> None:
        super().__init__(data, **named)
        self.tenants = offers.get("tenants", [])
