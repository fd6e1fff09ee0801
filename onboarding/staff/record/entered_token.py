"""What was entered in place of a saved token is withdrawn on the customer page."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from onboarding.customers import entered_token as acts
from onboarding.customers.base import Refused
from onboarding.web import access
from onboarding.web.staff_only import for_staff


@for_staff
@require_POST
def withdraw_token(request: HttpRequest, pk: int) -> HttpResponse:
    """Go on with the saved token; `entered_at` says which entered one was shown."""
    onboarding, actor = access.onboarding_for(request, pk), access.staff(request)
    try:
        acts.withdraw(onboarding, actor=actor, entered_at=request.POST.get("entered_at", ""))
        messages.success(request, _("The entered token was withdrawn. The saved one stays in use."))
    except Refused as refused:
        messages.warning(request, str(refused.sentence))
    return redirect("record", pk)
