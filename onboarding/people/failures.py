"""Why people are not as they should be: the largest groups of one cause, and who is in which.

A group is told by one word in each row (`Person.cause`), by which the roster counts them (`Onboarding.causes`).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from functools import cache
from typing import Any

from django.db.models import QuerySet, Subquery
from django.db.models.functions import Coalesce

from graphclient.errors import storable
from onboarding.domain.headcount import Failure
from onboarding.domain.standings import NOT_AS_THEY_SHOULD, InHaiilo, Scope, Standing
from onboarding.models import Onboarding, Person
from onboarding.models.compiled import Given, Select, given
from onboarding.models.person import mark_in
from onboarding.people.outcome import GOING

MAX_GROUPS = 12
TO_MEND = (*NOT_AS_THEY_SHOULD, Standing.HELD_BACK, Standing.LEAVING)
BY_CODE = (Standing.FAILED, Standing.OUTDATED, Standing.HELD_BACK)
"""Standings that Microsoft's code explains; of who is leaving, it explains a removal that failed."""
IN_VAIN = (Person.Result.FAILED, Person.Result.SKIPPED)
"""Results that come with a code. Of others who have failed, Haiilo says why."""
TELLING = ("cause", "standing", "result", "action", "code", "reason", "lacking", "scope", "in_haiilo")
"""The columns by which a group is told, and what is shown of it."""
KEPT_OF_CODE = 120  # letters, as the row has them


def failures(onboarding: Onboarding) -> tuple[Failure, ...]:
    """The largest groups, as the row has counted them: by standing, and as far as these explain it by code, the
    catalogue's mark inside the reason, empty attribute, scope, and what Haiilo says of those whose account, or whose
    removal, Microsoft has reported, or whom it has not tried.

    `reason` is one of theirs, or the mark. One query, which reads a person a group; none where there is none.
    """
    largest = dict(sorted(onboarding.causes.items(), key=lambda each: (-each[1], each[0]))[:MAX_GROUPS])
    if not largest:
        return ()
    asked = {f"cause_{number}": cause for number, cause in enumerate(largest)}
    samples = _samples(len(largest)).rows(onboarding=onboarding.pk, **asked)
    found = [replace(_sample(row), count=largest[row.cause]) for row in samples]
    return tuple(sorted(found, key=lambda each: (-each.count, *_told(each))))


@cache
def _samples(groups: int) -> Select[Person]:
    """One of each of so many causes of the `onboarding`, named by `cause_0`, `cause_1` …"""
    people = Person.objects.filter(**given(Person, "onboarding"))
    cause = Person._meta.get_field("cause")
    keys: list[Any] = [_one_of(people.filter(cause=Given(f"cause_{number}", cause))) for number in range(groups)]
    return Select(people.filter(pk__in=keys).only(*TELLING))


def _one_of(people: QuerySet[Person]) -> Coalesce:
    """The key of one of them; of somebody whose name is kept, where there is one."""
    named = people.filter(erased_at=None).order_by("-user_name", "-pk")
    erased = people.filter(erased_at__isnull=False).order_by()
    return Coalesce(*(Subquery(each.values("pk")[:1]) for each in (named, erased)))


def _sample(row: Person) -> Failure:
    found = group_of(row)
    return replace(found, reason=mark_in(found.reason) or found.reason)


def cause_of(person: Person) -> str:
    """The word by which the person is counted; empty for who is as they should be. Another text of the same cause gives
    the same word, and no word leads back to its cause.
    """
    return word_of(group_of(person)) if person.standing in TO_MEND else ""


def word_of(failure: Failure) -> str:
    """By which those are counted who are in this group, whatever its `count` and `reason` but for the mark inside."""
    told = json.dumps(_told(failure)).encode()
    return hashlib.blake2s(told, digest_size=8).hexdigest()


def _told(failure: Failure) -> tuple[str, ...]:
    """By what groups differ."""
    code, lacking = (storable(each)[:KEPT_OF_CODE] for each in (failure.code, failure.lacking))
    place = (str(failure.scope), str(failure.in_haiilo))
    return str(failure.standing), code, mark_in(failure.reason), lacking, *place


def group_of(person: Person) -> Failure:
    """The group in which this person counts, alone, with what Microsoft says of this one."""
    standing, code_explains = Standing(person.standing), _code_explains(person)
    by_haiilo = standing is Standing.UNLINKED or (standing is Standing.FAILED and person.result not in IN_VAIN)
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
