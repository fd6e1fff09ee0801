"""The used-up link, opened again: its own admin signs in and is shown how far we are. Everybody else is not."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_http_methods

from graphclient import GraphError
from onboarding.consent import return_visit as returning
from onboarding.consent import round_trip as consent
from onboarding.domain.sentences import say
from onboarding.engine import graph_access as connect
from onboarding.models import Link
from onboarding.models.link import digest
from onboarding.portal.problems import closed_page, problem_page
from onboarding.web import access
from onboarding.web.private import kept_private

RETURNS = "returns"  # in the session: link, beginning and msal's part of it, by the hash of the state
MOST_RETURNS = 2


@kept_private
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, token: str) -> HttpResponse:
    """The button on the page of a used-up link."""
    if request.method != "POST":
        return redirect("link", token)
    link = access.link_for(token)
    try:
        begun = returning.begin(link) if link else None
    except GraphError:
        return problem_page(request, "microsoft_down", say(consent.DOWN), link=link)
    if link is None or begun is None:
        return redirect("link", token)
    access.remember_browser(request)
    kept = {
        **request.session.get(RETURNS, {}),
        digest(begun.flow["state"]): [link.pk, timezone.now().timestamp(), dict(begun.flow)],
    }
    request.session[RETURNS] = dict(list(kept.items())[-MOST_RETURNS:])
    return HttpResponseRedirect(connect.reroutes().url(begun.url))


def is_returning(request: HttpRequest) -> bool:
    """Whether the answer that this browser brings from Microsoft is to a return begun here."""
    return digest(request.GET.get("state", "")) in request.session.get(RETURNS, {})


def finish(request: HttpRequest) -> HttpResponse:
    """Microsoft sends the browser here after the sign-in; the answer counts once."""
    pk, begun_at, flow = _take(request)
    link = Link.objects.select_related("onboarding__customer", "created_by").filter(pk=pk).first()
    if link is None:
        return problem_page(request, "unknown", say(_("Check that you have the whole link, or ask for a new one.")))
    try:
        same = returning.finish(link, flow, request.GET.dict(), begun_at=begun_at)
    except GraphError:
        return problem_page(request, "microsoft_down", say(consent.DOWN), link=link, is_answer=True)
    if not same:
        return closed_page(request, link, is_answer=True) if link.condition() != "open" else redirect("progress")
    request.session.cycle_key()
    request.session[access.LINK_OF_SESSION] = link.pk
    return redirect("progress")


def _take(request: HttpRequest) -> tuple[int, float, dict[str, Any]]:
    kept = dict(request.session[RETURNS])
    pk, begun_at, flow = kept.pop(digest(request.GET["state"]))
    request.session[RETURNS] = kept
    return pk, begun_at, flow
