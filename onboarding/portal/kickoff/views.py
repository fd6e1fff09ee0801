"""The questions of the kick-off, for whoever has a personal link."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from onboarding.causes import trip
from onboarding.consent import round_trip
from onboarding.customers import kickoff
from onboarding.domain.input_fields import focus_first_error
from onboarding.models import Link, Questionnaire
from onboarding.portal.shared.problems import closed_page, problem_page
from onboarding.web import access
from onboarding.web.kickoff_form import QuestionnaireForm
from onboarding.web.private import kept_private


@kept_private
@require_http_methods(["GET", "HEAD", "POST"])
def questionnaire(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows the questions, POST keeps the answers for customer success to use; neither uses the link up."""
    link = access.link_for(token)
    if link is None:
        return problem_page(request, trip.UNKNOWN)
    if link.condition() != "open":
        return closed_page(request, link)
    if request.method == "POST":
        round_trip.link_seen(link)
    known = _known(link)
    form = QuestionnaireForm(request.POST if request.method == "POST" else None, known=known)
    if form.is_valid():
        if not kickoff.fill_in_by_link(link, form.cleaned_data):
            link.refresh_from_db()
            return closed_page(request, link)
        return redirect("questionnaire_by_link", token)
    focus_first_error(form)
    context = {"customer": link.onboarding.customer, "form": form, "known": known, "token": token}
    return render(request, "portal/kickoff.html", context)


def _known(link: Link) -> Questionnaire | None:
    """The answers that came by this very link; what others said is not shown to whoever holds it."""
    return Questionnaire.objects.filter(onboarding=link.onboarding_id, filled_by_link=link).first()
