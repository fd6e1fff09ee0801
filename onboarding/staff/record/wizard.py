"""One view for all steps: check what was typed, one service call, back to the customer page."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from onboarding.customers import answers, base, variants
from onboarding.staff.record import queries
from onboarding.staff.record.record_page import record_page
from onboarding.steps import by_key
from onboarding.steps.forms import form_for
from onboarding.steps.scope.evidence import ScopeEvidence
from onboarding.web import access
from onboarding.web.staff_only import for_staff


@for_staff
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """GET shows the customer with this step open; POST answers the step's question."""
    onboarding = access.onboarding_for(request, pk)
    _check(key)
    if request.method != "POST":
        return record_page(request, onboarding, opened=key)
    shown = next(each for each in queries.record(onboarding, access.staff(request)).steps if each.key == key)
    form = form_for(key, kind=shown.kind, code=shown.code, offers=shown.offers, data=request.POST, anyway=True)
    if form is None:
        messages.warning(request, _("This question has been answered meanwhile. Check what is next."))
        return redirect("record", pk)
    if not form.is_valid():
        return record_page(request, onboarding, opened=key, filled=form)
    try:
        answers.answer(
            onboarding,
            key,
            actor=access.staff(request),
            answer=form.answer(),
            secrets=form.secrets() or None,
            shown=request.POST.get("shown"),
            meant_for=form.meant_for(),
        )
    except base.Refused as refused:
        messages.warning(request, str(refused.sentence))
        return redirect("record", pk)
    note = form.note()
    messages.success(request, f"{_('Saved. We look at once what comes of it.')} {note or ''}".strip())
    return redirect("record", pk)


@for_staff
@require_POST
def go_on(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Keep that what the step Scope has found of people is known, and provisioning goes on all the same."""
    onboarding = access.onboarding_for(request, pk)
    try:
        answers.go_on_knowingly(onboarding, code, actor=access.staff(request))
    except base.Refused as refused:
        messages.warning(request, str(refused.sentence))
    return redirect("step", pk, ScopeEvidence.step)


@for_staff
@require_POST
def accept_variant(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept the customer's mapping as it was shown."""
    onboarding = access.onboarding_for(request, pk)
    try:
        variants.accept(onboarding, actor=access.staff(request), fingerprint=request.POST.get("fingerprint", ""))
    except base.Refused as refused:
        messages.warning(request, str(refused.sentence))
    return redirect("record", pk)


@for_staff
@require_POST
def take_variant_back(request: HttpRequest, pk: int) -> HttpResponse:
    """End that the mapping which was shown counts as the customer's own."""
    onboarding = access.onboarding_for(request, pk)
    try:
        variants.take_back(onboarding, actor=access.staff(request), accepted_at=request.POST.get("accepted_at", ""))
    except base.Refused as refused:
        messages.warning(request, str(refused.sentence))
    return redirect("record", pk)


@for_staff
@require_POST
def step_approve(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Approve exactly the plan that was shown."""
    onboarding = access.onboarding_for(request, pk)
    _check(key)
    try:
        answers.approve_plan(
            onboarding, key, actor=access.staff(request), fingerprint=request.POST.get("fingerprint", "")
        )
    except base.Refused as refused:
        messages.warning(request, str(refused.sentence))
    return redirect("record", pk)


@for_staff
@require_POST
def step_recheck(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Read the live systems anew, or try the person again who is named."""
    onboarding = access.onboarding_for(request, pk)
    _check(key)
    if not (person := request.POST.get("again", "")):
        answers.recheck(onboarding, actor=access.staff(request), step_key=key)
        return redirect("record", pk)
    try:
        answers.try_again(onboarding, key, actor=access.staff(request), person_id=person)
    except base.Refused as refused:
        messages.warning(request, str(refused.sentence))
    return redirect("record", pk)


def _check(key: str) -> None:
    try:
        by_key(key)
    except KeyError as error:
        raise Http404 from error
