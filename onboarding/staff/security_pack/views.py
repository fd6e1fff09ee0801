"""What a customer's security reviewer wants to know, for customer success to print or to send."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from onboarding.web import access
from onboarding.web.security_pack import security_pack_page
from onboarding.web.staff_only import for_staff


@for_staff
@require_safe
def security_pack(request: HttpRequest, pk: int) -> HttpResponse:
    """The same page for customer success."""
    onboarding = access.onboarding_for(request, pk)
    return security_pack_page(request, onboarding, onboarding.size)
