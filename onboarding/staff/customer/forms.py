"""The customer's record: what is typed when a customer is created or changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from onboarding.domain import consent_sizes
from onboarding.domain.input_fields import DomainsField, HostField, TenantIdField, TidyEmailField, TidyField
from onboarding.domain.products import PROFILES
from onboarding.models import Customer, Portfolio, clock

NOT_AN_E_MAIL = _("This is not an e-mail address. Enter one such as eva@contoso.com.")
FIELDS = ("name", "product", "haiilo_host", "domains", "contact_name", "contact_email", "target_date", "tenant_hint")
SIZE = "consent_size"


class CustomerForm(forms.Form):
    """Everything that is known before the customer's admin gets the link."""

    portfolio = forms.ModelChoiceField(
        Portfolio.objects.none(),
        label=_("Team"),
        help_text=_("Only its members see this customer."),
        empty_label=None,
        error_messages={"required": _("Choose the team."), "invalid_choice": _("Choose one of your teams.")},
    )
    name = TidyField(
        label=_("Customer"),
        max_length=200,
        error_messages={"required": _("Enter the customer's name, as it is written in the contract.")},
    )
    product = forms.ChoiceField(
        label=_("Product"),
        choices=Customer.Product.choices,
        initial=Customer.Product.ADVOCACY,
        error_messages={"required": _("Choose the product."), "invalid_choice": _("Choose one of the products.")},
    )
    haiilo_host = HostField(
        label=_("Haiilo address"),
        help_text=_("Where the customer's people open Haiilo. You can paste a whole address from the browser."),
        max_length=2000,
        error_messages={"required": _("Enter the customer's Haiilo address, such as contoso.smarpshare.com.")},
    )
    domains = DomainsField(
        label=_("E-mail domains"),
        help_text=_("One per line, or separated by commas. The tenant is verified by them."),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2, "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": _("Enter at least one domain of the customer's e-mail addresses.")},
    )
    contact_name = TidyField(
        label=_("Contact"),
        help_text=_("The customer's IT admin, who gets the personal link."),
        max_length=200,
        error_messages={"required": _("Enter the name of the customer's IT admin.")},
    )
    contact_email = TidyEmailField(
        label=_("Contact's e-mail"),
        max_length=254,
        error_messages={
            "required": _("Enter the e-mail address of the customer's IT admin."),
            "invalid": NOT_AN_E_MAIL,
        },
    )
    target_date = forms.DateField(
        label=_("Target date"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Enter the date as 2027-01-31.")},
    )
    tenant_hint = TenantIdField(
        label=_("Tenant ID"),
        required=False,
        max_length=80,
        help_text=_("Only if you know it; otherwise it is found by the domains."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
    )

    consent_size = forms.ChoiceField(
        label=_("Consent"),
        required=False,
        help_text=_("What the admin is asked to approve. Changing it later takes a new link and a new approval."),
        error_messages={"invalid_choice": _("Choose one of the options.")},
    )

    def __init__(
        self,
        data: Any = None,
        *,
        portfolios: Sequence[Portfolio] = (),
        customer: Customer | None = None,
    ) -> None:
        """For a new customer in one of `portfolios`, or for a `customer` that is changed."""
        initial = {name: getattr(customer, name) for name in FIELDS} if customer else {}
        super().__init__(data, initial=initial)
        self._known_date = customer.target_date if customer else None
        if customer is not None or len(portfolios) < 2:
            del self.fields["portfolio"]
        else:
            choice = self.fields["portfolio"]
            assert isinstance(choice, forms.ModelChoiceField)
            choice.queryset = Portfolio.objects.filter(pk__in=[each.pk for each in portfolios]).order_by("name")
        self._offer_sizes(customer)
        self._only_portfolio = portfolios[0] if len(portfolios) == 1 else None

    def _offer_sizes(self, customer: Customer | None) -> None:
        """Those whose application is registered; where there is one only, nobody is asked."""
        offered = consent_sizes.offered(customer.consent_size if customer else consent_sizes.STANDARD.key)
        if len(offered) < 2:
            del self.fields[SIZE]
            return
        choice = self.fields[SIZE]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [(size.key, size.label) for size in offered]
        choice.initial = customer.consent_size if customer else consent_sizes.STANDARD.key

    def clean_consent_size(self) -> str:
        """What was not chosen stays as it is."""
        return str(self.cleaned_data[SIZE] or self.fields[SIZE].initial)

    def clean_target_date(self) -> Any:
        """A day that is still to come, or the one that was known before."""
        date = self.cleaned_data["target_date"]
        if date and date != self._known_date and date < timezone.localdate(clock.now()):
            raise forms.ValidationError(_("This date is in the past. Choose a later one."), code="past")
        return date

    def clean(self) -> dict[str, Any]:
        """The address has to be one of the product's."""
        cleaned = super().clean() or self.cleaned_data
        profile, host = PROFILES.get(cleaned.get("product", "")), cleaned.get("haiilo_host")
        if profile and host and not profile.accepts_host(host):
            self.add_error(
                "haiilo_host",
                forms.ValidationError(
                    _("%(host)s is not an address of Haiilo %(product)s. Check the address and the product."),
                    params={"host": host, "product": profile.label},
                ),
            )
        return cleaned

    @property
    def portfolio_chosen(self) -> Portfolio:
        """Where the customer belongs."""
        return self._only_portfolio or self.cleaned_data["portfolio"]

    def record(self) -> dict[str, Any]:
        """The cleaned fields of the record, ready for the services."""
        names = (*FIELDS, SIZE) if SIZE in self.fields else FIELDS
        return {name: self.cleaned_data[name] for name in names}
