"""How long names are kept: the oldest go by themselves, one person's go on request, and all numbers stay (ADR 0012).

In short transactions, each holding one onboarding's row as ingestion does; two workers at once take turns, and what
is erased already is not found again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q, QuerySet, TextField
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext_noop as _

from onboarding.domain.lifecycle import State
from onboarding.domain.sentences import plural, say
from onboarding.engine import holds, ledger
from onboarding.models import (
    Approval,
    ConsentAttempt,
    Customer,
    Event,
    Inquiry,
    Letter,
    Link,
    Onboarding,
    Person,
    Questionnaire,
    StepState,
    TenantBinding,
)
from onboarding.models.inquiry import KEPT
from onboarding.models.person import marks_of
from onboarding.people import history, rollup
from onboarding.privacy import erasure
from onboarding.privacy.erasure import BATCH, DOCUMENTS, NOBODY

CLOSED_AND_ERASED = "closed_erased"  # the kind of the line after which nothing is left to erase
ENDED_STATES = (Letter.State.SENT, Letter.State.UNKNOWN, Letter.State.FAILED, Letter.State.CANCELLED)


@dataclass(frozen=True)
class Erased:
    """How many rows of each kind lose their names, or have lost them."""

    people: int = 0
    letters: int = 0
    links: int = 0
    sign_ins: int = 0
    onboardings: int = 0
    addresses: int = 0

    def __add__(self, other: Erased) -> Erased:
        return Erased(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))


def oldest_kept(now: datetime) -> datetime | None:
    """Names from before this moment go; None where the contract alone says how long they are kept."""
    return now - timedelta(days=settings.RETENTION_DAYS) if settings.RETENTION_DAYS > 0 else None


# What is due


def _people(before: datetime) -> QuerySet[Person]:
    return Person.objects.filter(at__lt=before, erased_at=None)


def _letters(before: datetime) -> QuerySet[Letter]:
    ended = Letter.objects.annotate(ended=Coalesce("sent_at", "claimed_at", "created_at"))
    return ended.filter(ended__lt=before, state__in=ENDED_STATES).exclude(to_email="")


def _links(before: datetime) -> QuerySet[Link]:
    ended = Q(used_at__lt=before) | Q(revoked_at__lt=before) | Q(expires_at__lt=before)
    return Link.objects.filter(ended).exclude(contact_email="")


def _attempts(before: datetime) -> QuerySet[ConsentAttempt]:
    ended = _named_attempts().annotate(ended=Coalesce("answered_at", "signed_in_at", "started_at"))
    return ended.filter(ended__lt=before)


def _named_attempts() -> QuerySet[ConsentAttempt]:
    return ConsentAttempt.objects.exclude(signed_in_name="", signed_in_object_id="", source_hash="")


def _locks(before: datetime) -> QuerySet[Event]:
    """Lines about a link that was tried too often, which tell the network address it was tried from."""
    return Event.objects.filter(kind=holds.LOCKED, at__lt=before, detail__has_key="address")


def _closed(before: datetime) -> QuerySet[Onboarding]:
    """Those that were closed before, and are not erased yet."""
    closed = Onboarding.objects.filter(state=State.CLOSED).exclude(events__kind=CLOSED_AND_ERASED)
    at = Coalesce(Max("events__at", filter=Q(events__kind=State.CLOSED)), Max("events__at"), "created_at")
    return closed.annotate(closed_at=at).filter(closed_at__lt=before)


def due(now: datetime) -> Erased:
    """How much `erase_old` would erase now. Nothing is changed."""
    before = oldest_kept(now)
    if before is None:
        return Erased()
    closed = list(_closed(before).values_list("pk", flat=True))
    people = Person.objects.filter(Q(at__lt=before) | Q(onboarding__in=closed), erased_at=None)
    return Erased(
        people.count(),
        _letters(before).count(),
        _links(before).count(),
        _attempts(before).count(),
        len(closed),
        _locks(before).count(),
    )


# By age


def erase_old(now: datetime) -> Erased:
    """Erase what is older than `settings.RETENTION_DAYS`. May be called as often as one likes, and by several."""
    Inquiry.objects.filter(asked_at__lt=now - KEPT).delete()
    rollup.let_go(now)
    before = oldest_kept(now)
    if before is None:
        return Erased()
    erased = Erased()
    for pk in _in_question(_people(before)):
        erased += Erased(people=_erase_people(pk, _people(before), now))
    for pk in _in_question(_histories(before)):
        _shorten_histories(pk, before)
    erased += Erased(
        letters=_in_batches(_letters(before), erasure.erase_letters),
        links=_in_batches(_links(before), erasure.erase_links),
        sign_ins=_in_batches(_attempts(before), erasure.erase_attempts),
        addresses=sum(_erase_sources(pk, before) for pk in _in_question(_locks(before))),
    )
    for pk in list(_closed(before).values_list("pk", flat=True)):
        erased += _erase_closed(pk, now)
    return erased


def _in_question(found: QuerySet[Any]) -> list[int]:
    """The onboardings of these rows."""
    return list(found.order_by().values_list("onboarding_id", flat=True).distinct())


@transaction.atomic
def _erase_sources(onboarding_id: int, before: datetime) -> int:
    _held(onboarding_id)
    return erasure.erase_sources(_locks(before).filter(onboarding=onboarding_id))


def _erase_people(onboarding_id: int, found: QuerySet[Person], now: datetime) -> int:
    erased, batch = 0, BATCH
    while batch == BATCH:
        batch = _erase_batch(onboarding_id, found, now)
        erased += batch
    return erased


@transaction.atomic
def _erase_batch(onboarding_id: int, found: QuerySet[Person], now: datetime) -> int:
    held = _held(onboarding_id)
    rows = list(found.filter(onboarding=onboarding_id).order_by("at", "pk")[:BATCH])
    if rows:
        erasure.erase_people(held, rows, now=now)
        text = plural(
            "%(count)s name was erased: no activity for a long time",
            "%(count)s names were erased: no activity for a long time",
        )
        ledger.note(onboarding_id, "erased", say(text, count=len(rows)))
    return len(rows)


def _histories(before: datetime) -> QuerySet[Person]:
    """Of people to whom something has happened since, too."""
    return Person.objects.filter(history__told__0__0__lt=before.timestamp())


def _shorten_histories(onboarding_id: int, before: datetime) -> None:
    """Take what happened before from the histories, in short transactions."""
    batch = BATCH
    while batch == BATCH:
        with transaction.atomic():
            _held(onboarding_id)
            rows = list(_histories(before).filter(onboarding=onboarding_id).order_by("pk")[:BATCH])
            for row in rows:
                row.history = history.without_older(row.history, before.timestamp())
            Person.objects.bulk_update(rows, ["history"])
        batch = len(rows)


def _held(onboarding_id: int) -> Onboarding:
    return Onboarding.objects.lock(onboarding_id)


def _in_batches(found: QuerySet[Any], erase: Callable[[QuerySet[Any]], int]) -> int:
    """Each batch is one UPDATE, which checks again whether the rows are still to be erased."""
    erased = 0
    while batch := list(found.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        erased += erase(found.filter(pk__in=batch))
    return erased


# When the onboarding is over


def _erase_closed(onboarding_id: int, now: datetime) -> Erased:
    """Erase all names and all that people typed; what stays is what was done when, by whom of ours, and the numbers.

    The tenant stays bound, so that nobody else binds it.
    """
    people = _erase_people(onboarding_id, Person.objects.filter(erased_at=None), now)
    with transaction.atomic():
        onboarding = _held(onboarding_id)
        if onboarding.events.filter(kind=CLOSED_AND_ERASED).exists():
            return Erased(people=people)
        onboarding.secrets.all().delete()
        onboarding.backups.all().delete()
        onboarding.inquiries.all().delete()
        Questionnaire.objects.filter(onboarding=onboarding).delete()
        _erase_contacts(onboarding)
        onboarding.proposals.update(reason=NOBODY)
        onboarding.secret_requests.open().update(taken_back_at=now)
        Onboarding.objects.filter(pk=onboarding.pk).update(log_reading={}, log_trouble={}, scope_reading={})
        TenantBinding.objects.filter(onboarding=onboarding).update(admin_name="", admin_object_id="")
        erasure.erase_from_steps(onboarding, erasure.without_values)
        erasure.erase_from_approvals(onboarding, erasure.without_values)
        erasure.erase_from_events(onboarding, erasure.without_values)
        erased = Erased(
            people,
            erasure.erase_letters(onboarding.letters.exclude(to_email="")),
            erasure.erase_links(onboarding.links.exclude(contact_email="")),
            erasure.erase_attempts(_named_attempts().filter(link__onboarding=onboarding)),
            onboardings=1,
        )
        ledger.note(onboarding.pk, CLOSED_AND_ERASED, say(_("All names were erased: this onboarding ended long ago.")))
    return erased


def _erase_contacts(onboarding: Onboarding) -> None:
    """Leave one contact without a name: pages and `customers/` count on a first contact."""
    first = onboarding.contacts.order_by("pk").first()
    if first is not None:
        onboarding.contacts.exclude(pk=first.pk).delete()
        onboarding.contacts.update(name=NOBODY, email="", note="")
    Customer.objects.filter(pk=onboarding.customer_id).update(contact_name=NOBODY, contact_email="")


# On request


def concerned(person_id: str, *, onboarding_id: int | None = None) -> list[int]:
    """The onboardings that know the person with this object id of Entra, also where only a mark is left."""
    known = Onboarding.objects.filter(pk=onboarding_id) if onboarding_id else Onboarding.objects.all()
    marks = [mark for pk in known.values_list("pk", flat=True) for mark in marks_of(pk, person_id)]
    by_row = Q(people__source_id__in=[person_id, *marks]) | Q(links__attempts__signed_in_object_id=person_id)
    found = set(known.filter(by_row | Q(binding__admin_object_id=person_id)).values_list("pk", flat=True))
    texts = {f"{field}_text": Cast(field, TextField()) for field in DOCUMENTS}
    told = Q(*((f"{name}__icontains", person_id) for name in texts), _connector=Q.OR)
    states = StepState.objects.filter(onboarding__in=known).annotate(**texts).filter(told)
    approved = Approval.objects.filter(onboarding__in=known).annotate(text=Cast("changes", TextField()))
    told_there = approved.filter(text__icontains=person_id).values_list("onboarding_id", flat=True)
    return sorted(found | set(states.values_list("onboarding_id", flat=True)) | set(told_there))


@transaction.atomic
def erase_person(onboarding_id: int, person_id: str, *, now: datetime) -> None:
    """Erase one person here for good: whatever the log says later, no name comes back, only the outcome is counted.

    A run that is under way loses its lease, so that it does not write back what it has read before.
    """
    onboarding = _held(onboarding_id)
    rows = list(onboarding.people.filter(source_id__in=[person_id, *marks_of(onboarding_id, person_id)]))
    traces = erasure.traces_of(person_id, rows)
    erasure.erase_people(onboarding, rows, now=now, for_good=True)
    onboarding.inquiries.all().delete()  # whoever may be among them
    erasure.erase_from_steps(onboarding, partial(erasure.without, traces=traces))
    erasure.erase_from_approvals(onboarding, partial(erasure.without, traces=traces))
    erasure.erase_from_events(onboarding, partial(erasure.without, traces=traces))
    erasure.erase_attempts(ConsentAttempt.objects.filter(link__onboarding=onboarding, signed_in_object_id=person_id))
    bound = TenantBinding.objects.filter(onboarding=onboarding, admin_object_id=person_id)
    bound.update(admin_name="", admin_object_id="")
    for row in Questionnaire.objects.filter(onboarding=onboarding).exclude(pilot_person=""):
        if traces.are_in(row.pilot_person):
            row.pilot_person = ""
            row.save(update_fields=["pilot_person"])
    Onboarding.objects.interrupt(onboarding_id)
    ledger.note(onboarding_id, "erased", say(_("A person was erased on request.")))
