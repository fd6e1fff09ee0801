"""What a customer's security reviewer wants to know, by a personal link."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from onboarding.causes import trip
from onboarding.portal.shared.problems import closed_page, problem_page
from onboarding.web import access
from onboarding.web.private import kept_private
from onboarding.web.security_pack import security_pack_page


@kept_private
@require_safe
def security_pack(request: HttpRequest, token: str) -> HttpResponse:
    """For whoever holds a link that works; no sign-in, and the link is not used up."""
    found = access.link_for(token)
    if found is None:
        return problem_page(request, trip.UNKNOWN)
    if found.condition() != "open":
        return closed_page(request, found)
    return security_pack_page(request, found.onboarding, found.size, token=token)
