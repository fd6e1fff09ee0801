"""Everybody who is, was or should be in Haiilo: what becomes of them, why some are not as they should be, and who."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from operator import attrgetter

from django.utils.translation import gettext_lazy as _

from onboarding.causes import standings
from onboarding.causes.base import Owner
from onboarding.causes.forecast import OF_SEVERAL, Code
from onboarding.causes.people import SEARCH_REFUSED, SEARCH_REFUSED_FOR
from onboarding.causes.standings import Explained, Facts, explained
from onboarding.domain.headcount import Failure, Headcount
from onboarding.domain.sentences import Sentence, plural, say
from onboarding.domain.standings import SHOULD_ARRIVE, Scope, Standing
from onboarding.engine.load_desired import headcount, seen
from onboarding.models import Onboarding, Person
from onboarding.models.person import mark_in
from onboarding.people.failures import TELLING, TO_MEND, failures, group_of
from onboarding.people.recipe import odd_signs
from onboarding.staff.people.search import Search
from onboarding.staff.people.wanted import EVERYBODY, Filter, Wanted, wanted_of
from onboarding.steps.live import trying
from onboarding.steps.scope.evidence import ScopeEvidence
from onboarding.web.paging import cursor, read_cursor
from onboarding.web.step_view import Text

SHOWN = ("onboarding", "source_id", "name", "user_name", "at", "differs_in", *TELLING)
"""The columns that a row of the list is made of: some of the others hold long documents."""
EXPORTED = (*SHOWN, "erased_at")
TOLD = attrgetter("differs_in", *TELLING)
"""All of a person by which is told why they are not as they should be, but for the user name."""
MOST_WHYS = 1000  # kept at once of an export, in which each of very many people may have failed in words of their own
TRY_THEM = plural("Try %(count)s person again", "Try %(count)s people again")
TRY_SOME = plural("Try %(count)s of them again", "Try %(count)s of them again")
TRIED_AGAIN = (Standing.FAILED, Standing.OUTDATED)
"""Who of the people of a live customer may be tried again one by one."""
PEOPLE = plural("1 person", "%(shown)s people")
AT_FIRST, AT_ONCE = 100, 1000  # rows of an export, whose beginning is waited for
OWNERS: dict[str, Text] = {
    Owner.CS: _("We have to act"),
    Owner.CUSTOMER: _("The customer has to act"),
    Owner.MICROSOFT: _("Microsoft has to act"),
    Owner.HAIILO: _("Haiilo has to act"),
    Owner.ENGINEERS: _("Our engineers have to act"),
}


@dataclass(frozen=True)
class Cause:
    """Why some people are not as they should be, how many it concerns, and who acts.

    `people`: how many, in words. `code`: Microsoft's, or ours where it has none. `sample`: Microsoft's words of one of
    them, empty where they are not shown. `message_to_customer`: whether there is something that the customer can be
    asked for.
    """

    failure: Failure
    wanted: Filter
    people: str
    sentence: str
    owner: Owner
    owner_label: Text
    code: str
    standing_label: str
    sample: str
    message_to_customer: bool

    @property
    def is_tried_again(self) -> bool:
        """Whether Microsoft can be made to try them again at once."""
        return self.failure.standing in TRIED_AGAIN

    @property
    def try_again(self) -> str:
        """What the button says: how many at once."""
        most = self.failure.count > trying.MOST
        return str(say(TRY_SOME, count=trying.MOST) if most else say(TRY_THEM, count=self.failure.count))

    @property
    def fields(self) -> dict[str, str]:
        """The group as fields of a form."""
        return {name: value for name, value in vars(self.wanted).items() if value}


@dataclass(frozen=True)
class Why:
    """Why somebody is not in Haiilo, or not as they should be; an empty sentence where nothing is to be said.

    `by_user_name`: odd signs in the user name, where there are any, tell it more exactly.
    """

    sentence: str
    by_user_name: bool = False

    def of(self, person: Person) -> str:
        """The sentence for one of those of whom that is so."""
        signs = odd_signs(person.user_name) if self.by_user_name else ""
        return str(say(SEARCH_REFUSED_FOR, value=person.user_name, signs=signs)) if signs else self.sentence


@dataclass(frozen=True)
class Row:
    """One person of the list: what becomes of them as pages tell it, and why, in a sentence or empty."""

    person: Person
    standing: Standing
    why: str


@dataclass(frozen=True)
class People:
    """One page of people, with numbers over all of them whatever the filter is.

    `in_scope`: how many should have an account, None where nobody knows; `is_about`: an older count of the assignments
    tells it. `erased`: how many the filter leaves beside the rows of all pages, whose names have been erased; nobody
    where somebody is searched for. `finding`: what the filter's finding says, of as many as the last reading of the
    scope has counted. `search`: how far was searched, where somebody was searched for.
    """

    rows: list[Row]
    next: str
    numbers: Headcount
    causes: list[Cause]
    in_scope: int | None
    is_about: bool
    erased: int
    finding: Sentence | None
    search: Search | None = None

    @property
    def otherwise(self) -> Explained | None:
        """What is said of those for whom Haiilo keeps other values; None where there are none."""
        return standings.otherwise() if self.numbers.differ else None

    @property
    def differ(self) -> str:
        """How many these are, in words."""
        return _in_words(self.numbers.differ)

    @property
    def otherwise_owner(self) -> Text:
        """Who acts on that."""
        return OWNERS[standings.DIFFERS.owner]

    @property
    def total(self) -> int:
        """How many people there are rows of."""
        return sum(self.numbers.standings.values())


def people(
    onboarding: Onboarding, wanted: Filter = EVERYBODY, *, after: str = "", limit: int = 100, names: bool = True
) -> People:
    """One page of people by user name. Without `names` no cause quotes what Microsoft says of one.

    Two queries, one more where somebody is not as they should be, and those of the search.
    """
    numbers = headcount(onboarding)
    found = wanted_of(onboarding, wanted, numbers)
    rows = found.rows(limit + 1, *SHOWN, after=read_cursor(after))
    is_more, scope = len(rows) > limit, seen(onboarding.pk, ScopeEvidence)
    counted = scope.counted if scope is not None else None
    return People(
        rows=[Row(person, shown(person, numbers), told) for person, told in with_whys(rows[:limit], names=names)],
        next=cursor(rows[limit - 1].user_name, rows[limit - 1].pk) if is_more else "",
        numbers=numbers,
        causes=[_cause(failure, names=names) for failure in failures(onboarding)],
        in_scope=counted if numbers.in_scope is None else numbers.in_scope,
        is_about=numbers.in_scope is None,
        erased=found.count_erased(onboarding),
        finding=_finding_said(scope, wanted),
        search=found.search,
    )


def shown(person: Person, numbers: Headcount) -> Standing:
    """What becomes of the person, as pages tell it: nobody is on the way who may have arrived, or was left out."""
    return numbers.coming_as if person.standing == Standing.COMING else Standing(person.standing)


def filter_for(failure: Failure) -> Filter:
    """Which people are exactly this group."""
    mark = mark_in(failure.reason)
    told = {"code": failure.code, "mark": mark, "lacking": failure.lacking}
    return Filter(failure.standing, **told, scope=failure.scope, in_haiilo=failure.in_haiilo, of_cause="1")


def _in_words(people: int) -> str:
    return str(say(PEOPLE, count=people, shown=people))


def facts_of(failure: Failure, *, names: bool = True) -> Facts:
    """What is known of this group; without `names` nothing that Microsoft says of one of them."""
    return standings.facts_of(failure if names else replace(failure, reason=mark_in(failure.reason)))


def _cause(failure: Failure, *, names: bool) -> Cause:
    found = explained(facts_of(failure, names=names))
    assert found is not None
    return Cause(
        failure=failure,
        wanted=filter_for(failure),
        people=_in_words(failure.count),
        sentence=str(found.sentence),
        owner=found.owner,
        owner_label=OWNERS[found.owner],
        code=failure.code or (found.cause.code if found.cause else ""),
        standing_label=str(failure.standing.label),
        sample=failure.reason if names and failure.reason != mark_in(failure.reason) and found.cause else "",
        message_to_customer=found.owner is Owner.CUSTOMER and found.customer is not None,
    )


def may_try(onboarding: Onboarding) -> bool:
    """Whether people of this customer may be tried again one by one: it is live, and we may change something."""
    return onboarding.live_at is not None and onboarding.size.sets_up


def reason_of(person: Person, *, names: bool = True) -> Explained | None:
    """Why the person is not as they should be, or else the values of the account; without `names` in our words only."""
    if person.standing == Standing.ARRIVED and person.differs_in:
        return standings.otherwise()
    if person.standing in TO_MEND:
        return explained(facts_of(group_of(person), names=names))
    told = person.reason if names else mark_in(person.reason)
    return explained(Facts(person.standing, person.code, told, person.lacking, person.scope))


def why(person: Person, *, names: bool = True) -> str:
    """Why the person is not in Haiilo, or not as they should be, in a sentence; empty where nothing is to be said."""
    return _why(person, names=names).of(person)


def with_whys(people: Iterable[Person], *, names: bool = True) -> Iterator[tuple[Person, str]]:
    """Each of them with the answer of `why`. Those of whom the same is known are explained once."""
    known: dict[tuple[str, ...], Why] = {}
    for person in people:
        told = TOLD(person)
        if told not in known:
            if len(known) == MOST_WHYS:
                known.clear()
            known[told] = _why(person, names=names)
        yield person, known[told].of(person)


def _why(person: Person, *, names: bool) -> Why:
    if person.standing == Standing.OUT and person.scope not in (Scope.UNREAD, *SHOULD_ARRIVE):
        return Why(str(Scope(person.scope).label))
    found = reason_of(person, names=names)
    if found is None:
        return Why("")
    return Why(str(found.sentence), by_user_name=names and found.cause is SEARCH_REFUSED)


def people_rows(onboarding: Onboarding, wanted: Filter = EVERYBODY) -> Iterator[Person]:
    """All people that the filter leaves, one by one, for an export; memory does not grow with their number.

    By user name, and after them those whose names have been erased.
    """
    found = wanted_of(onboarding, wanted, headcount(onboarding))
    erased = found.erased().only(*EXPORTED).order_by("pk").iterator(chunk_size=AT_ONCE)
    return chain(_named(found), erased)


def _named(found: Wanted) -> Iterator[Person]:
    """All of them, page by page: for one statement the database would put all rows aside before it sends the first."""
    asked = AT_FIRST
    rows = found.rows(asked, *EXPORTED)
    while rows:
        yield from rows
        is_last, asked, last = len(rows) < asked, AT_ONCE, rows[-1]
        rows = [] if is_last else found.rows(asked, *EXPORTED, after=(last.user_name, last.pk))


def people_of(onboarding: Onboarding, wanted: Filter, *, most: int) -> list[Person]:
    """At most so many of those whose names are kept, by user name."""
    return list(wanted_of(onboarding, wanted, headcount(onboarding)).named(most))


def _finding_said(scope: ScopeEvidence | None, wanted: Filter) -> Sentence | None:
    people = next((each.people for each in scope.findings if each.code == wanted.finding), 0) if scope else 0
    return say(OF_SEVERAL[Code(wanted.finding)], count=people) if people else None
