"""The questions of the kick-off: for staff, and for whoever has a personal link."""

from __future__ import annotations

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_http_methods

from onboarding.consent import round_trip as consent
from onboarding.customers import kickoff as questionnaires
from onboarding.customers import outbox
from onboarding.domain.input_fields import focus_first_error
from onboarding.domain.sentences import say
from onboarding.mail import letters
from onboarding.models import Link, Onboarding, Questionnaire
from onboarding.portal.problems import closed_page, problem_page
from onboarding.staff.contacts.queries import expected_tenant
from onboarding.web import access
from onboarding.web.acts import done
from onboarding.web.kickoff_form import QuestionnaireForm
from onboarding.web.private import kept_private
from onboarding.web.staff_only import for_staff


@for_staff
@require_http_methods(["GET", "HEAD", "POST"])
def questionnaire(request: HttpRequest, pk: int) -> HttpResponse:
    """What is known, to be filled in, used, and with it the tenant to be confirmed."""
    onboarding, actor = access.onboarding_for(request, pk), access.staff(request)
    known = _known(onboarding)
    form = QuestionnaireForm(known=known)
    act = request.POST.get("act")
    if act == "confirm":
        tenant = request.POST.get("tenant", "")
        confirm = partial(outbox.confirm_tenant, onboarding, tenant, actor=actor)
        done(request, confirm, _("Confirmed. Links may go out by letter now."))
        return redirect("questionnaire", pk)
    if act == "use":
        use = partial(questionnaires.use, onboarding, actor=actor)
        done(request, use, _("The answers are used. What they change is looked at at once."))
        return redirect("questionnaire", pk)
    if request.method == "POST":
        form = QuestionnaireForm(request.POST)
        if form.is_valid():
            done(
                request,
                lambda: questionnaires.fill_in(onboarding, form.cleaned_data, actor=actor),
                _("Saved and used."),
            )
            return redirect("questionnaire", pk)
    focus_first_error(form)
    context = {
        "onboarding": onboarding,
        "customer": onboarding.customer,
        "known": known,
        "form": form,
        "tenant": expected_tenant(onboarding),
        "is_confirmed": bool(letters.confirmed_tenant(onboarding)),
    }
    return render(request, "questionnaire.html", context)


@kept_private
@require_http_methods(["GET", "HEAD", "POST"])
def questionnaire_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows the questions, POST keeps the answers for customer success to use; neither uses the link up."""
    link = access.link_for(token)
    if link is None:
        sentence = say(gettext_noop("Check that you have the whole link, or ask for a new one."))
        return problem_page(request, "unknown", sentence)
    if link.condition() != "open":
        return closed_page(request, link)
    if request.method == "GET":
        consent.link_seen(link)
    known = _known_by(link)
    form = QuestionnaireForm(request.POST if request.method == "POST" else None, known=known)
    if form.is_valid():
        if not questionnaires.fill_in_by_link(link, form.cleaned_data):
            link.refresh_from_db()
            return closed_page(request, link)
        return redirect("questionnaire_by_link", token)
    focus_first_error(form)
    context = {"customer": link.onboarding.customer, "form": form, "known": known, "token": token}
    return render(request, "link/questionnaire.html", context)


def _known(onboarding: Onboarding) -> Questionnaire | None:
    return Questionnaire.objects.select_related("filled_by", "used_by").filter(onboarding=onboarding).first()


def _known_by(link: Link) -> Questionnaire | None:
    """The answers that came by this very link; what others said is not shown to whoever holds it."""
    return Questionnaire.objects.filter(onboarding=link.onboarding_id, filled_by_link=link).first()
