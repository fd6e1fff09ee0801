"""The page for what can go wrong on the way of a customer's admin: its words come from the entries of the trip."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from onboarding.causes.base import Cause
from onboarding.causes.index import lookup
from onboarding.causes.trip import CLOSED, Act, Ending
from onboarding.domain import consent_sizes
from onboarding.models import Link
from onboarding.portal.shared import link_view
from onboarding.portal.shared.approver import ApproverForm
from onboarding.portal.shared.forwarding import forwarding
from onboarding.web import access


def problem_page(
    request: HttpRequest,
    ending: Ending,
    *,
    link: Link | None = None,
    code: str = "",
    request_id: str = "",
    said: str = "",
    is_answer: bool = False,
    token: str = "",
) -> HttpResponse:
    """The page for one ending. `is_answer`: its address is a callback's, which cannot be opened a second time.

    With the `token` of the link the page leads back to it; of a link that is used up, who approved may come back.
    `said` is Microsoft's own sentence, shown where no entry knows the code.
    """
    view = link_view.link_view(link) if link else None
    known = lookup(code) if code else None
    told = ending.told_by(known)
    context = {
        "kind": ending.code,
        "headline": ending.title(),
        "sentence": told.for_customer({}),
        "said": said if known is None and ending.reads_code else "",
        "needs": needs_of(told),
        "detail": " · ".join(part for part in (code, request_id) if part),
        "is_for_another": ending.acts[0] is Act.NAME_APPROVER,
        "acts": _acts(request, ending, told, link, token),
        "view": view,
        "forwarding": forwarding(view) if view else None,
        "client_id": (view.size if view else consent_sizes.STANDARD).client_id,
        "is_answer": is_answer,
        "form": ApproverForm() if view else None,
        "action": reverse("approver"),
        "token": token,
    }
    return render(request, "portal/problem.html", context, status=ending.status)


def needs_of(cause: Cause) -> dict[str, Any] | None:
    """The role and the click path of an act in a portal, as `parts/portal/needs.html` shows them; None without one."""
    if cause.needs is None or cause.needs.path is None:
        return None
    return {"role": cause.needs.role, "path": cause.needs.path.sentences({})}


def _acts(request: HttpRequest, ending: Ending, told: Cause, link: Link | None, token: str) -> set[str]:
    """What the page offers: only what is possible for this browser with this link."""
    works = link is not None and link.condition() == "open"
    remembered = works and access.forwarded_link(request) == link
    possible = {
        Act.OPEN_AGAIN: works and (bool(token) or remembered),
        Act.NAME_APPROVER: works and remembered,
        Act.RETURN: bool(token) or (link is not None and access.forwarded_link(request) == link),
        Act.WRITE_TO_US: True,
    }
    return {act.value for act in ending.acts if possible[act]}


def closed_page(request: HttpRequest, link: Link, *, is_answer: bool = False, token: str = "") -> HttpResponse:
    """The page for a link that is used up, withdrawn or too old."""
    return problem_page(request, CLOSED[link.condition()], link=link, is_answer=is_answer, token=token)
