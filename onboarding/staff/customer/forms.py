"""The customer's record: what is typed when a customer is created or changed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from onboarding.customers import record_changes
from onboarding.domain import consent_sizes, hosts
from onboarding.domain.hosts import HostRefused
from onboarding.domain.input_fields import DomainsField, TenantIdField, TidyEmailField, TidyField
from onboarding.domain.spelling import SpellingForm
from onboarding.models import Customer, Portfolio, clock

NOT_AN_E_MAIL = _("This is not an e-mail address. Enter one such as eva@contoso.com.")
FIELDS = ("name", "product", "haiilo_host", "domains", "contact_name", "contact_email", "target_date", "tenant_hint")
OF_THE_SAME = ("name", "product", "contact_name", "contact_email")
ADDRESS = ("product", "haiilo_host")
SIZE = "consent_size"
OWN = "own_address_reason"
SEEN = "seen"


class CustomerForm(SpellingForm):
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
    haiilo_host = forms.CharField(
        label=_("Haiilo address"),
        help_text=_("The host where the customer's people open Haiilo; their names and the token are sent there."),
        max_length=2000,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": _("Enter the customer's Haiilo address, such as contoso.smarpshare.com.")},
    )
    own_address_reason = TidyField(
        label=_("How do you know that this address is the customer's own?"),
        required=False,
        max_length=500,
        help_text=_("For instance whom you called. The address counts once a colleague in your team has approved it."),
        widget=forms.HiddenInput(),
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
    seen = forms.CharField(required=False, widget=forms.HiddenInput())

    def __init__(
        self,
        data: Any = None,
        *,
        portfolios: Sequence[Portfolio] = (),
        customer: Customer | None = None,
        frozen: bool = False,
        main: Customer | None = None,
    ) -> None:
        """For a new customer in one of `portfolios`, or for a `customer` that is changed.

        `frozen`: product and address are no longer changed here. `main`: the record of the same customer for another
        tenant, which has some answers already.
        """
        known, names = (customer, FIELDS) if customer else (main, OF_THE_SAME)
        initial = {name: getattr(known, name) for name in names} if known else {}
        super().__init__(data, initial=initial)
        self._customer = customer
        self._offer_portfolios(customer, portfolios)
        self._offer_sizes(customer)
        self._only_portfolio = portfolios[0] if len(portfolios) == 1 else None
        self.frozen = frozen
        if customer is not None:
            del self.fields[OWN]
        else:
            del self.fields[SEEN]
            if self.data.get(OWN):
                self._ask_about_own()
        if frozen:
            for name in ADDRESS:
                del self.fields[name]
        if customer is not None:
            self.initial[SEEN] = json.dumps(record_changes.shown(customer, self.fields))

    def _offer_portfolios(self, customer: Customer | None, portfolios: Sequence[Portfolio]) -> None:
        if customer is not None or len(portfolios) < 2:
            del self.fields["portfolio"]
            return
        choice = self.fields["portfolio"]
        assert isinstance(choice, forms.ModelChoiceField)
        choice.queryset = Portfolio.objects.filter(pk__in=[each.pk for each in portfolios]).order_by("name")

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

    def clean_seen(self) -> dict[str, str]:
        """The fields as they were shown; nothing where a page sends something else."""
        try:
            sent = json.loads(self.cleaned_data[SEEN])
        except ValueError:
            return {}
        return {name: str(text) for name, text in sent.items()} if isinstance(sent, dict) else {}

    def shows_anew(self, customer: Customer) -> None:
        """What was typed stays; from now on it is meant as a change of the record as it is now."""
        now = record_changes.shown(customer, self.fields)
        self.data = {**{name: self.data[name] for name in self.data}, SEEN: json.dumps(now)}

    def clean_consent_size(self) -> str:
        """What was not chosen stays as it is."""
        return str(self.cleaned_data[SIZE] or self.fields[SIZE].initial)

    def clean_target_date(self) -> Any:
        """A day that is still to come, or the one that was known before."""
        date = self.cleaned_data["target_date"]
        known = self._customer.target_date if self._customer else None
        if date and date != known and date < timezone.localdate(clock.now()):
            raise forms.ValidationError(_("This date is in the past. Choose a later one."), code="past")
        return date

    def clean(self) -> dict[str, Any]:
        """The address has to be one of the product's, or the customer's own with a reason; a frozen one stays."""
        cleaned = super().clean()
        if self.frozen:
            self._leave_alone()
        elif cleaned.get("product") and cleaned.get("haiilo_host") and not self._is_as_before(cleaned):
            self._check_host(cleaned)
        return cleaned

    def _leave_alone(self) -> None:
        """A page that was opened before they were frozen still sends them."""
        sent = {name: self.data[name] for name in ADDRESS if name in self.data}
        if any(value != getattr(self._customer, name) for name, value in sent.items()):
            self.add_error(None, forms.ValidationError(_("Product and address were locked meanwhile."), code="frozen"))

    def _is_as_before(self, cleaned: Mapping[str, Any]) -> bool:
        return self._customer is not None and all(cleaned[name] == getattr(self._customer, name) for name in ADDRESS)

    def _check_host(self, cleaned: dict[str, Any]) -> None:
        product, typed = cleaned["product"], cleaned["haiilo_host"]
        try:
            cleaned["haiilo_host"] = hosts.checked(product, typed, own=bool(cleaned.get(OWN)))
        except HostRefused as refused:
            self.add_error("haiilo_host", forms.ValidationError(str(refused.sentence), code="refused"))
            if OWN in self.fields and _may_be_own(product, typed):
                self._ask_about_own()

    def _ask_about_own(self) -> None:
        self.fields[OWN].widget, self.fields[OWN].required = forms.TextInput(), True

    @property
    def is_own_address(self) -> bool:
        """Whether the address is the customer's own, so that it takes a second person."""
        return not hosts.is_haiilos(self.cleaned_data["product"], self.cleaned_data["haiilo_host"])

    @property
    def portfolio_chosen(self) -> Portfolio:
        """Where the customer belongs."""
        return self._only_portfolio or self.cleaned_data["portfolio"]

    def record(self) -> dict[str, Any]:
        """The cleaned fields of the record, ready for the services."""
        return {name: self.cleaned_data[name] for name in (*FIELDS, SIZE) if name in self.fields}


def _may_be_own(product: str, typed: str) -> bool:
    try:
        hosts.checked(product, typed, own=True)
    except HostRefused:
        return False
    return True
