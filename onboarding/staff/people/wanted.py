"""Whom a filter of the list leaves, by an index each that has them in the order of the list.

A person can have several findings, and several values that differ: a row keeps them in one word, and the onboarding's
row counts these words. So those with one finding are the people of a few words, each read in the order of the list and
merged: of however many people, a page reads no more than it shows of each word.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, cast

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Field, Q, QuerySet

from onboarding.causes.forecast import Code
from onboarding.domain.headcount import Failure, Headcount
from onboarding.domain.standings import InHaiilo, Scope, Standing
from onboarding.models import Onboarding, Person
from onboarding.models.compiled import Given, Select, given
from onboarding.people import erased
from onboarding.people.failures import TO_MEND, word_of
from onboarding.people.values import TARGETS
from onboarding.staff.people.search import Search, search_for

ANY = "any"
KEPT = 200  # lists whose SQL is made once a process: a customer's people may have many words or few


@dataclass(frozen=True)
class Filter:
    """Which people to show.

    `of_cause`: exactly one group of a cause (`people.failures`), which `standing`, `code`, `mark`, `lacking`, `scope`
    and `in_haiilo` tell; without it `standing` alone counts of these.
    `differs`: those of whom Haiilo keeps another value of this field (`people.values`), or of any (`any`).
    `finding`: those of whom the mappings make something odd, by its code (`causes.forecast`).
    """

    standing: str = ""
    code: str = ""
    mark: str = ""
    lacking: str = ""
    scope: str = ""
    in_haiilo: str = ""
    of_cause: str = ""
    finding: str = ""
    differs: str = ""
    search: str = ""

    def __bool__(self) -> bool:
        return any(vars(self).values())


EVERYBODY = Filter()


@dataclass(frozen=True)
class Wanted:
    """Those of `found` who have one of these `words` in the `column`; all of `found` where no column is named.

    `search`: as which a search was carried out, where there was one. `of_all`: the same without it, as of all people of
    the customer: one of the words in each of these columns. `everybody_of`: the key of the onboarding whose people
    `found` are, where it is all of them.
    """

    found: QuerySet[Person]
    column: str = ""
    words: Sequence[str | Given] = ()
    search: Search | None = None
    of_all: Mapping[str, Sequence[str]] = field(default_factory=dict)
    everybody_of: int | None = None

    def rows(self, most: int, *columns: str, after: tuple[str, int] | None = None) -> list[Person]:
        """What `named` has. One query, or none where nobody can be among them."""
        if self.everybody_of is None or (self.column and not self.words):
            return _read(self.named(most, *columns, after=after))
        words = {_place(number): word for number, word in enumerate(self.words)}
        user_name, pk = after or (None, None)
        listed = _list(self.column, len(words), most, columns, is_behind=after is not None)
        return listed.rows(onboarding=self.everybody_of, user_name=user_name, id=pk, **words)

    def named(self, most: int, *columns: str, after: tuple[str | Given, int | Given] | None = None) -> QuerySet[Person]:
        """At most so many of those whose names are kept, by user name and key, behind the place `after`; with these
        columns, or all.
        """
        found = self.found.filter(erased_at=None)
        if after:
            found = _behind(found, *after)
        return _merged([part.only(*columns) if columns else part for part in self._parts(found)], most)

    def count_erased(self, onboarding: Onboarding) -> int:
        """How many of them have lost their names, as the onboarding's row counts them; nobody is found by a search. No
        query.
        """
        return 0 if self.search is not None else erased.count(onboarding.erased, self.of_all)

    def erased(self) -> QuerySet[Person]:
        """Those whose names have been erased, in the order in which they are found soonest."""
        if not self.column:  # or all of the customer's people may be read, in whatever order they lie
            return self.found.filter(erased_at__isnull=False).order_by("standing")
        return self.found.filter(**{f"{self.column}__in": self.words}, erased_at__isnull=False).order_by()

    def _parts(self, found: QuerySet[Person]) -> list[QuerySet[Person]]:
        if not self.column:
            return [found]
        return [found.filter(**{self.column: word}) for word in self.words] or [found.none()]


@lru_cache(maxsize=KEPT)
def _list(column: str, words: int, most: int, columns: Sequence[str], *, is_behind: bool) -> Select[Person]:
    """The list by this column of people of any `onboarding`, with any of so many words, behind any place. It is planned
    each time: one word can be that of nearly everybody, and another one of nobody.
    """
    wanted = [Given(_place(number), _field(column)) for number in range(words)]
    after = (Given("user_name", _field("user_name")), Given("id", _field("id"))) if is_behind else None
    some = Wanted(Person.objects.filter(**given(Person, "onboarding")), column, wanted)
    return Select(some.named(most, *columns, after=after), planned_once=False)


def _read(people: QuerySet[Person]) -> list[Person]:
    try:
        return Select(people, planned_once=False).rows()
    except EmptyResultSet:  # nobody can be among them
        return []


def _place(number: int) -> str:
    return f"word_{number}"


def _field(column: str) -> Field[Any, Any]:
    return cast("Field[Any, Any]", Person._meta.get_field(column))


def _merged(parts: Sequence[QuerySet[Person]], most: int) -> QuerySet[Person]:
    """The first of all of them. Each part is cut by itself, where the database can do that, or all of it is read."""
    order = ("user_name", "pk")
    if not parts[1:]:
        return parts[0].order_by(*order)[:most]
    if connection.features.supports_slicing_ordering_in_compound:
        parts = [part.order_by(*order)[:most] for part in parts]
    return parts[0].union(*parts[1:], all=True).order_by(*order)[:most]


def _behind(found: QuerySet[Person], user_name: str | Given, pk: int | Given) -> QuerySet[Person]:
    """Those who come after this place, by user name and key."""
    # The first by itself, or the index would be read from its beginning.
    return found.filter(user_name__gte=user_name).filter(Q(user_name__gt=user_name) | Q(pk__gt=pk))


def wanted_of(onboarding: Onboarding, wanted: Filter, numbers: Headcount) -> Wanted:
    """Whom this filter leaves. No query, but for some searches (`search_for`)."""
    found = everybody = onboarding.people.all()
    column, words = "", list[str]()
    if wanted.of_cause and wanted.standing in TO_MEND:
        column, words = "cause", [word_of(_group(wanted))]
    elif wanted.standing in Standing.values:
        column, words = "standing", _standings(wanted.standing, numbers)
    search = _search(onboarding, wanted, numbers)
    if search is not None:
        found = found.none() if search.is_too_wide else found.filter(search.found)
    of_all = {column: words} if column else {}
    for name, counts, word in _in_words(onboarding, wanted):
        found = found.filter(**{f"{column}__in": words}) if column else found
        column, words = name, [each for each in counts if word == ANY or word in each.split(",")]
        of_all[column] = words
    return Wanted(found, column, words, search, of_all, onboarding.pk if found is everybody else None)


def _search(onboarding: Onboarding, wanted: Filter, numbers: Headcount) -> Search | None:
    people = sum(numbers.standings.values())
    return search_for(onboarding, wanted.search, people=people) if wanted.search else None


def _in_words(onboarding: Onboarding, wanted: Filter) -> list[tuple[str, dict[str, int], str]]:
    """What is wanted by a word of several in a column: the column, the counts of all there are, and the word."""
    differs = [("differs_in", onboarding.differing, wanted.differs)] if wanted.differs in (ANY, *TARGETS) else []
    findings = [("finding_codes", onboarding.findings, wanted.finding)] if wanted.finding in set(Code) else []
    return [*differs, *findings]


def _group(wanted: Filter) -> Failure:
    return Failure(
        0,
        wanted.code,
        wanted.mark,
        wanted.lacking,
        Standing(wanted.standing),
        Scope(wanted.scope),
        InHaiilo(wanted.in_haiilo),
    )


def _standings(wanted: str, numbers: Headcount) -> list[str]:
    """Which standings of rows are shown as this one."""
    coming = numbers.coming_as
    if coming is Standing.COMING or wanted not in (Standing.COMING, coming):
        return [wanted]
    return [coming, Standing.COMING] if wanted == coming else []
