"""“I can't approve this”: the holder of a link names somebody who can, and gets a page to forward."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from onboarding.causes import trip
from onboarding.consent import delegation, round_trip
from onboarding.customers.base import Refused
from onboarding.domain.input_fields import focus_first_error
from onboarding.invites import links
from onboarding.models import Link
from onboarding.portal.shared import link_view
from onboarding.portal.shared.approver import ApproverForm, ask_who_approves
from onboarding.portal.shared.forwarding import forwarding
from onboarding.portal.shared.problems import closed_page, problem_page
from onboarding.web import access
from onboarding.web.private import kept_private


@kept_private
@require_http_methods(["GET", "HEAD", "POST"])
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """From the link page."""
    found = access.link_for(token)
    if found is None:
        return problem_page(request, trip.UNKNOWN)
    if request.method != "POST":
        return redirect("link", token)
    return _named(request, found, reverse("approver_by_link", args=[token]), token=token)


@kept_private
@require_http_methods(["GET", "HEAD", "POST"])
def after_refusal(request: HttpRequest) -> HttpResponse:
    """From the page of a browser that came back from Microsoft without an approval; its session knows the link."""
    found = access.forwarded_link(request)
    if found is None:
        return problem_page(request, trip.NO_SESSION)
    if request.method != "POST":
        return ask_who_approves(request, found, ApproverForm(), reverse("approver"))
    return _named(request, found, reverse("approver"))


def _named(request: HttpRequest, link: Link, action: str, *, token: str = "") -> HttpResponse:
    """The page to forward, or the form again. With the holder's own `token` a page leads back to the link."""
    if link.condition() != "open":
        return closed_page(request, link)
    form = ApproverForm(request.POST)
    round_trip.link_seen(link)
    if form.is_valid():
        try:
            made, fresh = delegation.name_approver(link, **form.person(), language=(get_language() or "en")[:2])
        except Refused as refused:
            form.add_error("email", str(refused.sentence))
        else:
            return _forward(request, made, links.address_of(fresh), token)
    focus_first_error(form)
    return ask_who_approves(request, link, form, action, token=token)


def _forward(request: HttpRequest, link: Link, address: str, token: str) -> HttpResponse:
    view = link_view.link_view(link)
    message = forwarding(view, address, recipient=link.contact_email)
    context = {"view": view, "address": address, "forwarding": message, "token": token}
    return render(request, "portal/forwarded.html", context)
