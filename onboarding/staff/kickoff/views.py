"""The questions of the kick-off, for customer success."""

from __future__ import annotations

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from onboarding.customers import kickoff, outbox
from onboarding.domain.input_fields import focus_first_error
from onboarding.mail import letters
from onboarding.models import Onboarding, Questionnaire
from onboarding.web import access
from onboarding.web.acts import done
from onboarding.web.expected_tenant import expected_tenant
from onboarding.web.kickoff_form import QuestionnaireForm
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
        done(request, confirm, _("Confirmed. Links can now be sent by e-mail."))
        return redirect("questionnaire", pk)
    if act == "use":
        use = partial(kickoff.use, onboarding, actor=actor)
        done(request, use, _("Answers saved. Checking now…"))
        return redirect("questionnaire", pk)
    if request.method == "POST":
        form = QuestionnaireForm(request.POST, known=known if known and known.used_at else None)
        if form.is_valid():
            done(
                request,
                lambda: kickoff.fill_in(onboarding, form.cleaned_data, actor=actor),
                _("Saved. Checking now…"),
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
    return render(request, "staff/kickoff.html", context)


def _known(onboarding: Onboarding) -> Questionnaire | None:
    return Questionnaire.objects.select_related("filled_by", "used_by").filter(onboarding=onboarding).first()
