"""The used-up link, opened again: its own admin signs in and is shown how far we are. Everybody else is not."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from graphclient import Begun, GraphError
from onboarding.causes import trip
from onboarding.consent import return_visit
from onboarding.engine import graph_access
from onboarding.models import Link
from onboarding.portal.shared.problems import problem_page
from onboarding.portal.shared.trips import keep_return
from onboarding.web import access
from onboarding.web.private import kept_private


@kept_private
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, token: str) -> HttpResponse:
    """The button on the page of a used-up link."""
    if request.method != "POST":
        return redirect("link", token)
    link = access.link_for(token)
    try:
        begun = return_visit.begin(link) if link else None
    except GraphError:
        return problem_page(request, trip.MICROSOFT_DOWN, link=link, token=token)
    if link is None or begun is None:
        return redirect("link", token)
    return _to_sign_in(request, link, begun)


@kept_private
@require_http_methods(["GET", "HEAD", "POST"])
def begin_again(request: HttpRequest) -> HttpResponse:
    """The same, from the page of a browser that came back from Microsoft; its session knows the link."""
    link = access.forwarded_link(request)
    try:
        begun = return_visit.begin(link) if link and request.method == "POST" else None
    except GraphError:
        return problem_page(request, trip.MICROSOFT_DOWN, link=link)
    if link is None or begun is None:
        return problem_page(request, trip.NO_SESSION)
    return _to_sign_in(request, link, begun)


def _to_sign_in(request: HttpRequest, link: Link, begun: Begun) -> HttpResponse:
    access.remember_browser(request)
    keep_return(request, link, begun.flow)
    return HttpResponseRedirect(graph_access.reroutes().url(begun.url))
