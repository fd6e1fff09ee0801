"""Why people are not as they should be: the largest groups of one cause."""

from __future__ import annotations

from django.db.models import Case, CharField, Count, F, Max, Value, When

from onboarding.causes.index import REASON_MARKS
from onboarding.domain.headcount import Failure
from onboarding.domain.standings import InHaiilo, Scope, Standing
from onboarding.models import Onboarding, Person

MAX_GROUPS = 12
REPORTED = (Person.Result.CREATED, Person.Result.UPDATED, Person.Result.MATCHED)
TO_MEND = (Standing.FAILED, Standing.OUTDATED, Standing.HELD_BACK)


def failures(onboarding: Onboarding) -> tuple[Failure, ...]:
    """The largest groups: by standing, code, the catalogue's mark inside the reason, empty attribute, scope, and what
    Haiilo says of those whose account Microsoft has reported.

    `reason` is one of theirs, of which the mark is a part. One query.
    """
    marked = Case(
        *[When(reason__contains=mark, then=Value(mark)) for mark in REASON_MARKS],
        default=Value(""),
        output_field=CharField(),
    )
    lost = When(standing=Standing.FAILED, result__in=REPORTED, then=F("in_haiilo"))
    grouped = (
        onboarding.people.filter(standing__in=TO_MEND)
        .annotate(mark=marked, word=Case(lost, default=Value(""), output_field=CharField()))
        .values("standing", "code", "mark", "lacking", "scope", "word")
        .annotate(people=Count("id"), sample=Max("reason"))
        .order_by("-people", "standing", "code", "mark", "lacking", "scope", "word")[:MAX_GROUPS]
    )
    return tuple(
        Failure(
            row["people"],
            row["code"],
            row["mark"] or row["sample"],
            row["lacking"],
            Standing(row["standing"]),
            Scope(row["scope"]),
            InHaiilo(row["word"]),
        )
        for row in grouped
    )
