"""What is taken out of rows so that nobody can be found in them, while everything that is counted stays.

The functions here ask nothing; who calls them holds the onboarding's row in a transaction, as ingestion and ledger do,
so that neither writes a name back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from onboarding.domain.sentences import TEMPLATE_KEYS
from onboarding.models import Approval, ConsentAttempt, Event, Letter, Link, Onboarding, Person, StepState
from onboarding.models.person import mark_in, marks_of
from onboarding.people import history, roster

NOBODY = "–"  # noqa: RUF001 - what pages show where there is no name, in every language
DOCUMENTS = ("message", "warnings", "evidence", "offers", "plan", "progress", "answer", "intents")
IDENTITY = ("name", "user_name", "made_name", "shapes", "target_id", "earlier_target_id", "event_id")
BATCH = 500
SOURCE = frozenset({"address", "browser"})  # as `invites.rate_limit` names them in the line of a lock


@dataclass(frozen=True)
class Traces:
    """By what a person can be found: `words` inside any text, `wholes` only where they are the whole text."""

    words: frozenset[str]
    wholes: frozenset[str] = frozenset()

    def are_in(self, text: str) -> bool:
        """Whether this text tells who the person is; capitals do not matter."""
        told = text.casefold()
        return told in self.wholes or any(
            re.search(rf"(?<!\w){re.escape(word)}(?!\w)", told) is not None for word in self.words
        )


def traces_of(person_id: str, people: Iterable[Person]) -> Traces:
    """What is known about this person by these rows. A name or the id at Haiilo may be short, so it is no word."""
    rows = list(people)
    words = [person_id, *(name for row in rows for name in (row.user_name, row.made_name))]
    wholes = [text for row in rows for text in (row.name, row.target_id, row.earlier_target_id)]
    return Traces(frozenset(t.casefold() for t in words if t), frozenset(t.casefold() for t in wholes if t))


def erase_people(held: Onboarding, rows: list[Person], *, now: datetime, for_good: bool = False) -> None:
    """Take identity, history and Microsoft's words from these rows of `held`; result, code and time stay, and so does
    each count, but that of the erased, which grows.

    So does in which fields Haiilo had another value (`differs_in`), which names nobody: it is counted until the
    assignments are read again.
    """
    before = [roster.Counted.of(row) for row in rows]
    for row in rows:
        if row.erased_at is None:
            row.source_id, row.reason = marks_of(row.onboarding_id, row.source_id)[0], mark_in(row.reason)
        row.history = history.erased(row.history)
    Person.objects.bulk_update(rows, ["source_id", "reason", "history"], batch_size=BATCH)
    changed = Person.objects.filter(pk__in=[row.pk for row in rows])
    changed.update(**dict.fromkeys(IDENTITY, ""), made_marks={}, differs={}, erased_at=now)
    if for_good:
        changed.update(stays_erased=True)
    for row in rows:
        row.erased_at = now
    roster.recount(held, before, [roster.Counted.of(row) for row in rows])


def erase_letters(letters: QuerySet[Letter]) -> int:
    """Take address and text. The day of the address is given back, because it is unique together with it."""
    return letters.update(to_name=NOBODY, to_email="", subject=NOBODY, text="", html="", error="", sent_on=None)


def erase_links(links: QuerySet[Link]) -> int:
    """Take the holder's name and address."""
    return links.update(contact_name=NOBODY, contact_email="")


def erase_attempts(attempts: QuerySet[ConsentAttempt]) -> int:
    """Take who signed in and from which address; from which tenant, and how it ended, stays."""
    return attempts.update(signed_in_name="", signed_in_object_id="", source_hash="")


def erase_sources(locks: QuerySet[Event]) -> int:
    """Take from which network address, and with which browser, a link was tried too often; whose link it was stays."""
    rows = list(locks)
    for event in rows:
        values = event.message.get("values", {})
        event.message = {**event.message, "values": {**values, **dict.fromkeys(SOURCE & values.keys(), NOBODY)}}
        event.detail = {name: value for name, value in event.detail.items() if name not in SOURCE}
    return Event.objects.bulk_update(rows, ["message", "detail"], batch_size=BATCH)


def without_values(document: Any) -> Any:
    """A JSON document without its texts, but for templates of sentences; numbers and structure stay."""
    match document:
        case str():
            return NOBODY if document else ""
        case list():
            return [without_values(each) for each in document]
        case dict():
            return {name: value if name in TEMPLATE_KEYS else without_values(value) for name, value in document.items()}
    return document


def without(document: Any, traces: Traces) -> Any:
    """A JSON document without these traces; what is listed under the person's id is left out."""
    match document:
        case str():
            return NOBODY if traces.are_in(document) else document
        case list():
            return [without(each, traces) for each in document if not _is_about(each, traces)]
        case dict():
            return {
                name: value if name in TEMPLATE_KEYS else without(value, traces) for name, value in document.items()
            }
    return document


def _is_about(item: Any, traces: Traces) -> bool:
    return isinstance(item, dict) and isinstance(item.get("id"), str) and traces.are_in(item["id"])


def erase_from_steps(onboarding: Onboarding, change: Callable[[Any], Any]) -> None:
    """Change what was found, offered, answered and begun."""
    states = list(onboarding.steps.all())
    for state in states:
        for field in DOCUMENTS:
            setattr(state, field, change(getattr(state, field)))
    StepState.objects.bulk_update(states, DOCUMENTS)


def erase_from_approvals(onboarding: Onboarding, change: Callable[[Any], Any]) -> None:
    """Change what was approved; who approved it and when stays. An open one fits its plan no more: it is asked anew."""
    rows = list(onboarding.approvals.all())
    for row in rows:
        row.changes = change(row.changes)
    Approval.objects.bulk_update(rows, ["changes"], batch_size=BATCH)


def erase_from_events(onboarding: Onboarding, change: Callable[[Any], Any]) -> None:
    """Change what the lines of the timeline name; the lines stay, with their times and our own people."""
    changed = []
    for event in onboarding.events.iterator(chunk_size=BATCH):
        told = (event.message, event.detail, event.actor_name)
        left = (change(event.message), change(event.detail), change(event.actor_name))
        if left != told:
            event.message, event.detail, event.actor_name = left
            changed.append(event)
    Event.objects.bulk_update(changed, ["message", "detail", "actor_name"], batch_size=BATCH)
