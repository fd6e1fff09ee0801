"""Haiilo's own word on the people of the roster: whom it has is compared with who should be there, and written down.

Nothing is written of a list that ended early: it is taken whole before the first row is. Who was not asked for, and of
whom Haiilo does not say whether the account is active, counts as not asked.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from onboarding.domain.haiilo_list import HaiiloList
from onboarding.domain.standings import InHaiilo, Standing, Told, standing
from onboarding.haiilo import Differences, Expected, HaiiloError, HaiiloUser, Word, compare
from onboarding.models import Onboarding, Person
from onboarding.models.onboarding import Lease
from onboarding.models.person import marks_of
from onboarding.people import many_rows, roster, values

COLUMNS = ("in_haiilo", "in_haiilo_at", "differs", "differs_in")
WORDS = {
    Word.ACTIVE: InHaiilo.ACTIVE,
    Word.INACTIVE: InHaiilo.INACTIVE,
    Word.ABSENT: InHaiilo.ABSENT,
    Word.TWICE: InHaiilo.TWICE,
    Word.UNCLEAR: InHaiilo.UNTOLD,
}
THERE = (InHaiilo.ACTIVE, InHaiilo.TWICE)
RIGHTLY_THERE = (Standing.ARRIVED, Standing.OUTDATED)
OF_A_GUEST = "#ext#"  # a user name of which Entra makes another one

Find = Callable[[str], list[HaiiloUser]]
Alive = Callable[[], None]
Words = dict[str, InHaiilo]
Accounts = Mapping[str, HaiiloUser]


@dataclass(frozen=True)
class Asked:
    """One person of the roster, as Haiilo is asked for; `had_account`: by Microsoft's last report, of
    `told_at`, there is one.
    """

    pk: int
    person: Expected
    had_account: bool
    word: InHaiilo
    asked_at: datetime | None
    told_at: datetime | None = None


def by_list(lease: Lease, row: Onboarding, users: Iterable[HaiiloUser], *, at: datetime, alive: Alive) -> HaiiloList:
    """Compare everybody with the list, whose reading began `at`. Raises what `users` raises, and nothing is written
    then; `LeaseLost`. `alive` is called before each part that is written.
    """
    accounts = list(users)
    people = _people(row)
    found = compare(accounts, [each.person for each in people], made_by_entra=_once_made(row, accounts))
    # Without Haiilo's own id of it, an account that was renamed looks like one that is not there.
    unsure = {each.person.person_id for each in people if each.had_account and not each.person.haiilo_id}
    words = _believed(found.words, unsure)
    _write(lease, row, {each.pk: words[each.person.person_id] for each in people}, _accounts(found), at, alive)
    return replace(
        _summary(people, words),
        at=at,
        total=len(accounts),
        twice=len(found.twice),
        left_over=len(found.left_over),
        others=found.others,
        different=sum(row.differing.values()),
    )


def one_by_one(
    lease: Lease, row: Onboarding, find: Find, *, at: datetime, since: datetime, names_are_made: bool, alive: Alive
) -> HaiiloList:
    """Look for those by name of whom Haiilo has not been asked `since` then, until `find` raises; what was answered
    before counts, and `left` says how many are still to be asked.

    `names_are_made`: Entra gives Haiilo the user name that the tenant has, so that whoever is not found by it is not
    there. Raises what `find` raises where it told of nobody; `LeaseLost`.
    """
    people = _people(row)
    waiting = [each for each in people if each.person.user_name and not _is_asked(each, since)]
    answered, accounts = _searched(waiting, find)
    asked = [each.person for each in answered]
    found = compare(_not_of_others(accounts, people, asked), asked, whole=False)
    unsure = {each.person.person_id for each in answered if each.had_account and not _is_named(each, names_are_made)}
    words = _believed(found.words, unsure)
    _write(lease, row, {each.pk: words[each.person.person_id] for each in answered}, _accounts(found), at, alive)
    known = {each.person.person_id: each.word for each in people if _is_asked(each, since)} | words
    different = sum(row.differing.values())
    return replace(_summary(people, known), at=at, left=len(waiting) - len(answered), different=different)


def _is_asked(each: Asked, since: datetime) -> bool:
    """What was answered before Microsoft's last report counts no more."""
    return each.asked_at is not None and each.asked_at >= max(since, each.told_at or since)


def _is_named(each: Asked, names_are_made: bool) -> bool:
    return names_are_made and OF_A_GUEST not in each.person.user_name.lower()


def _searched(waiting: Iterable[Asked], find: Find) -> tuple[list[Asked], list[HaiiloUser]]:
    answered: list[Asked] = []
    accounts: dict[str, HaiiloUser] = {}
    for each in waiting:
        try:
            found = find(each.person.user_name)
        except HaiiloError:
            if not answered:
                raise
            break
        accounts |= {user.id or user.user_name: user for user in found}
        answered.append(each)
    return answered, list(accounts.values())


def _not_of_others(
    accounts: Iterable[HaiiloUser], people: Iterable[Asked], asked: Collection[Expected]
) -> list[HaiiloUser]:
    """Without those that Microsoft has made for people who were not asked for: two may want one user name."""
    known = {each.person_id for each in asked}
    others = {each.person.haiilo_id.lower() for each in people if each.person.person_id not in known}
    return [user for user in accounts if not user.id or user.id.lower() not in others]


def _people(row: Onboarding) -> list[Asked]:
    """Everybody by name who should be in Haiilo, or was there; the longest not asked for first."""
    rows = row.people.filter(erased_at=None).defer("reason", "paths", "name")
    found = [each for person in rows.iterator() if (each := _asked(person)) is not None]
    return sorted(found, key=lambda each: each.asked_at.timestamp() if each.asked_at else 0.0)


def _asked(person: Person) -> Asked | None:
    """None for those who are not to be there, and of whom Microsoft has reported no account: another one of theirs is
    not ours to judge.
    """
    known = roster.known(person)
    belongs = known.told is not Told.REMOVED and standing(replace(known, in_haiilo=InHaiilo.ACTIVE)) in RIGHTLY_THERE
    belongs = belongs or known.belongs
    if not belongs and known.told is Told.NOTHING:
        return None
    ids = {"haiilo_id": person.target_id, "earlier_id": person.earlier_target_id}
    expected = Expected(person.source_id, _name_there(person), belongs, **ids)
    word = InHaiilo(person.in_haiilo)
    told_at = person.at if person.result else None
    return Asked(person.pk, expected, known.told is Told.ACCOUNT, word, person.in_haiilo_at, told_at)


def _name_there(person: Person) -> str:
    """The user name at Haiilo: as the log tells it, else as the mappings make it of the one in Entra."""
    of_entra = not person.result or OF_A_GUEST in person.user_name.lower()
    return (of_entra and person.made_name) or person.user_name


def _once_made(row: Onboarding, accounts: Iterable[HaiiloUser]) -> Collection[str]:
    """externalIds of accounts that Entra made for people whose rows are erased."""
    erased = set(row.people.exclude(erased_at=None).exclude(result="").values_list("source_id", flat=True))
    externals = (user.external_id for user in accounts if user.external_id) if erased else ()
    return {each for each in externals if not erased.isdisjoint(marks_of(row.pk, each))}


def _believed(words: Mapping[str, Word], unsure: Collection[str]) -> Words:
    """Haiilo's words as they are kept; of the `unsure`, nobody is called absent."""
    return {
        person: InHaiilo.UNTOLD if word is Word.ABSENT and person in unsure else WORDS[word]
        for person, word in words.items()
    }


def _summary(people: Iterable[Asked], words: Mapping[str, InHaiilo]) -> HaiiloList:
    said = [(each, words.get(each.person.person_id, InHaiilo.UNTOLD)) for each in people]
    wanted = [(each, word) for each, word in said if each.person.should_be_there]
    return HaiiloList(
        asked=len(wanted),
        there=sum(word in THERE for _each, word in wanted),
        missing=sum(word is InHaiilo.ABSENT and each.had_account for each, word in wanted),
        inactive=sum(word is InHaiilo.INACTIVE for _each, word in wanted),
        untold=sum(word is InHaiilo.UNTOLD for _each, word in wanted),
        twice=sum(word is InHaiilo.TWICE for _each, word in said),
        not_deactivated=sum(word in THERE for each, word in said if not each.person.should_be_there),
    )


def _accounts(found: Differences) -> Accounts:
    return {pair.person.person_id: pair.account for pair in found.pairs}


def _write(
    lease: Lease, row: Onboarding, words: Mapping[int, InHaiilo], accounts: Accounts, at: datetime, alive: Alive
) -> None:
    """Write these words, by the row's key, with what becomes of each, and in what their `accounts`, by id in Entra,
    differ; each part in a transaction of its own.
    """
    keys = list(words)
    for part in (keys[begin : begin + many_rows.BATCH] for begin in range(0, len(keys), many_rows.BATCH)):
        alive()
        with transaction.atomic():
            held = Onboarding.objects.hold(lease)
            before = {each.source_id: each for each in held.people.filter(pk__in=part, erased_at=None)}
            after = {
                source_id: _told(each, words[each.pk], accounts.get(source_id), at)
                for source_id, each in before.items()
            }
            roster.write(held, before, after, COLUMNS)
        roster.carry_counts(held, row)


def _told(person: Person, word: InHaiilo, account: HaiiloUser | None, at: datetime) -> Person:
    """The same row to write, with this word: newer than what was known when Haiilo was asked, whatever Microsoft's
    clock says.
    """
    made = copy.copy(person)
    made.pk = None
    made.in_haiilo, made.in_haiilo_at = word, max(at, person.at) if word else None
    made.differs = values.differing(person, account) if account is not None else {}
    made.differs_in = values.fields_of(made.differs)
    return made
