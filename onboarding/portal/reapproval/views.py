"""“Approve again” on the progress page: straight on to Microsoft, for everything that we ask for."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from onboarding.consent import reapproval
from onboarding.customers.base import Refused
from onboarding.portal.shared.trips import to_microsoft
from onboarding.web import access
from onboarding.web.private import kept_private

RENEWAL = "renewal"  # in the session: the link that an earlier click made


@kept_private
@require_http_methods(["GET", "HEAD", "POST"])
def renew(request: HttpRequest) -> HttpResponse:
    """The button of the progress page, for a browser that may see it."""
    link = access.link_of_session(request)
    if request.method != "POST" or link is None:
        return redirect("progress")
    try:
        renewal = reapproval.renew(link, earlier=request.session.get(RENEWAL))
    except Refused:
        return redirect("progress")
    request.session[RENEWAL] = renewal.pk
    return to_microsoft(request, renewal)
