"""Whom the roster offers as test users: of each way to be assigned some people, and of the rare shapes of data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Count, Min, QuerySet

from onboarding.domain.standings import Scope
from onboarding.domain.suggested import Suggested
from onboarding.models import Onboarding, Person

OF_EACH = 5
SETS_OF_SHAPES = 15


def suggested(onboarding: Onboarding) -> tuple[Suggested, ...]:
    """People in scope, a few assigned directly, a few by groups, a few guests, and one of each rare set of shapes. Five
    queries.
    """
    found = {row.source_id: _suggested(row) for rows in _ways(onboarding) for row in rows}
    return tuple(found.values())


def _ways(onboarding: Onboarding) -> Iterator[QuerySet[Person]]:
    """Each in one order, so that the same people are offered again."""
    people = onboarding.people.filter(scope=Scope.IN, erased_at=None).order_by("pk")
    yield people.filter(paths__0__by="direct", is_guest=False)[:OF_EACH]
    yield people.filter(paths__0__by="group", is_guest=False)[:OF_EACH]
    yield people.filter(is_guest=True)[:OF_EACH]
    shaped = people.exclude(shapes="").order_by().values("shapes").annotate(number=Count("pk"), first=Min("pk"))
    rare = [each["first"] for each in shaped.order_by("number", "shapes")[:SETS_OF_SHAPES]]
    yield people.filter(pk__in=rare)


def _suggested(row: Person) -> Suggested:
    path: Mapping[str, Any] = row.paths[0] if row.paths else {}
    by, group = str(path.get("by", "")), str(path.get("group", ""))
    return Suggested(row.source_id, row.name, row.user_name, by, group, row.is_guest)
