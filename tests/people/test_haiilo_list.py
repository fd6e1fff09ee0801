"""What Haiilo's own list makes of the roster, and what may not be made of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction

from onboarding.domain.haiilo_list import HaiiloList
from onboarding.haiilo import HaiiloUser, TryLater, Unreadable
from onboarding.models import Onboarding, Person, clock
from onboarding.models.onboarding import LeaseLost
from onboarding.models.person import marks_of
from onboarding.people import haiilo_list, roster
from tests import builders

pytestmark = pytest.mark.django_db


def nothing() -> None: ...


def account(number: int, **more: Any) -> HaiiloUser:
    return HaiiloUser(**{"id": f"h{number}", "user_name": f"p{number}@x.example", "active": True, **more})


def person(made: Onboarding, number: int, **columns: Any) -> Person:
    """One whom Microsoft has created an hour ago, as account `h<number>`."""
    at = clock.now() - timedelta(hours=1)
    told = {"result": "created", "at": at, "seen": {"last": "created", "created": at.timestamp()}}
    row = Person(
        onboarding=made,
        source_id=f"e{number}",
        **{"target_id": f"h{number}", "user_name": f"p{number}@x.example", **told, **columns},
    )
    with transaction.atomic():
        roster.write(Onboarding.objects.lock(made.pk), {}, {row.source_id: row}, [*told, "target_id", "user_name"])
    return row


def listed(made: Onboarding, *users: HaiiloUser) -> HaiiloList:
    return haiilo_list.by_list(builders.claimed(made.pk), made, users, at=clock.now(), alive=nothing)


def words(made: Onboarding) -> dict[str, tuple[str, str]]:
    return {each.source_id: (each.in_haiilo, each.standing) for each in made.people.all()}


@pytest.fixture
def made() -> Onboarding:
    return builders.onboarding()


def test_writes_what_haiilo_says_of_each_and_counts_it(made):
    for number in range(4):
        person(made, number)
    found = listed(made, account(0), account(1, active=False), account(2), account(9), account(2, id="other"))
    assert words(made) == {
        "e0": ("active", "arrived"),
        "e1": ("inactive", "failed"),
        "e2": ("twice", "twice"),
        "e3": ("absent", "failed"),
    }
    assert (found.asked, found.there, found.missing, found.inactive, found.twice) == (4, 2, 1, 1, 1)
    assert (found.total, found.others, found.left_over) == (5, 1, 0)
    assert Onboarding.objects.get(pk=made.pk).standings == made.standings == {"arrived": 1, "failed": 2, "twice": 1}


def test_believes_haiilo_of_what_was_known_when_it_was_asked_whatever_microsofts_clock_says(made):
    at = clock.now() + timedelta(hours=1)
    person(made, 0, at=at, seen={"last": "created", "created": at.timestamp()})
    listed(made)
    assert words(made) == {"e0": ("absent", "failed")}


def test_writes_nothing_of_a_list_that_ends_early(made):
    person(made, 0)
    person(made, 1)

    def half() -> Iterator[HaiiloUser]:
        yield account(0)
        raise Unreadable("the list ended at 1 of 2")

    with pytest.raises(Unreadable):
        haiilo_list.by_list(builders.claimed(made.pk), made, half(), at=clock.now(), alive=nothing)
    assert words(made) == {"e0": ("", "arrived"), "e1": ("", "arrived")}


def test_calls_nobody_absent_whose_account_may_be_under_another_name(made):
    person(made, 0, target_id="")
    found = listed(made, account(7))
    assert words(made) == {"e0": ("", "arrived")}
    assert (found.missing, found.untold) == (0, 1)


def test_judges_no_account_of_somebody_who_is_not_to_be_there(made):
    person(made, 0, target_id="", result="skipped", code="NotEffectivelyEntitled", seen={"last": "outside"})
    found = listed(made, account(0))
    assert words(made) == {"e0": ("", "out")}
    assert (found.asked, found.others) == (0, 1)


def test_tells_who_left_and_is_still_there(made):
    at = clock.now().timestamp() - 7200
    person(made, 0, result="skipped", code="NotEffectivelyEntitled", seen={"last": "outside", "created": at})
    assert listed(made, account(0)).not_deactivated == 1
    assert words(made) == {"e0": ("active", "leaving")}


def test_counts_accounts_of_people_whose_names_are_erased_as_left_over(made):
    row = person(made, 0)
    mark = marks_of(made.pk, "e0")[0]
    made.people.filter(source_id=row.source_id).update(source_id=mark, target_id="", erased_at=clock.now())
    found = listed(made, account(0, external_id="e0"))
    assert (found.asked, found.left_over, found.others) == (0, 1, 0)


def test_finds_a_guest_by_the_name_that_the_mapping_makes(made):
    """Where Microsoft shows no log, nobody has told how the user name was written at Haiilo."""
    guest = {"user_name": "p0_x.example#EXT#@x.onmicrosoft.com", "target_id": "", "result": "", "seen": {}}
    row = person(made, 0, **guest)
    made.people.filter(source_id=row.source_id).update(scope="in", made_name="p0@x.example")
    found = listed(made, account(0, user_name="P0@x.example"))
    assert words(made) == {"e0": ("active", "arrived")}
    assert (found.there, found.untold, found.others, found.different) == (1, 0, 0, 0)


def test_looks_for_a_guest_by_the_name_that_the_mapping_makes(made):
    row = person(made, 0, user_name="p0_x.example#EXT#@x.onmicrosoft.com", target_id="", result="", seen={})
    made.people.filter(source_id=row.source_id).update(scope="in", made_name="p0@x.example")
    search = Search(account(0))
    assert (searched(made, search).there, search.names) == (1, ["p0@x.example"])


def test_writes_nothing_once_another_worker_has_taken_over(made):
    person(made, 0)
    lease = builders.claimed(made.pk)
    Onboarding.objects.interrupt(made.pk)
    with pytest.raises(LeaseLost):
        haiilo_list.by_list(lease, made, [account(0)], at=clock.now(), alive=nothing)
    assert words(made) == {"e0": ("", "arrived")}


class Search:
    """A search for one name that answers `most` times, and then no more."""

    def __init__(self, *users: HaiiloUser, most: int = 100) -> None:
        self.users, self.left, self.names = users, most, list[str]()

    def __call__(self, name: str) -> list[HaiiloUser]:
        if not self.left:
            raise TryLater("too late")
        self.left -= 1
        self.names.append(name)
        return [user for user in self.users if user.user_name == name]


def searched(made: Onboarding, search: Search, *, names_are_made: bool = True) -> HaiiloList:
    Onboarding.objects.filter(pk=made.pk).update(next_run_at=clock.Now(), leased_until=None)
    now = clock.now()
    return haiilo_list.one_by_one(
        builders.claimed(made.pk),
        made,
        search,
        at=now,
        since=now - timedelta(minutes=30),
        names_are_made=names_are_made,
        alive=nothing,
    )


def test_goes_on_with_those_who_were_not_asked_for(made):
    for number in range(3):
        person(made, number)
    users = [account(number) for number in range(2)]
    first = searched(made, Search(*users, most=2))
    assert (first.left, first.is_whole, first.there) == (1, False, 2)
    assert sorted(word for word, _standing in words(made).values()) == ["", "active", "active"]
    rest = Search(*users)
    found = searched(made, rest)
    assert rest.names == ["p2@x.example"]
    assert (found.left, found.asked, found.there, found.missing, found.others) == (0, 3, 2, 1, None)
    assert words(made)["e2"] == ("absent", "failed")


def test_raises_what_kept_it_from_asking_for_anybody(made):
    person(made, 0)
    with pytest.raises(TryLater):
        searched(made, Search(most=0))


@pytest.mark.parametrize(
    ("user_name", "names_are_made"), [("p0@x.example", False), ("p0_x.example#EXT#@x.onmicrosoft.com", True)]
)
def test_does_not_take_a_name_that_entra_makes_otherwise_for_the_person(made, user_name, names_are_made):
    person(made, 0, user_name=user_name)
    found = searched(made, Search(), names_are_made=names_are_made)
    assert words(made) == {"e0": ("", "arrived")}
    assert (found.untold, found.missing) == (1, 0)


def test_gives_nobody_an_account_that_microsoft_has_made_for_somebody_of_the_same_name(made):
    """Of two who want one user name only the one who has none is asked for here."""
    person(made, 1)
    failed = {"result": "failed", "code": "DuplicateSourceEntries", "action": "create", "seen": {"last": "failed"}}
    person(made, 2, **failed, target_id="", user_name="p1@x.example")
    made.people.filter(source_id="e1").update(in_haiilo="active", in_haiilo_at=clock.now())
    searched(made, Search(account(1)))
    assert words(made) == {"e1": ("active", "arrived"), "e2": ("absent", "failed")}
