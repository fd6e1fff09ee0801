"""The customer page: where it stands, what is next, and what may be done beside the steps."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from onboarding.customers import links, records
from onboarding.customers.base import Refused
from onboarding.domain.lifecycle import IllegalMove
from onboarding.staff.record.record_page import record_page
from onboarding.web import access
from onboarding.web.staff_only import for_staff


@for_staff
@require_safe
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """The customer with its current step. Asks again by itself while something moves or others have to act."""
    return record_page(request, access.onboarding_for(request, pk))


@for_staff
@require_http_methods(["GET", "HEAD", "POST"])
def link_issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a link and show it this once: the answer itself carries it, so that it is kept nowhere on our side."""
    onboarding = access.onboarding_for(request, pk)
    if request.method != "POST":
        return redirect("record", pk)
    try:
        made, token = links.issue_link(onboarding, actor=access.staff(request))
    except Refused as refused:
        messages.warning(request, str(refused.sentence))
        return redirect("record", pk)
    onboarding.refresh_from_db()
    address = settings.PUBLIC_URL + reverse("link", args=[token])
    return record_page(request, onboarding, new_link=address, made=made)


@for_staff
@require_POST
def link_revoke(request: HttpRequest, pk: int, link_pk: int) -> HttpResponse:
    """Make a link useless at once."""
    onboarding = access.onboarding_for(request, pk)
    link = onboarding.links.select_related("onboarding").filter(pk=link_pk).first()
    if link is None:
        raise Http404
    links.revoke_link(link, actor=access.staff(request))
    messages.success(request, _("The link was revoked. It no longer works."))
    return redirect("record", pk)


@for_staff
@require_POST
def link_unlock(request: HttpRequest, pk: int, link_pk: int) -> HttpResponse:
    """Let a link be tried again that was tried too often."""
    onboarding = access.onboarding_for(request, pk)
    link = onboarding.links.select_related("onboarding").filter(pk=link_pk).first()
    if link is None:
        raise Http404
    links.lift_lock(link, actor=access.staff(request))
    messages.success(request, _("The link may be tried again."))
    return redirect("record", pk)


@for_staff
@require_POST
def pause(request: HttpRequest, pk: int) -> HttpResponse:
    """Stop all runs of the engine for this customer."""
    onboarding = access.onboarding_for(request, pk)
    try:
        records.pause(onboarding, actor=access.staff(request))
    except IllegalMove:
        messages.warning(request, _("It cannot be paused now. Check the current step."))
    return redirect("record", pk)


@for_staff
@require_POST
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    """Go on after a pause."""
    onboarding = access.onboarding_for(request, pk)
    try:
        records.resume(onboarding, actor=access.staff(request))
    except IllegalMove:
        messages.warning(request, _("It is no longer paused. Check the current step."))
    return redirect("record", pk)
