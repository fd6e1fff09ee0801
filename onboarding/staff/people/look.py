"""Somebody who is not on the list, looked up in the customer's directory: the story, up to the first no."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from onboarding.customers import inquiries, name_access
from onboarding.customers.base import Refused
from onboarding.domain.input_fields import searched
from onboarding.domain.standings import standing
from onboarding.engine.load_desired import headcount
from onboarding.engine.may import Act, may
from onboarding.models import Inquiry, Onboarding, Person
from onboarding.people import roster
from onboarding.people.look_up import Found
from onboarding.staff.people.person import is_started
from onboarding.staff.people.story import Story, looked_up, nobody
from onboarding.web import access
from onboarding.web.page import page
from onboarding.web.staff_only import for_staff

EVERY = 2  # seconds between two questions of a page that waits for the answer


@for_staff
@require_POST
def look(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the directory about a person. A POST, so that no name stands in an address."""
    onboarding = access.onboarding_for(request, pk)
    try:
        made = inquiries.ask(onboarding, searched(request.POST, "asked"), actor=access.staff(request))
    except Refused as refused:
        messages.warning(request, str(refused.sentence))
        return redirect("people", pk)
    return redirect("person_found", pk, made.pk)


@for_staff
@require_safe
def found(request: HttpRequest, pk: int, inquiry_pk: int) -> HttpResponse:
    """What the directory says of the person who was asked about. Asks again by itself until it has answered."""
    onboarding = access.onboarding_for(request, pk)
    if not may(access.staff(request), Act.SEE_NAMES, onboarding):
        raise Http404
    inquiry = onboarding.inquiries.filter(pk=inquiry_pk).first()
    if inquiry is None:
        raise Http404(_("This answer is not kept any more. Look the person up again."))
    answers = [Found.from_json(each) for each in inquiry.found]
    if answers and request.method != "HEAD":
        name_access.note_viewing(onboarding, actor=access.staff(request))
    context = {
        "onboarding": onboarding,
        "customer": onboarding.customer,
        "names": True,
        "inquiry": inquiry,
        "asked": inquiry.asked,
        "several": answers if len(answers) > 1 else [],
        "story": _story(onboarding, inquiry),
        "every": EVERY if inquiry.is_open else None,
    }
    return page(request, "staff/person_found.html", "found", context)


def _story(onboarding: Onboarding, inquiry: Inquiry) -> Story | None:
    """The story of the only one who may be meant; None where there are several, or no answer."""
    person = person_found(onboarding, inquiry)
    if person is not None:
        return looked_up(person, headcount(onboarding), started=is_started(onboarding))
    return nobody() if inquiry.answered_at is not None and not inquiry.trouble and not inquiry.found else None


def person_found(onboarding: Onboarding, inquiry: Inquiry) -> Person | None:
    """The only one who may be meant; None where there are several, nobody, or no answer."""
    if inquiry.is_open or len(inquiry.found) != 1:
        return None
    return person_of(onboarding, inquiry, Found.from_json(inquiry.found[0]))


def person_of(onboarding: Onboarding, inquiry: Inquiry, answer: Found) -> Person:
    """The person's row as it would be with what the directory says now; nothing is written."""
    fresh = Person(onboarding=onboarding, source_id=answer.id, at=inquiry.answered_at or inquiry.asked_at)
    person = roster.rows_of(onboarding, [answer.id]).get(answer.id) or fresh
    if person.erased_at is None:
        person.name, person.user_name = answer.name or person.name, person.user_name or answer.user_name
    if answer.scope:
        person.scope, person.paths, person.scope_at = answer.scope, list(answer.paths), inquiry.answered_at
        person.is_guest = answer.is_guest
    person.standing = standing(roster.known(person))
    return person
