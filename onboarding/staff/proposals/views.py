"""What takes two people: one proposes, another decides."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from onboarding.customers import addresses, proposals
from onboarding.customers.base import Refused
from onboarding.domain.input_fields import focus_first_error
from onboarding.models import Proposal
from onboarding.staff.proposals.forms import AddressForm, RemovalsForm, SharingForm, TenantForm
from onboarding.web import access
from onboarding.web.acts import done
from onboarding.web.staff_only import for_staff


@for_staff
@require_POST
def propose_tenant(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose another tenant, with a reason."""
    return _propose(request, pk, Proposal.Kind.TENANT, TenantForm(request.POST))


@for_staff
@require_POST
def propose_sharing(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose that this record and others share a tenant, with a reason."""
    return _propose(request, pk, Proposal.Kind.SHARING, SharingForm(request.POST))


@for_staff
@require_POST
def propose_removals(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose to let removals through that are held back, with a reason."""
    return _propose(request, pk, Proposal.Kind.REMOVALS, RemovalsForm(request.POST))


def _propose(request: HttpRequest, pk: int, kind: str, form: TenantForm | SharingForm | RemovalsForm) -> HttpResponse:
    onboarding = access.onboarding_for(request, pk)
    if not form.is_valid():
        for errors in form.errors.values():
            messages.warning(request, str(errors[0]))
        return redirect("record", pk)
    after = {name: value for name, value in form.cleaned_data.items() if name != "reason"}
    reason = form.cleaned_data["reason"]
    actor = access.staff(request)
    done(
        request,
        partial(proposals.propose, onboarding, kind, after, actor=actor, reason=reason),
        _("Proposed. A colleague in your team has to approve it on this page."),
    )
    return redirect("record", pk)


@for_staff
@require_http_methods(["GET", "HEAD", "POST"])
def propose_address(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose another product or address, with a reason."""
    onboarding = access.onboarding_for(request, pk)
    now = addresses.of(onboarding.customer)
    form = AddressForm(request.POST if request.method == "POST" else None, initial=now)
    if form.is_valid():
        after, reason = {name: form.cleaned_data[name] for name in now}, form.cleaned_data["reason"]
        actor = access.staff(request)
        propose = partial(proposals.propose, onboarding, Proposal.Kind.ADDRESS, after, actor=actor, reason=reason)
        if done(request, propose, _("Proposed. A colleague in your team has to approve it on this page."), form=form):
            return redirect("record", pk)
    focus_first_error(form)
    return render(request, "staff/propose_address.html", {"form": form, "onboarding": onboarding})


@for_staff
@require_POST
def decide(request: HttpRequest, pk: int, proposal_pk: int) -> HttpResponse:
    """Approve or reject what a colleague proposed."""
    onboarding = access.onboarding_for(request, pk)
    row = onboarding.proposals.filter(pk=proposal_pk).first()
    if row is None:
        raise Http404
    act = proposals.approve if request.POST.get("decision") == "approve" else proposals.reject
    try:
        act(row, actor=access.staff(request))
    except Refused as refused:
        messages.warning(request, str(refused.sentence))
    return redirect("record", pk)
