"""What a customer's security reviewer wants to know, on one page that prints well."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_safe

from onboarding.domain.consent_sizes import Size
from onboarding.domain.sentences import say
from onboarding.models import Onboarding
from onboarding.portal.problems import closed_page, problem_page
from onboarding.web import access
from onboarding.web.private import kept_private
from onboarding.web.staff_only import for_staff


@kept_private
@require_safe
def by_link(request: HttpRequest, token: str) -> HttpResponse:
    """For whoever holds a link that works; no sign-in, and the link is not used up."""
    found = access.link_for(token)
    if found is None:
        return problem_page(request, "unknown", say(_("Check that you have the whole link, or ask for a new one.")))
    if found.condition() != "open":
        return closed_page(request, found)
    return _pack(request, found.onboarding, found.size, token=token)


@for_staff
@require_safe
def for_staff_to_send(request: HttpRequest, pk: int) -> HttpResponse:
    """The same page for customer success."""
    onboarding = access.onboarding_for(request, pk)
    return _pack(request, onboarding, onboarding.size)


def _pack(request: HttpRequest, onboarding: Onboarding, size: Size, *, token: str = "") -> HttpResponse:
    """Everything here is what the code does (tests/pages/test_security_pack.py), or what a setting says."""
    customer, owner = onboarding.customer, onboarding.customer.owner
    context = {
        "customer": customer,
        "size": size,
        "owner": (owner.get_full_name() or owner.get_username()) if owner else "",
        "owner_email": owner.email if owner else "",
        "security_contact": settings.SECURITY_CONTACT,
        "region": settings.DATA_REGION,
        "retention_days": max(settings.RETENTION_DAYS, 0),
        "subprocessors": settings.SUBPROCESSORS,
        "publisher": settings.PUBLISHER,
        "sender": settings.DEFAULT_FROM_EMAIL,
        "address": f"{settings.PUBLIC_URL}/",
        "token": token,
    }
    return render(request, "link/security_pack.html", context)
