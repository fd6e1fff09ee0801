"""The customer's contacts: who they are, and the personal link of each."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from onboarding.customers import base
from onboarding.customers import contacts as customer_contacts
from onboarding.domain.input_fields import focus_first_error
from onboarding.models import Contact, Link, Onboarding
from onboarding.staff.contacts.forms import ContactForm
from onboarding.staff.contacts.queries import contacts as cards_of
from onboarding.steps.customer.step import CustomerRecord
from onboarding.web import access
from onboarding.web.acts import done
from onboarding.web.expected_tenant import expected_tenant
from onboarding.web.staff_only import for_staff


@for_staff
@require_safe
def contacts(request: HttpRequest, pk: int) -> HttpResponse:
    """All contacts of the customer, with what became of their links."""
    return _show(request, access.onboarding_for(request, pk), ContactForm())


@for_staff
@require_http_methods(["GET", "HEAD", "POST"])
def contact_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Name one more person."""
    onboarding = access.onboarding_for(request, pk)
    if request.method != "POST":
        return redirect("contacts", pk)
    form = ContactForm(request.POST)
    add = partial(customer_contacts.add_contact, onboarding, actor=access.staff(request))
    return _kept(request, pk, form, add, _("Contact added.")) or _show(request, onboarding, form)


@for_staff
@require_http_methods(["GET", "HEAD", "POST"])
def contact_change(request: HttpRequest, pk: int, contact_pk: int) -> HttpResponse:
    """Change a contact; what was typed stays where it is not good enough."""
    onboarding = access.onboarding_for(request, pk)
    contact = _contact(onboarding, contact_pk)
    form = ContactForm(request.POST if request.method == "POST" else None, contact=contact)
    change = partial(customer_contacts.change_contact, contact, actor=access.staff(request))
    return _kept(request, pk, form, change, _("Contact saved.")) or _show(request, onboarding, form, changed=contact_pk)


@for_staff
@require_POST
def contact_remove(request: HttpRequest, pk: int, contact_pk: int) -> HttpResponse:
    """Take a contact off; their link ends at once."""
    contact = _contact(access.onboarding_for(request, pk), contact_pk)
    done(
        request,
        lambda: customer_contacts.remove_contact(contact, actor=access.staff(request)),
        _("The contact was removed, and their link no longer works."),
    )
    return redirect("contacts", pk)


@for_staff
@require_http_methods(["GET", "HEAD", "POST"])
def contact_link(request: HttpRequest, pk: int, contact_pk: int) -> HttpResponse:
    """A fresh link for one contact: by letter, or shown this once, so that it is kept nowhere on our side."""
    onboarding = access.onboarding_for(request, pk)
    if request.method != "POST":
        return redirect("contacts", pk)
    contact, actor = _contact(onboarding, contact_pk), access.staff(request)
    try:
        if request.POST.get("how") != "letter":
            link, token = customer_contacts.link_by_hand(contact, actor=actor)
            address = settings.PUBLIC_URL + reverse("link", args=[token])
            return _show(request, onboarding, ContactForm(), new_link=address, made=link)
        letter = customer_contacts.link_by_letter(contact, actor=actor)
    except base.Refused as refused:
        messages.warning(request, str(refused.sentence))
        return redirect("contacts", pk)
    if letter.state != letter.State.DRAFT:
        messages.success(request, _("The e-mail is being sent, with a new link."))
        return redirect("contacts", pk)
    return redirect("letter", pk, letter.pk)


def _kept(
    request: HttpRequest, pk: int, form: ContactForm, keep: Callable[..., object], told: str
) -> HttpResponse | None:
    """The way back to the contacts once what was typed is kept; None while it is not good enough."""
    if not form.is_valid():
        return None
    kept = done(request, lambda: keep(**form.contact()), told, form=form, field="email")
    return redirect("contacts", pk) if kept else None


def _contact(onboarding: Onboarding, contact_pk: int) -> Contact:
    contact = onboarding.contacts.select_related("onboarding__customer__owner").filter(pk=contact_pk).first()
    if contact is None:
        raise Http404
    return contact


def _show(
    request: HttpRequest,
    onboarding: Onboarding,
    form: ContactForm,
    *,
    changed: int | None = None,
    new_link: str = "",
    made: Link | None = None,
) -> HttpResponse:
    focus_first_error(form)
    context = {
        "onboarding": onboarding,
        "customer": onboarding.customer,
        "cards": cards_of(onboarding),
        "no_link": base.why_no_link(onboarding.steps.filter(key=CustomerRecord.key).first()),
        "no_letter": customer_contacts.why_no_letter(onboarding),
        "tenant": expected_tenant(onboarding),
        "form": form,
        "changed": changed,
        "new_link": new_link,
        "made": made,
    }
    response = render(request, "staff/contacts.html", context)
    if new_link:
        response["Cache-Control"] = "no-store"
    return response
