"""The customer page as all of its views answer with it: whole, or the part that refreshes."""

from __future__ import annotations

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from onboarding.customers.answers import LEADS_TO_CHANGES
from onboarding.domain.input_fields import focus_first_error
from onboarding.mail.by_hand import by_hand
from onboarding.models import Link, Onboarding
from onboarding.staff.record import queries
from onboarding.staff.record.beside import in_tenant, of_customer
from onboarding.staff.record.queries import Record
from onboarding.steps.answer_form import AnswerForm
from onboarding.steps.forms import form_for
from onboarding.web import access
from onboarding.web.over_time import over_time
from onboarding.web.page import is_swap, page
from onboarding.web.refreshing import SECONDS_AT_REST, now_seen
from onboarding.web.step_view import StepView

STEP_MOVES, OTHERS_ACT = 3, 6  # seconds between two questions of the open page


def record_page(
    request: HttpRequest,
    onboarding: Onboarding,
    *,
    opened: str = "",
    filled: AnswerForm | None = None,
    new_link: str = "",
    made: Link | None = None,
) -> HttpResponse:
    """The customer with its current step, or the step `opened`, ready to be answered.

    `filled` is the answer to `opened` that was not good enough. `new_link` is the address of the link that was `made`,
    shown this once and kept nowhere.
    """
    record = queries.record(onboarding, access.staff(request))
    seen = now_seen(record.version)
    if request.GET.get("seen") == seen:
        return HttpResponse(status=204)
    forms = {}
    for step in record.steps:
        form = filled if filled and step.key == opened else _form(record, step, opened)
        if form is not None:
            focus_first_error(form)
            forms[step.key] = form
    current = record.current
    context = {
        "record": record,
        "customer": record.customer,
        "current": current,
        "beside": partial(in_tenant, onboarding, record.tenant_in_question, access.staff(request)),
        "over_time": partial(over_time, onboarding),
        "same_customer": partial(of_customer, onboarding.customer, access.staff(request)),
        "form": forms.get(current.key) if current else None,
        "opened": opened if current is None or opened != current.key else "",
        "opened_form": forms.get(opened),
        "new_link": new_link,
        "made": made,
        "client_id": onboarding.size.client_id,
        "leads_to_changes": LEADS_TO_CHANGES,
        "has_open_link": any(link.condition() == "open" for link in record.links),
        "draft": record.mail.draft,
        "writing": SimpleLazyObject(partial(by_hand, onboarding)),
        "again": reverse("step", args=[onboarding.pk, opened]) if opened else reverse("record", args=[onboarding.pk]),
        "seen": seen,
        "every": 0 if filled else _seconds_until_next_look(record),
        "swapped": is_swap(request),
    }
    response = page(request, "staff/record.html", "progress", context)
    if new_link:
        response["Cache-Control"] = "no-store"
    return response


def _seconds_until_next_look(record: Record) -> int:
    """After how many seconds the open page asks again: soon while something moves by itself, slowly otherwise."""
    if record.moving:
        return STEP_MOVES
    return OTHERS_ACT if record.watched else SECONDS_AT_REST


def _form(record: Record, step: StepView, opened: str) -> AnswerForm | None:
    """The form of a step that asks now, or was opened on purpose; none while an answer is on its way, nor while we only
    watch and it would lead to a change.
    """
    if record.reads_only and step.key in LEADS_TO_CHANGES:
        return None
    if step.key != opened and (not step.is_current or step.pending):
        return None
    offers = {**step.offers, "host": record.customer.haiilo_host}
    return form_for(step.key, kind=step.kind, code=step.code, offers=offers, anyway=step.key == opened)
