"""The pages of the customer's admin: the link, the round trip to Microsoft, and the progress afterwards."""

from __future__ import annotations

from typing import Any

from csp.decorators import csp_update
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext_noop as _
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from onboarding.consent import round_trip as consent
from onboarding.domain.lifecycle import State
from onboarding.domain.sentences import say
from onboarding.domain.verdicts import Court
from onboarding.models import Link, StepState
from onboarding.models.link import digest
from onboarding.portal.approver.forms import ApproverForm
from onboarding.portal.approver.views import role_hint
from onboarding.portal.forwarding import forwarding
from onboarding.portal.link import queries
from onboarding.portal.problems import closed_page, problem_page
from onboarding.portal.return_visit import views as returning
from onboarding.portal.stages import just_approved, just_renewed, renewal_of, stages
from onboarding.web import access
from onboarding.web.page import page
from onboarding.web.private import kept_private

Kind = StepState.Kind
SIGN_INS = "sign_ins"  # in the session: what msal needs when the browser comes back, by the hash of the state
MOST_SIGN_INS = 4  # tabs in which a sign-in was begun and not finished


def _unknown(request: HttpRequest) -> HttpResponse:
    return problem_page(request, "unknown", say(_("Check that you have the whole link, or ask for a new one.")))


def _problem(request: HttpRequest, problem: consent.ConsentProblem, *, is_answer: bool) -> HttpResponse:
    if is_answer and problem.link is not None:
        access.may_forward(request, problem.link)
    return problem_page(
        request,
        problem.kind,
        problem.sentence,
        link=problem.link,
        code=problem.code,
        request_id=problem.request_id,
        is_answer=is_answer,
    )


# The button's way leads through Microsoft to wherever the customer's tenant signs people in, perhaps a federated host
# of theirs; browsers hold every hop of a form's redirects against form-action.
@csp_update({"form-action": ["https:"]})  # type: ignore[arg-type] # its annotation knows no views with arguments
@kept_private
@require_safe
def link(request: HttpRequest, token: str) -> HttpResponse:
    """What will happen and what we ask for. Opening it never uses the link up: mail scanners open links too."""
    found = access.link_for(token)
    if found is None:
        return _unknown(request)
    if access.link_of_session(request) == found:
        return redirect("progress")
    if found.condition() != "open":
        return closed_page(request, found, token=token)
    if request.method == "GET":
        consent.link_seen(found)
    view = queries.link_view(found)
    address = settings.PUBLIC_URL + reverse("link", args=[token])
    context = {
        "view": view,
        "token": token,
        "is_ready": consent.expected_tenant(found) is not None,
        "forwarding": forwarding(view, address),
        "client_id": view.size.client_id,
        "owner": {"client_id": view.size.client_id},
        "form": ApproverForm(),
        "action": reverse("approver_by_link", args=[token]),
    }
    return render(request, "link/link.html", context)


@kept_private
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, token: str) -> HttpResponse:
    """The button of the link page: on to Microsoft's sign-in page of the customer's tenant."""
    if request.method != "POST":
        return redirect("link", token)
    found = access.link_for(token)
    if found is None:
        return _unknown(request)
    return to_microsoft(request, found)


def to_microsoft(request: HttpRequest, found: Link) -> HttpResponse:
    """On to Microsoft's sign-in page for the consent that `found` is about, or the page that says why not."""
    try:
        begun = consent.begin_sign_in(found, browser=access.remember_browser(request))
    except consent.ConsentProblem as problem:
        return _problem(request, problem, is_answer=False)
    _keep(request, begun.flow)
    return HttpResponseRedirect(begun.url)


@kept_private
@require_GET
def signed_in(request: HttpRequest) -> HttpResponse:
    """Microsoft sends the browser here after the sign-in; it goes on to the consent page of the same tenant."""
    if returning.is_returning(request):
        return returning.finish(request)
    params = request.GET.dict()
    flow = _take(request, params.get("state", ""))
    try:
        begun = consent.finish_sign_in(flow, params, browser=access.browser_of(request))
    except consent.ConsentProblem as problem:
        return _problem(request, problem, is_answer=True)
    request.session.cycle_key()
    if begun.without_role is not None:
        access.may_forward(request, begun.without_role)
        return role_hint(request, begun.without_role, begun.url)
    return HttpResponseRedirect(begun.url)


@kept_private
@require_GET
def granted(request: HttpRequest) -> HttpResponse:
    """Microsoft sends the browser here after the consent page."""
    try:
        outcome = consent.record_consent(request.GET.dict(), browser=access.browser_of(request))
    except consent.ConsentProblem as problem:
        return _problem(request, problem, is_answer=True)
    request.session[access.LINK_OF_SESSION] = outcome.link.pk
    return redirect("progress")


@csp_update({"form-action": ["https:"]})  # "Approve again" leads to where the link's button does
@kept_private
@require_safe
def progress(request: HttpRequest) -> HttpResponse:
    """How far we are, for the browser that consented. Asks again by itself only while something moves."""
    found = access.link_of_session(request)
    if found is None:
        return problem_page(
            request, "no_session", say(_("This browser has not approved anything here, or too long ago."))
        )
    return page(request, "link/progress.html", "progress", _standing(queries.link_view(found)))


def _standing(view: queries.LinkView) -> dict[str, Any]:
    """What the progress page shows beside the view itself."""
    paused = view.link.onboarding.state == State.PAUSED
    arrived = view.arrived.created + view.arrived.updated
    pending = any(just_approved(step) for step in view.steps) or just_renewed(view.steps)
    asking = [
        step
        for step in view.steps
        if step.is_current and step.kind == Kind.ASKING and step.court == Court.CUSTOMER and not pending
    ]
    access_open = any(step.key in ("consent", "readiness") and step.kind != Kind.DONE for step in view.steps)
    stepping = view.step_down if view.is_about_watching and not access_open else None
    return {
        "view": view,
        "stepping": stepping,
        "stages": stages(view.steps),
        "live": all(step.kind == Kind.DONE for step in view.steps),
        "asks": asking[0].sentence if asking else "",
        "owner": asking[0].offers.get("owner") if asking else None,
        "owned_beside": asking[0].offers.get("owned_beside") if asking else None,
        "renewal": renewal_of(asking[0] if asking else None, stepping),
        "arrived": arrived,
        "shown": number_format(arrived, force_grouping=True),
        "scope_text": number_format(view.in_scope, force_grouping=True) if view.in_scope else "",
        "moving": (view.moving or pending or (stepping is not None and stepping.waits)) and not paused,
        "paused": paused,
    }


def _keep(request: HttpRequest, flow: Any) -> None:
    kept = {**request.session.get(SIGN_INS, {}), digest(flow["state"]): dict(flow)}
    request.session[SIGN_INS] = dict(list(kept.items())[-MOST_SIGN_INS:])


def _take(request: HttpRequest, state: str) -> dict[str, Any]:
    """What was kept for this state, and no longer; empty when this browser has begun no such sign-in."""
    kept = dict(request.session.get(SIGN_INS, {}))
    flow: dict[str, Any] = kept.pop(digest(state), {})
    if flow:
        request.session[SIGN_INS] = kept
    return flow
