"""Why people are not as they should be: the largest groups of one cause."""

from __future__ import annotations

from django.db.models import Case, CharField, Count, Max, Value, When

from onboarding.causes.index import REASON_MARKS
from onboarding.domain.headcount import Failure
from onboarding.domain.standings import Scope, Standing
from onboarding.models import Onboarding

MAX_GROUPS = 12
TO_MEND = (Standing.FAILED, Standing.OUTDATED, Standing.HELD_BACK)


def failures(onboarding: Onboarding) -> tuple[Failure, ...]:
    """The largest groups: by standing, code, the catalogue's mark inside the reason, empty attribute and scope.

    `reason` is one of theirs, of which the mark is a part. One query.
    """
    marked = Case(
        *[When(reason__contains=mark, then=Value(mark)) for mark in REASON_MARKS],
        default=Value(""),
        output_field=CharField(),
    )
    grouped = (
        onboarding.people.filter(standing__in=TO_MEND)
        .annotate(mark=marked)
        .values("standing", "code", "mark", "lacking", "scope")
        .annotate(people=Count("id"), sample=Max("reason"))
        .order_by("-people", "standing", "code", "mark", "lacking", "scope")[:MAX_GROUPS]
    )
    return tuple(
        Failure(
            row["people"],
            row["code"],
            row["mark"] or row["sample"],
            row["lacking"],
            Standing(row["standing"]),
            Scope(row["scope"]),
        )
        for row in grouped
    )
