"""Everybody whom the cycle has touched: how many came through how, why some did not, and the rows one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from django.db.models import Case, CharField, Count, Max, Q, QuerySet, Value, When

from onboarding.causes.index import REASON_MARKS, explain_code
from onboarding.engine.load_desired import headcount, seen
from onboarding.models import Onboarding, Person
from onboarding.models.person import mark_in
from onboarding.steps.scope.evidence import ScopeEvidence
from onboarding.web.paging import cursor, read_cursor
from onboarding.web.step_view import COURTS, Text

Result = Person.Result
MAX_CAUSES = 12
MARKS = REASON_MARKS


@dataclass(frozen=True)
class Filter:
    """Which people to show. `mark` is one of the catalogue's marks inside a reason; with `code` alone, none of them.

    `lacking`: with `code`, those for whom this attribute is empty; without it, those for whom none is named.
    """

    result: str = ""
    code: str = ""
    mark: str = ""
    lacking: str = ""
    search: str = ""

    def __bool__(self) -> bool:
        return bool(self.result or self.code or self.mark or self.lacking or self.search)


@dataclass(frozen=True)
class Cause:
    """Why some people did not come through, in a sentence, how many it concerns, and who acts."""

    result: str
    code: str
    mark: str
    lacking: str
    count: int
    sentence: str
    court: str
    court_label: Text


@dataclass(frozen=True)
class People:
    """One page of people, with numbers over all of them whatever the filter is.

    `arrived`: how many are in Haiilo, None where nobody has told. `erased`: how many the filter leaves beside the rows,
    whose names have been erased.
    """

    rows: list[Person]
    next: str
    counts: Mapping[str, int]
    causes: list[Cause]
    total: int
    arrived: int | None
    in_scope: int | None
    erased: int


def people(
    onboarding: Onboarding, wanted: Filter = Filter(), *, after: str = "", limit: int = 100, names: bool = True
) -> People:
    """One page of people by user name. Without `names` no cause quotes what Microsoft says of one. Four queries."""
    filtered = _filtered(onboarding, wanted)
    found = filtered.filter(erased_at=None)
    start = read_cursor(after)
    if start:
        user_name, pk = start
        found = found.filter(Q(user_name__gt=user_name) | Q(user_name=user_name, pk__gt=pk))
    rows = list(found.order_by("user_name", "pk")[: limit + 1])
    counts = onboarding.people_counts
    scope = seen(onboarding.pk, ScopeEvidence)
    return People(
        rows=rows[:limit],
        next=cursor(rows[limit - 1].user_name, rows[limit - 1].pk) if len(rows) > limit else "",
        counts={value: counts.get(value, 0) for value in Result.values},
        causes=_causes(onboarding, names=names),
        total=sum(counts.values()),
        arrived=headcount(onboarding).in_haiilo,
        in_scope=scope.total if scope else None,
        erased=filtered.filter(erased_at__isnull=False).count(),
    )


def _causes(onboarding: Onboarding, *, names: bool) -> list[Cause]:
    """Failures first, then the largest groups."""
    marked = Case(
        *[When(reason__contains=mark, then=Value(mark)) for mark in MARKS], default=Value(""), output_field=CharField()
    )
    grouped = (
        onboarding.people.filter(result__in=[Result.FAILED, Result.SKIPPED])
        .annotate(mark=marked)
        .values("result", "code", "mark", "lacking")
        .annotate(people=Count("id"), sample=Max("reason"))
        .order_by("result", "-people", "code", "mark", "lacking")[:MAX_CAUSES]
    )
    return [_cause(row, names=names) for row in grouped]


def _cause(row: Mapping[str, Any], *, names: bool) -> Cause:
    told = row["mark"] or (row["sample"] if names else "")
    sentence, court = explain_code(row["code"], told, lacking=row["lacking"])
    group = (row["result"], row["code"], row["mark"], row["lacking"], row["people"])
    return Cause(*group, str(sentence), court, COURTS[court])


def why(person: Person, *, names: bool = True) -> str:
    """Why the person is not in Haiilo, in a sentence; empty for those who are. Without `names` in our words only."""
    if person.result not in (Result.FAILED, Result.SKIPPED):
        return ""
    told = person.reason if names else mark_in(person.reason)
    return str(explain_code(person.code, told, lacking=person.lacking)[0])


def people_rows(onboarding: Onboarding, wanted: Filter = Filter()) -> Iterator[Person]:
    """All people that the filter leaves, one by one, for an export; memory does not grow with their number.

    By user name, and after them those whose names have been erased.
    """
    found = _filtered(onboarding, wanted)
    named = found.filter(erased_at=None).order_by("user_name", "pk").iterator(chunk_size=1000)
    return chain(named, found.filter(erased_at__isnull=False).order_by("pk").iterator(chunk_size=1000))


def _filtered(onboarding: Onboarding, wanted: Filter) -> QuerySet[Person]:
    found: QuerySet[Person] = onboarding.people.all()
    if wanted.result in Result.values:
        found = found.filter(result=wanted.result)
    if wanted.mark in MARKS:
        found = found.filter(reason__contains=wanted.mark)
    if wanted.code:
        found = found.filter(code=wanted.code, lacking=wanted.lacking)
        for mark in MARKS if not wanted.mark else ():
            found = found.exclude(reason__contains=mark)
    if wanted.search:
        found = found.filter(Q(name__icontains=wanted.search) | Q(user_name__icontains=wanted.search))
    return found
