"""A browser's trips to Microsoft: what its session keeps meanwhile, and where a problem leads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from onboarding.consent import round_trip
from onboarding.consent.afterwards import own_state
from onboarding.models import Link, clock
from onboarding.models.link import digest
from onboarding.portal.shared.problems import problem_page
from onboarding.web import access

SIGN_INS = "sign_ins"  # in the session: what msal needs when the browser comes back, by the hash of the state
MAX_SIGN_INS = 4  # tabs in which a sign-in was begun and not finished
RETURNS = "returns"  # in the session: link, beginning and msal's part of a return visit, by the hash of the state
MAX_RETURNS = 2


def to_microsoft(request: HttpRequest, found: Link, *, token: str = "") -> HttpResponse:
    """On to Microsoft's sign-in page for the consent that `found` is about, or the page that says why not.

    With its `token` that page leads back to the link.
    """
    try:
        begun = round_trip.begin_sign_in(
            found, browser=access.remember_browser(request), source=access.source_of(request)
        )
    except round_trip.ConsentProblem as problem:
        return trip_problem(request, problem, is_answer=False, token=token)
    _keep_sign_in(request, begun.flow)
    return HttpResponseRedirect(begun.url)


def trip_problem(
    request: HttpRequest, problem: round_trip.ConsentProblem, *, is_answer: bool, token: str = ""
) -> HttpResponse:
    """The page for a trip that ended otherwise than with an approval. `is_answer`: its address is a callback's."""
    if is_answer and problem.link is not None:
        access.may_forward(request, problem.link)
    return problem_page(
        request,
        problem.ending,
        link=problem.link,
        code=problem.code,
        request_id=problem.request_id,
        said=problem.said,
        is_answer=is_answer,
        token=token,
    )


def _keep_sign_in(request: HttpRequest, flow: Any) -> None:
    kept = {**request.session.get(SIGN_INS, {}), digest(flow["state"]): dict(flow)}
    request.session[SIGN_INS] = dict(list(kept.items())[-MAX_SIGN_INS:])


def take_sign_in(request: HttpRequest, state: str) -> dict[str, Any]:
    """What was kept for this state, and no longer; empty when this browser has begun no such sign-in."""
    kept = dict(request.session.get(SIGN_INS, {}))
    flow: dict[str, Any] = kept.pop(digest(state), {})
    if flow:
        request.session[SIGN_INS] = kept
    return flow


def keep_return(request: HttpRequest, link: Link, flow: Mapping[str, Any]) -> None:
    """Remember a return visit that was begun, until Microsoft sends the browser back."""
    kept = {
        **request.session.get(RETURNS, {}),
        digest(flow["state"]): [link.pk, clock.now().timestamp(), dict(flow)],
    }
    request.session[RETURNS] = dict(list(kept.items())[-MAX_RETURNS:])


def answer_of(request: HttpRequest) -> dict[str, str]:
    """What Microsoft's answer says; its state is our own one, or empty."""
    return {**request.GET.dict(), "state": own_state(request.GET.getlist("state"))}


def is_returning(request: HttpRequest, state: str) -> bool:
    """Whether the answer that this browser brings from Microsoft is to a return visit begun here."""
    return digest(state) in request.session.get(RETURNS, {})


def take_return(request: HttpRequest, state: str) -> tuple[int, float, dict[str, Any]]:
    """Key of the link, time of the beginning (seconds since 1970) and msal's part of a return visit; no longer kept."""
    kept = dict(request.session[RETURNS])
    pk, begun_at, flow = kept.pop(digest(state))
    request.session[RETURNS] = kept
    return pk, begun_at, flow
