"""The link page: what will happen, what we ask for, and the button that leads to Microsoft."""

from __future__ import annotations

from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from onboarding.causes import trip
from onboarding.causes.clouds import OTHER_CLOUD, named
from onboarding.consent import round_trip
from onboarding.domain.sentences import Sentence
from onboarding.invites import links
from onboarding.models import Link
from onboarding.portal.shared import link_view
from onboarding.portal.shared.approver import ApproverForm
from onboarding.portal.shared.forwarding import forwarding
from onboarding.portal.shared.problems import closed_page, problem_page
from onboarding.portal.shared.trips import to_microsoft
from onboarding.web import access
from onboarding.web.private import kept_private


# The button's way leads through Microsoft to wherever the customer's tenant signs people in, perhaps a federated host
# of theirs; browsers hold every hop of a form's redirects against form-action.
@csp_update({"form-action": ["https:"]})  # type: ignore[arg-type] # its annotation knows no views with arguments
@kept_private
@require_safe
def link(request: HttpRequest, token: str) -> HttpResponse:
    """What will happen and what we ask for. Opening it never uses the link up: mail scanners open links too."""
    found = access.link_for(token)
    if found is None:
        return problem_page(request, trip.UNKNOWN)
    if access.link_of_session(request) == found:
        return redirect("progress")
    if found.condition() != "open":
        return closed_page(request, found, token=token)
    view = link_view.link_view(found)
    address = settings.PUBLIC_URL + reverse("link", args=[token])
    context = {
        "view": view,
        "token": token,
        "is_ready": round_trip.expected_tenant(found) is not None,
        "elsewhere": _elsewhere(found),
        "is_approved": links.is_approved_already(found),
        "forwarding": forwarding(view, address),
        "client_id": view.size.client_id,
        "owner": {"client_id": view.size.client_id},
        "form": ApproverForm(),
        "action": reverse("approver_by_link", args=[token]),
    }
    return render(request, "portal/link.html", context)


def _elsewhere(link: Link) -> Sentence | None:
    """What the admin is told where the tenant is in another Microsoft cloud."""
    state = links.other_cloud(link.onboarding_id)
    return (
        OTHER_CLOUD.for_customer(state.sentence.values if state.sentence else {"cloud": named("")}) if state else None
    )


@kept_private
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, token: str) -> HttpResponse:
    """The button of the link page: on to Microsoft's sign-in page of the customer's tenant."""
    if request.method != "POST":
        return redirect("link", token)
    found = access.link_for(token)
    if found is None:
        return problem_page(request, trip.UNKNOWN)
    return to_microsoft(request, found, token=token)


@kept_private
@require_http_methods(["GET", "HEAD", "POST"])
def begin_again(request: HttpRequest) -> HttpResponse:
    """From the page of a browser that came back from Microsoft without an approval; its session knows the link."""
    found = access.forwarded_link(request)
    if found is None or request.method != "POST":
        return problem_page(request, trip.NO_SESSION)
    return to_microsoft(request, found)
