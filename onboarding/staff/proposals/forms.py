"""What is proposed, and why: a colleague reads it before anything changes."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from onboarding.domain import hosts
from onboarding.domain.hosts import HostRefused
from onboarding.domain.input_fields import TenantIdField, TidyField
from onboarding.models import Customer


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


class SharingForm(forms.Form):
    """Two records are to share a tenant."""

    use_required_attribute = False
    tenant_id = TenantIdField(label=_("Tenant ID"), error_messages={"required": _("Enter the tenant ID.")})
    reason = ReasonField(label=_("Why do both belong there?"))


class RemovalsForm(forms.Form):
    """Removals that are held back are to be let through."""

    use_required_attribute = False
    plan = forms.CharField(max_length=24, widget=forms.HiddenInput)
    reason = ReasonField(label=_("Why is it right?"))


class AddressForm(forms.Form):
    """Data is to go to another address."""

    use_required_attribute = False
    product = forms.ChoiceField(
        label=_("Product"),
        choices=Customer.Product.choices,
        error_messages={"required": _("Choose the product."), "invalid_choice": _("Choose one of the products.")},
    )
    haiilo_host = forms.CharField(
        label=_("Haiilo address"),
        help_text=_("The host alone. It may be the customer's own, if you know that it is theirs."),
        max_length=2000,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": _("Enter the customer's Haiilo address, such as contoso.smarpshare.com.")},
    )
    reason = ReasonField(label=_("Why should data go there?"))

    def clean(self) -> dict[str, Any]:
        """The address has to be one that data may go to."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("product") and cleaned.get("haiilo_host"):
            try:
                cleaned["haiilo_host"] = hosts.checked(cleaned["product"], cleaned["haiilo_host"], own=True)
            except HostRefused as refused:
                self.add_error("haiilo_host", forms.ValidationError(str(refused.sentence), code="refused"))
        return cleaned
