"""How long the token is kept: the agreement of both sides, noted and ended on the customer page."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from onboarding.customers import kept_token as acts
from onboarding.customers.base import Refused
from onboarding.web import access
from onboarding.web.staff_only import for_staff


@for_staff
@require_POST
def kept_token(request: HttpRequest, pk: int) -> HttpResponse:
    """`act` says what: ``agree`` with a contact and the day of their yes, or ``end``."""
    onboarding, actor = access.onboarding_for(request, pk), access.staff(request)
    try:
        if request.POST.get("act") == "end":
            acts.end(onboarding, actor=actor)
            messages.success(request, _("The token is no longer kept after go-live."))
            return redirect("record", pk)
        chosen = request.POST.get("contact", "")
        contact = onboarding.contacts.filter(pk=chosen).first() if chosen.isdecimal() else None
        if contact is None:
            raise Http404
        agreed_on = _day(request.POST.get("agreed_on", ""))
        if agreed_on is None:
            messages.warning(request, _("Enter the day on which the customer agreed."))
        else:
            acts.agree(onboarding, actor=actor, contact=contact, agreed_on=agreed_on)
            messages.success(request, _("Noted: the token is kept after go-live."))
    except Refused as refused:
        messages.warning(request, str(refused.sentence))
    return redirect("record", pk)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
