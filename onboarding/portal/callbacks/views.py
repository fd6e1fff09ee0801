"""Where Microsoft sends the browser back to: after the sign-in, and after the consent page."""

from __future__ import annotations

from collections.abc import Mapping

from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from graphclient import GraphError
from onboarding.causes import trip
from onboarding.consent import afterwards, return_visit, round_trip
from onboarding.models import Link
from onboarding.portal.shared.approver import ApproverForm, ask_who_approves
from onboarding.portal.shared.problems import closed_page, problem_page
from onboarding.portal.shared.trips import answer_of, is_returning, take_return, take_sign_in, trip_problem
from onboarding.web import access
from onboarding.web.private import kept_private


@csp_update({"form-action": ["https:"]})  # the button that begins again leads to where the link's button does
@kept_private
@require_GET
def signed_in(request: HttpRequest) -> HttpResponse:
    """Microsoft sends the browser here after the sign-in; it goes on to the consent page of the same tenant."""
    params = answer_of(request)
    if is_returning(request, params["state"]):
        return _finish_return(request, params)
    flow = take_sign_in(request, params["state"])
    try:
        begun = round_trip.finish_sign_in(flow, params, browser=access.browser_of(request))
    except round_trip.ConsentProblem as problem:
        return _heard_again(request, problem, params)
    request.session.cycle_key()
    if begun.approved is not None:
        return _to_progress(request, begun.approved)
    if begun.without_role is not None:
        access.may_forward(request, begun.without_role)
        return ask_who_approves(request, begun.without_role, ApproverForm(), reverse("approver"), go_on=begun.url)
    return HttpResponseRedirect(begun.url)


@csp_update({"form-action": ["https:"]})  # the button that begins again leads to where the link's button does
@kept_private
@require_GET
def granted(request: HttpRequest) -> HttpResponse:
    """Microsoft sends the browser here after the consent page."""
    params = answer_of(request)
    try:
        outcome = round_trip.record_consent(params, browser=access.browser_of(request))
    except round_trip.ConsentProblem as problem:
        return _heard_again(request, problem, params)
    return _to_progress(request, outcome.link)


def _heard_again(request: HttpRequest, problem: round_trip.ConsentProblem, params: Mapping[str, str]) -> HttpResponse:
    """Where an answer leads that does not count: perhaps it is one that this browser has brought before."""
    try:
        outcome = afterwards.hear_again(problem, params, browser=access.browser_of(request))
    except round_trip.ConsentProblem as told:
        return trip_problem(request, told, is_answer=True)
    return _to_progress(request, outcome.link)


def _to_progress(request: HttpRequest, link: Link) -> HttpResponse:
    request.session[access.LINK_OF_SESSION] = link.pk
    return redirect("progress")


def _finish_return(request: HttpRequest, params: dict[str, str]) -> HttpResponse:
    """Microsoft sends the browser here after the sign-in; the answer counts once."""
    pk, begun_at, flow = take_return(request, params["state"])
    link = Link.objects.select_related("onboarding__customer", "created_by").filter(pk=pk).first()
    if link is None:
        return problem_page(request, trip.UNKNOWN)
    try:
        same = return_visit.finish(link, flow, params, begun_at=begun_at)
    except GraphError:
        return problem_page(request, trip.MICROSOFT_DOWN, link=link, is_answer=True)
    if not same:
        return closed_page(request, link, is_answer=True) if link.condition() != "open" else redirect("progress")
    request.session.cycle_key()
    request.session[access.LINK_OF_SESSION] = link.pk
    return redirect("progress")
