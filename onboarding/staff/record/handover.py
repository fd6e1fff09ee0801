"""The customer is asked for a secret, and asked no more, on the customer page."""

from __future__ import annotations

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from onboarding.customers import handover
from onboarding.web import access
from onboarding.web.acts import done
from onboarding.web.staff_only import for_staff


@for_staff
@require_POST
def ask_customer(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for it; with `take_back`, end the request that was shown under this key."""
    onboarding, actor = access.onboarding_for(request, pk), access.staff(request)
    shown = request.POST.get("take_back", "")
    if shown.isdecimal():
        end = partial(handover.take_back, onboarding, actor=actor, asked=int(shown))
        done(request, end, _("The request was taken back."))
    elif not shown:
        told = _("Asked. The admin enters the token on the progress page; tell them to open their link.")
        done(request, partial(handover.ask, onboarding, actor=actor), told)
    return redirect("record", pk)
