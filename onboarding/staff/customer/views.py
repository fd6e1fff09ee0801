"""A new customer, and a record that is changed."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from onboarding.customers import addresses, base, proposals, records
from onboarding.domain.input_fields import focus_first_error
from onboarding.models import Customer, Onboarding
from onboarding.staff.customer.forms import OWN, SEEN, CustomerForm
from onboarding.web import access
from onboarding.web.acts import done
from onboarding.web.staff_only import for_staff


@for_staff
@require_http_methods(["GET", "HEAD", "POST"])
def customer_new(request: HttpRequest) -> HttpResponse:
    """Create a customer; what is wrong is said beside the field and what was typed stays."""
    portfolios, main = access.portfolios_of(request), _main(request)
    form = CustomerForm(request.POST if request.method == "POST" else None, portfolios=portfolios, main=main)
    if portfolios and form.is_valid():
        try:
            made = _create(form, access.staff(request), main)
        except base.Refused as refused:
            form.add_error(None, str(refused.sentence))
        else:
            messages.success(request, _("Customer created. Next: send the approval link to the customer's admin."))
            return redirect("record", made.pk)
    return _show(request, form, portfolios=bool(portfolios), main=main)


def _main(request: HttpRequest) -> Customer | None:
    """The customer of whom this is to be a record for another tenant, by the address; None for a new customer."""
    pk = request.GET.get("belongs_to", "")
    return access.onboarding_for(request, int(pk)).customer if pk.isdecimal() else None


def _create(form: CustomerForm, actor: User, main: Customer | None) -> Onboarding:
    given = {"actor": actor, "portfolio": form.portfolio_chosen, "belongs_to": main, **form.record()}
    if form.is_own_address:
        return proposals.create_with_own_address(reason=form.cleaned_data[OWN], **given)
    return records.create_customer(**given)


@for_staff
@require_http_methods(["GET", "HEAD", "POST"])
def customer_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the record; what was concluded from it is read anew."""
    onboarding = access.onboarding_for(request, pk)
    data, frozen = request.POST if request.method == "POST" else None, addresses.is_frozen(onboarding)
    form = CustomerForm(data, customer=onboarding.customer, frozen=frozen)
    if form.is_valid():
        given = {"actor": access.staff(request), "seen": form.cleaned_data[SEEN], **form.record()}
        change = partial(records.update_customer, onboarding, **given)
        if done(request, change, _("Saved. Everything is being checked again."), form=form):
            return redirect("record", pk)
        onboarding.customer.refresh_from_db()
        form.shows_anew(onboarding.customer)
    return _show(request, form, onboarding=onboarding, portfolios=True)


def _show(
    request: HttpRequest,
    form: CustomerForm,
    *,
    portfolios: bool,
    onboarding: Onboarding | None = None,
    main: Customer | None = None,
) -> HttpResponse:
    focus_first_error(form)
    context = {"form": form, "onboarding": onboarding, "has_portfolio": portfolios, "main": main}
    return render(request, "staff/customer_form.html", context)
