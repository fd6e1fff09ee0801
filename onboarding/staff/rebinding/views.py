"""Two people change which tenant is expected: one proposes, another decides."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from onboarding.customers import rebinding
from onboarding.customers.base import Refused
from onboarding.staff.rebinding.forms import RebindingForm
from onboarding.web import access
from onboarding.web.staff_only import for_staff


@for_staff
@require_POST
def propose(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose another tenant, with a reason."""
    onboarding = access.onboarding_for(request, pk)
    form = RebindingForm(request.POST)
    if not form.is_valid():
        for errors in form.errors.values():
            messages.warning(request, str(errors[0]))
        return redirect("record", pk)
    try:
        rebinding.propose(onboarding, actor=access.staff(request), **form.cleaned_data)
    except Refused as refused:
        messages.warning(request, str(refused.sentence))
    else:
        messages.success(request, _("Proposed. A colleague in your team has to approve it on this page."))
    return redirect("record", pk)


@for_staff
@require_POST
def decide(request: HttpRequest, pk: int, rebinding_pk: int) -> HttpResponse:
    """Approve or reject what a colleague proposed."""
    onboarding = access.onboarding_for(request, pk)
    row = onboarding.rebindings.filter(pk=rebinding_pk).first()
    if row is None:
        raise Http404
    act = rebinding.approve if request.POST.get("decision") == "approve" else rebinding.reject
    try:
        act(row, actor=access.staff(request))
    except Refused as refused:
        messages.warning(request, str(refused.sentence))
    return redirect("record", pk)
