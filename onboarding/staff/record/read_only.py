"""Reading only from now on, and setting up again: the acts of customer success on the customer page."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from onboarding.customers import read_only
from onboarding.customers.base import Refused
from onboarding.invites import links
from onboarding.models import Contact, Onboarding
from onboarding.staff.record.record_page import record_page
from onboarding.web import access
from onboarding.web.staff_only import for_staff

MAKES_A_LINK = {"offer": read_only.enter, "up": read_only.leave}


@for_staff
@require_http_methods(["GET", "HEAD", "POST"])
def read_only_mode(request: HttpRequest, pk: int) -> HttpResponse:
    """`act` says what: ``offer`` and ``up`` make a link that is shown this once, ``back`` and ``look`` make none."""
    onboarding = access.onboarding_for(request, pk)
    if request.method != "POST":
        return redirect("record", pk)
    act, actor = request.POST.get("act", ""), access.staff(request)
    try:
        if act in MAKES_A_LINK:
            link, token = MAKES_A_LINK[act](onboarding, actor=actor, contact=_contact(request, onboarding))
            onboarding.refresh_from_db()
            return record_page(request, onboarding, new_link=links.address_of(token), made=link)
        if act == "look":
            read_only.look(onboarding, actor=actor)
        elif act == "back":
            read_only.take_back(onboarding, actor=actor)
            messages.success(request, _("Withdrawn; everything stays as it is."))
        else:
            raise Http404
    except Refused as refused:
        messages.warning(request, str(refused.sentence))
    return redirect("record", pk)


def _contact(request: HttpRequest, onboarding: Onboarding) -> Contact | None:
    """The one that was chosen; None leaves the choice to the service. Raises `Http404` for anybody else."""
    chosen = request.POST.get("contact", "")
    if not chosen:
        return None
    contacts = onboarding.contacts.select_related("onboarding__customer__owner")
    found = contacts.filter(pk=chosen).first() if chosen.isdecimal() else None
    if found is None:
        raise Http404
    return found
