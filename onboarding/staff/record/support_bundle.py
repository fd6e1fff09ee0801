"""The support bundle, to be downloaded on the customer page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from onboarding.customers import support_bundle as acts
from onboarding.web import access
from onboarding.web.private import kept_private
from onboarding.web.staff_only import for_staff


@for_staff
@require_POST
@kept_private
def support_bundle(request: HttpRequest, pk: int) -> HttpResponse:
    """The bundle as a zip. A POST, because who took it is noted."""
    made = acts.take(access.onboarding_for(request, pk), actor=access.staff(request))
    response = HttpResponse(made.content, content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="{made.name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
