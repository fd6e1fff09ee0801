"""Why people are not as they should be: the largest groups of one cause, and who is in which."""

from __future__ import annotations

from django.db.models import Case, CharField, Count, Expression, F, Max, Q, QuerySet, Value, When

from onboarding.causes.index import REASON_MARKS
from onboarding.domain.headcount import Failure
from onboarding.domain.standings import InHaiilo, Scope, Standing
from onboarding.models import Onboarding, Person
from onboarding.models.person import mark_in
from onboarding.people.outcome import GOING

MAX_GROUPS = 12
TO_MEND = (Standing.FAILED, Standing.OUTDATED, Standing.TWICE, Standing.HELD_BACK, Standing.LEAVING)
BY_CODE = (Standing.FAILED, Standing.OUTDATED, Standing.HELD_BACK)
"""Standings that Microsoft's code explains; of who is leaving, it explains a removal that failed."""
IN_VAIN = (Person.Result.FAILED, Person.Result.SKIPPED)
"""Results that come with a code. Of others who have failed, Haiilo says why."""
KEYS = ("standing", "told_code", "mark", "told_lacking", "told_scope", "word")


def failures(onboarding: Onboarding) -> tuple[Failure, ...]:
    """The largest groups: by standing, and as far as these explain it by code, the catalogue's mark inside the reason,
    empty attribute, scope, and what Haiilo says of those whose account, or whose removal, Microsoft has reported, or
    whom it has not tried.

    `reason` is one of theirs, of which the mark is a part. One query.
    """
    grouped = (
        _by_cause(onboarding.people.filter(standing__in=TO_MEND))
        .values(*KEYS)
        .annotate(people=Count("id"), sample=Max("told_reason"))
        .order_by("-people", *KEYS)[:MAX_GROUPS]
    )
    return tuple(
        Failure(
            row["people"],
            row["told_code"],
            row["mark"] or row["sample"],
            row["told_lacking"],
            Standing(row["standing"]),
            Scope(row["told_scope"]),
            InHaiilo(row["word"]),
        )
        for row in grouped
    )


def of_group(people: QuerySet[Person], failure: Failure) -> QuerySet[Person]:
    """Those of `people` who are counted in this group, whatever its `count` and `reason` but for the mark inside."""
    told = {"told_code": failure.code, "mark": mark_in(failure.reason), "told_lacking": failure.lacking}
    place = {"standing": failure.standing, "told_scope": failure.scope, "word": failure.in_haiilo}
    return _by_cause(people).filter(**told, **place)


def group_of(person: Person) -> Failure:
    """The group in which this person counts, alone, with what Microsoft says of this one."""
    standing, code_explains = Standing(person.standing), _code_explains(person)
    by_haiilo = standing is Standing.FAILED and person.result not in IN_VAIN
    stayed = standing is Standing.LEAVING and person.result == Person.Result.REMOVED
    return Failure(
        1,
        code=person.code if code_explains else "",
        reason=person.reason if code_explains else "",
        lacking=person.lacking if code_explains else "",
        standing=standing,
        scope=Scope(person.scope) if standing in BY_CODE else Scope.UNREAD,
        in_haiilo=InHaiilo(person.in_haiilo) if by_haiilo or stayed else InHaiilo.UNTOLD,
    )


def _code_explains(person: Person) -> bool:
    not_removed = person.result in IN_VAIN and person.action in GOING
    return person.standing in BY_CODE or (person.standing == Standing.LEAVING and not_removed)


def _by_cause(people: QuerySet[Person]) -> QuerySet[Person]:
    """With what explains each of them, and nothing else."""
    # As `_code_explains`, for all rows at once.
    explains = Q(standing__in=BY_CODE) | Q(standing=Standing.LEAVING, result__in=IN_VAIN, action__in=GOING)
    marks = [When(explains & Q(reason__contains=mark), then=Value(mark)) for mark in REASON_MARKS]
    by_haiilo = Q(standing=Standing.FAILED) & ~Q(result__in=IN_VAIN)
    stayed = Q(standing=Standing.LEAVING, result=Person.Result.REMOVED)
    return people.annotate(
        told_code=_where(explains, "code"),
        told_reason=_where(explains, "reason"),
        told_lacking=_where(explains, "lacking"),
        told_scope=_where(Q(standing__in=BY_CODE), "scope"),
        word=_where(by_haiilo | stayed, "in_haiilo"),
        mark=Case(*marks, default=Value(""), output_field=CharField()),
    )


def _where(condition: Q, column: str) -> Expression:
    """The column where that is so, else nothing."""
    return Case(When(condition, then=F(column)), default=Value(""), output_field=CharField())
