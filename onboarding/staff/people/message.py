"""The message to the customer about people whom one cause keeps: in the reader's language, with names where they may be
seen.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.views.decorators.http import require_POST

from onboarding.causes.standings import Explained, explained
from onboarding.customers import name_access
from onboarding.engine.may import Act, may
from onboarding.models import Contact, Inquiry, Onboarding, Person
from onboarding.people.failures import failures
from onboarding.staff.people import queries
from onboarding.staff.people.filters import filter_of
from onboarding.staff.people.look import person_found
from onboarding.web import access
from onboarding.web.page import page
from onboarding.web.staff_only import for_staff

MOST_NAMES = 100  # in a message; the export has them all


@for_staff
@require_POST
def people_message(request: HttpRequest, pk: int) -> HttpResponse:
    """The message about one cause, or one person, to be copied. A POST, because who took the names is noted."""
    onboarding, actor = access.onboarding_for(request, pk), access.staff(request)
    names = may(actor, Act.SEE_NAMES, onboarding)
    topic = _topic(request, onboarding)
    named = topic.people if names else []
    contact = reader_of(onboarding, topic)
    text = written(topic, contact, named)
    name_access.note_message(onboarding, actor=actor, named=len(named))
    context = {"onboarding": onboarding, "contact": contact, "text": text}
    return page(request, "staff/people_message.html", "message", context)


@dataclass(frozen=True)
class Topic:
    """What a message is about: so many people of one standing whom one cause keeps, some of them by name."""

    count: int
    standing: str
    lacking: str
    explain: Callable[[], Explained | None]
    people: list[Person]


def _topic(request: HttpRequest, onboarding: Onboarding) -> Topic:
    """What was asked for. Raises `Http404` where that is no more."""
    if "person" in request.POST:
        return _of_person(onboarding.people.filter(pk=_key(request, "person"), erased_at=None).first())
    if "inquiry" in request.POST:
        return _of_inquiry(onboarding, onboarding.inquiries.filter(pk=_key(request, "inquiry")).first())
    return _of_cause(request, onboarding)


def _key(request: HttpRequest, name: str) -> int:
    key = request.POST[name]
    return int(key) if key.isdecimal() else 0


def _of_cause(request: HttpRequest, onboarding: Onboarding) -> Topic:
    """The group that is meant, as it is now. Raises `Http404` where there is none any more."""
    wanted = filter_of(request.POST)
    for failure in failures(onboarding):
        if queries.filter_for(failure) == wanted:
            why = partial(explained, queries.facts_of(failure))
            found = queries.people_of(onboarding, wanted, most=MOST_NAMES)
            return Topic(failure.count, failure.standing, failure.lacking, why, found)
    raise Http404


def _of_person(person: Person | None) -> Topic:
    if person is None:
        raise Http404
    return Topic(1, person.standing, person.lacking, partial(queries.reason_of, person), [person])


def _of_inquiry(onboarding: Onboarding, inquiry: Inquiry | None) -> Topic:
    found = person_found(onboarding, inquiry) if inquiry is not None else None
    return _of_person(found if found is not None and found.erased_at is None else None)


def reader_of(onboarding: Onboarding, topic: Topic) -> Contact:
    """Who at the customer can end this: the contact of the likeliest role, else the first one."""
    found = topic.explain()
    contacts = list(onboarding.contacts.order_by("pk"))
    roles = found.cause.contacts if found and found.cause else ()
    return next((each for role in roles for each in contacts if each.role == role), contacts[0])


def written(topic: Topic, contact: Contact, named: list[Person]) -> str:
    """The message in the language of its reader. Raises `Http404` where there is nothing to ask of the customer."""
    with translation.override(contact.language):
        found = topic.explain()
        if found is None or found.cause is None or found.customer is None:
            raise Http404
        needs = found.cause.needs
        context = {
            "contact": contact,
            "topic": topic,
            "sentence": str(found.customer),
            "path": " > ".join(str(label) for label in needs.path.sentences({})) if needs and needs.path else "",
            "role": str(needs.role) if needs else "",
            "people": named,
            "more": topic.count - len(named) if named else 0,
        }
        text = render_to_string("staff/people_message.txt", context)
    return re.sub(r"\n{3,}", "\n\n", text).strip()
