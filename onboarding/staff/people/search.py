"""Whom a search for a name finds, at a cost that does not grow with the number of people.

An index of trigrams finds three letters and more anywhere. Where the database has none, everybody is looked through
as long as a customer has few people; of many, names and user names are searched for by their beginning.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from django.db import connection
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Collate, Concat, Upper
from django.utils.translation import gettext_noop as _

from onboarding.domain.sentences import Sentence, say
from onboarding.models import Onboarding, Person

TRIGRAM = 3
FEW = 1000
"""People through whom a page may look one by one."""
MOST = 1000
"""People who are looked at where their names begin alike."""
LAST = "\U0010ffff"  # sorts behind every letter
INDEX = "person_by_part_of_name"
SHORT = _("One or two letters are searched for at the beginning of words only.")
BEGINNINGS = _(
    "Of more than %(people)s people, this installation searches for the beginning of a name or user name only."
)


@dataclass(frozen=True)
class Search:
    """Whom a search leaves. `note`: what it does not find, where that is so; `is_too_wide`: more than `MOST` people
    begin like that, and nobody is shown.
    """

    found: Q
    note: Sentence | None = None
    is_too_wide: bool = False


def search_for(onboarding: Onboarding, text: str, *, people: int) -> Search:
    """Who has this anywhere in the name or the user name, as far as it can be searched for among so many people. Three
    queries at most.
    """
    if people > FEW and connection.vendor == "postgresql" and not has_trigrams():
        return _by_beginning(onboarding, text)
    if len(text) >= TRIGRAM:
        return Search(Q(name__icontains=text) | Q(user_name__icontains=text))
    # An index of trigrams finds no shorter text elsewhere, and all of a million people would be read.
    begins = Q(name__istartswith=text) | Q(user_name__istartswith=text)
    return Search(begins | Q(name__icontains=f" {text}") | Q(user_name__icontains=f".{text}"), say(SHORT))


def _by_beginning(onboarding: Onboarding, text: str) -> Search:
    keys = [list(beginning(onboarding.people.all(), column, text)) for column in ("name", "user_name")]
    found, note = Q(pk__in={key for each in keys for key in each}), say(BEGINNINGS, people=FEW)
    return Search(found, note, is_too_wide=max(map(len, keys)) > MOST)


def beginning(people: QuerySet[Person], column: str, text: str) -> QuerySet[Person, int]:
    """The keys of those in whose column this text stands at the beginning, whatever its capitals; one more than are
    looked at, where there are more. In the order of an index, from which no more is read.
    """
    capitals = people.filter(erased_at=None).annotate(begins=Collate(Upper(column), "C"))
    first, behind = Upper(Value(text)), Concat(Upper(Value(text)), Value(LAST))
    found = capitals.filter(begins__gte=first, begins__lt=behind).order_by("begins", "pk")
    return found.values_list("pk", flat=True)[: MOST + 1]


@cache
def has_trigrams() -> bool:
    """Whether names are indexed by trigrams here; asked once a process."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_class WHERE oid = to_regclass(%s)", [INDEX])
        return cursor.fetchone() is not None
