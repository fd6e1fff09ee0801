"""The outbox: letters to read, to release, and to send again."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from onboarding.causes.mail import NOT_WRITTEN
from onboarding.customers import base
from onboarding.customers import outbox as customer_outbox
from onboarding.domain.input_fields import focus_first_error
from onboarding.mail import letters
from onboarding.mail.compose import has_link
from onboarding.models import Letter, Onboarding
from onboarding.staff.letters.forms import LetterForm
from onboarding.staff.letters.queries import MARKS
from onboarding.staff.letters.queries import outbox as letters_of
from onboarding.web import access
from onboarding.web.acts import done
from onboarding.web.expected_tenant import expected_tenant
from onboarding.web.staff_only import for_staff
from onboarding.web.stuck_mail import told

State = Letter.State


@for_staff
@require_safe
def outbox(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """The letters to one customer, or to all whom the signed-in person may see."""
    onboarding = None if pk is None else access.onboarding_for(request, pk)
    tab = request.GET.get("show", "")
    found = letters_of(access.staff(request), onboarding=onboarding, tab=tab, after=request.GET.get("after", ""))
    context = {"outbox": found, "onboarding": onboarding, "tab": tab, "why_none_is_written": NOT_WRITTEN.for_staff({})}
    return render(request, "staff/letters.html", context)


@for_staff
@require_http_methods(["GET", "HEAD", "POST"])
def letter(request: HttpRequest, pk: int, letter_pk: int) -> HttpResponse:
    """GET shows the letter, POST changes a draft."""
    onboarding = access.onboarding_for(request, pk)
    found = _letter(onboarding, letter_pk)
    form = LetterForm(request.POST if request.method == "POST" else None, letter=found)
    if form.is_valid() and done(
        request,
        lambda: customer_outbox.edit(found, actor=access.staff(request), words=_shown(request), **form.cleaned_data),
        _("Draft saved. It is not sent before you press “Send”."),
        form=form,
        field="text",
    ):
        return redirect("letter", pk, letter_pk)
    return _show(request, found, form)


def _show(request: HttpRequest, found: Letter, form: LetterForm) -> HttpResponse:
    onboarding = found.onboarding
    focus_first_error(form)
    context = {
        "onboarding": onboarding,
        "customer": onboarding.customer,
        "letter": found,
        "mark": MARKS[found.state],
        "form": form if found.state == State.DRAFT else None,
        "is_waiting": found.state in (State.DRAFT, State.APPROVED),
        "cause": told(found),
        "may_retry": customer_outbox.may_retry(found),
        "may_settle": customer_outbox.may_settle(found),
        "tenant": expected_tenant(onboarding) if has_link(found.text) else {},
        "is_confirmed": bool(letters.confirmed_tenant(onboarding)),
        "needs_tenant": has_link(found.text),
    }
    return render(request, "staff/letter.html", context)


@for_staff
@require_POST
def letter_write(request: HttpRequest, pk: int) -> HttpResponse:
    """Have the letter written about what the customer is asked for now, and open it; one that is there is opened."""
    onboarding = access.onboarding_for(request, pk)
    try:
        found = customer_outbox.write_to(onboarding, actor=access.staff(request))
    except base.Refused as refused:
        messages.warning(request, str(refused.sentence))
        return redirect("record", pk)
    if found.state == State.SENT:
        messages.info(request, _("An e-mail about this was sent today already. The next one can be written tomorrow."))
    return redirect("letter", pk, found.pk)


@for_staff
@require_POST
def letter_release(request: HttpRequest, pk: int, letter_pk: int) -> HttpResponse:
    """Let a draft go as it stands on the page. The tenant counts as confirmed only with its box ticked."""
    tenant = request.POST.get("tenant", "") if request.POST.get("confirmed") else ""
    found, actor = _letter(access.onboarding_for(request, pk), letter_pk), access.staff(request)
    form = LetterForm(request.POST, letter=found) if "text" in request.POST else None
    if form is not None and not form.is_valid():
        return _show(request, found, form)

    def release() -> None:
        if form is not None and form.has_changed():
            customer_outbox.edit(found, actor=actor, words=_shown(request), **form.cleaned_data)
            customer_outbox.release(found, actor=actor, tenant=tenant)
        else:
            customer_outbox.release(found, actor=actor, tenant=tenant, words=_shown(request))

    return _do(
        request, found, release, _("Being sent now; if this address already got an e-mail today, it is sent tomorrow.")
    )


@for_staff
@require_POST
def letter_retry(request: HttpRequest, pk: int, letter_pk: int) -> HttpResponse:
    """Have a letter that was not sent sent once more."""
    found = _letter(access.onboarding_for(request, pk), letter_pk)
    return _do(
        request,
        found,
        lambda: customer_outbox.retry(found, actor=access.staff(request)),
        _("Trying again now."),
    )


@for_staff
@require_POST
def letter_settle(request: HttpRequest, pk: int, letter_pk: int) -> HttpResponse:
    """Note that somebody has seen to a letter that did not go, or perhaps not."""
    found = _letter(access.onboarding_for(request, pk), letter_pk)
    return _do(
        request,
        found,
        lambda: customer_outbox.settle(found, actor=access.staff(request)),
        _("Marked as settled."),
    )


@for_staff
@require_POST
def letter_cancel(request: HttpRequest, pk: int, letter_pk: int) -> HttpResponse:
    """Withdraw a letter that has not gone."""
    found = _letter(access.onboarding_for(request, pk), letter_pk)
    return _do(
        request,
        found,
        lambda: customer_outbox.cancel(found, actor=access.staff(request)),
        _("The draft was discarded."),
    )


def _shown(request: HttpRequest) -> str:
    """The fingerprint of the letter as the page showed it."""
    return request.POST.get("words", "")


def _do(request: HttpRequest, found: Letter, act: Callable[[], None], told: str) -> HttpResponse:
    done(request, act, told)
    return redirect("letter", found.onboarding_id, found.pk)


def _letter(onboarding: Onboarding, letter_pk: int) -> Letter:
    found = onboarding.letters.select_related("onboarding__customer", "approved_by").filter(pk=letter_pk).first()
    if found is None:
        raise Http404
    return found
