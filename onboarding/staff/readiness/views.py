"""One page with everything that was found before provisioning starts, to read, to print and to send."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from onboarding.models import clock
from onboarding.staff.readiness.queries import report
from onboarding.web import access
from onboarding.web.staff_only import for_staff


@for_staff
@require_safe
def readiness(request: HttpRequest, pk: int) -> HttpResponse:
    """The report as everything was seen last; nothing is read for it."""
    onboarding = access.onboarding_for(request, pk)
    context = {
        "onboarding": onboarding,
        "customer": onboarding.customer,
        "report": report(onboarding),
        "now": clock.now(),
    }
    return render(request, "staff/readiness.html", context)
