"""What can go wrong on the way of a customer's admin: a headline and a status each. The advice is in the template."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as _

from onboarding.causes.index import explain_code, is_known
from onboarding.domain import consent_sizes
from onboarding.domain.sentences import Sentence, say
from onboarding.domain.verdicts import Court
from onboarding.models import Link
from onboarding.portal.shared import link_view
from onboarding.portal.shared.approver import ApproverForm
from onboarding.portal.shared.forwarding import forwarding


@dataclass(frozen=True)
class Reading:
    """How a page begins that tells of a problem."""

    headline: str | Promise
    status: int


READINGS = {
    "unknown": Reading(gettext_lazy("We do not know this link"), 404),
    "no_session": Reading(gettext_lazy("Open your link to see how far we are"), 404),
    "used": Reading(gettext_lazy("This link has done its work"), 410),
    "expired": Reading(gettext_lazy("This link has expired"), 410),
    "revoked": Reading(gettext_lazy("This link was withdrawn"), 410),
    "link_closed": Reading(gettext_lazy("This link no longer works"), 410),
    "not_ready": Reading(gettext_lazy("We are not ready for you yet"), 409),
    "microsoft_down": Reading(gettext_lazy("Microsoft does not answer"), 503),
    "declined": Reading(gettext_lazy("You declined"), 200),
    "not_allowed": Reading(gettext_lazy("Somebody else has to approve this"), 403),
    "wrong_tenant": Reading(gettext_lazy("That was another organisation"), 400),
    "wrong_account": Reading(gettext_lazy("That account does not belong here"), 400),
    "blocked": Reading(gettext_lazy("Your organisation blocked the sign-in"), 403),
    "failed": Reading(gettext_lazy("Microsoft ended this with an error"), 400),
    "forged": Reading(gettext_lazy("We cannot accept this answer"), 400),
    "too_late": Reading(gettext_lazy("That took too long"), 400),
    "too_many": Reading(gettext_lazy("Too many tries"), 429),
}
WHO_ACTS: dict[Court, str | Promise] = {
    Court.CUSTOMER: gettext_lazy("Who acts: you, or another administrator of your organisation."),
    Court.CS: gettext_lazy("Who acts: your contact at Haiilo, together with you."),
    Court.HAIILO: gettext_lazy("Who acts: the engineers at Haiilo. You need not do anything."),
    Court.MICROSOFT: gettext_lazy("Who acts: nobody. Wait a few minutes, then try again."),
}
CLOSED = {
    "used": _("Somebody has signed in with it and approved already. Each link works once."),
    "expired": _("Nothing was changed at your end. Ask us for a new one; it takes us a minute."),
    "revoked": _("There may be a newer one in your mail. If not, ask us for a new one."),
}


def problem_page(
    request: HttpRequest,
    kind: str,
    sentence: Sentence | str,
    *,
    link: Link | None = None,
    code: str = "",
    request_id: str = "",
    is_answer: bool = False,
    token: str = "",
) -> HttpResponse:
    """The page for one problem. `is_answer`: its address is a callback's, which cannot be opened a second time.

    With the `token` of a link that is used up, who approved by it may come back.
    """
    reading = READINGS[kind]
    view = link_view.link_view(link) if link else None
    context = {
        "kind": kind,
        "headline": reading.headline,
        "sentence": str(sentence),
        "detail": " · ".join(part for part in (code, request_id) if part),
        **_explained(code, sentence),
        "view": view,
        "forwarding": forwarding(view) if view else None,
        "client_id": (view.size if view else consent_sizes.STANDARD).client_id,
        "is_answer": is_answer,
        "form": ApproverForm() if view else None,
        "action": reverse("approver"),
        "token": token,
    }
    return render(request, "portal/problem.html", context, status=reading.status)


def _explained(code: str, sentence: Sentence | str) -> dict[str, str | Promise]:
    """What the catalogue says about the code, unless the page begins with it, and who has to act."""
    if not is_known(code):
        return {"explanation": "", "who_acts": WHO_ACTS[Court.CS] if code else ""}
    explanation, court = explain_code(code)
    return {"explanation": "" if explanation == sentence else str(explanation), "who_acts": WHO_ACTS[court]}


def closed_page(request: HttpRequest, link: Link, *, is_answer: bool = False, token: str = "") -> HttpResponse:
    """The page for a link that is used up, withdrawn or too old."""
    sentence = say(CLOSED[link.condition()])
    return problem_page(request, link.condition(), sentence, link=link, is_answer=is_answer, token=token)
