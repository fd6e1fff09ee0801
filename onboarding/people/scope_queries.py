"""Which rows of the roster a reading of the assignments still has to look at."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from onboarding.domain.standings import Scope
from onboarding.models import Onboarding, Person
from onboarding.people.scope_place import Place
from onboarding.people.scope_rows import is_unread

FIRST_IS_UNREAD = {"paths__0__unread": True}  # who is assigned directly is met so before by any group


def is_nobody(row: Person) -> bool:
    """Whether the directory has no such person, nothing else was ever told of one, and nobody asked to be erased."""
    return is_unread(row) and not (row.result or row.in_haiilo or row.erased_at)


def unread(row: Onboarding, place: Place) -> QuerySet[Person]:
    """Whom this reading has met, without an account yet."""
    return row.people.filter(scope_at=place.began, **FIRST_IS_UNREAD)


def not_met(held: Onboarding, place: Place) -> QuerySet[Person]:
    """Who is out now: met in an earlier reading only, told of by the log before this one, or not in the directory.

    What the log told since may be of somebody who was assigned since.
    """
    earlier = Q(scope_at__lt=place.began) | Q(scope_at=None, at__lt=place.began)
    gone = Q(scope_at=place.began, **FIRST_IS_UNREAD)
    return held.people.filter((earlier & ~Q(scope=Scope.OUT)) | gone).order_by("pk")
