"""Haiilo's accounts against the people who should be there."""

from __future__ import annotations

from typing import Any

import pytest

from onboarding.haiilo import Differences, Expected, HaiiloUser, Word, compare


def person(name: str, **more: Any) -> Expected:
    return Expected(f"entra-{name}", f"{name}@contoso.example", **more)


def user(name: str, **more: Any) -> HaiiloUser:
    return HaiiloUser(**{"id": f"haiilo-{name}", "user_name": f"{name}@contoso.example", "active": True, **more})


def names(people: Any) -> list[str]:
    return [each.person_id.removeprefix("entra-") for each in people]


def of(pairs: Any) -> list[tuple[str, str]]:
    return [(pair.person.person_id, pair.account.id) for pair in pairs]


def test_finds_nothing_where_both_agree():
    found = compare([user("eva"), user("ali")], [person("ali"), person("eva")])
    assert found == Differences(others=0, words={"entra-ali": Word.ACTIVE, "entra-eva": Word.ACTIVE})


def test_tells_who_is_missing():
    assert names(compare([user("eva")], [person("eva"), person("ali")]).missing) == ["ali"]


def test_tells_who_should_be_there_and_is_switched_off():
    found = compare([user("eva", active=False), user("ali", active=None)], [person("eva"), person("ali")])
    assert of(found.inactive) == [("entra-eva", "haiilo-eva")]
    assert found.missing == ()


@pytest.mark.parametrize(
    ("active", "told"),
    [(True, "not_deactivated"), (None, "unclear"), (False, "")],
)
def test_tells_who_should_not_be_there(active: bool | None, told: str):
    found = compare([user("eva", active=active)], [person("eva", should_be_there=False)])
    for kind in ("not_deactivated", "unclear"):
        assert of(getattr(found, kind)) == ([("entra-eva", "haiilo-eva")] if kind == told else [])
    assert (found.missing, found.inactive, found.left_over, found.others) == ((), (), (), 0)


def test_misses_nobody_who_left_and_is_gone():
    found = compare([], [person("eva", should_be_there=False)])
    assert found == Differences(others=0, words={"entra-eva": Word.ABSENT})


@pytest.mark.parametrize(
    ("account", "expected"),
    [
        (user("x", id="h-7"), person("eva", haiilo_id="h-7")),
        (user("x", external_id="ENTRA-eva"), person("eva")),
        (user("EVA"), person("eva")),
        (user("x", emails=("Eva@contoso.example",)), person("eva")),
        (user("x", emails=("eva@home.example",)), person("eva", email="EVA@home.example")),
        (user("eva.berg"), person("eva", email="eva.berg@contoso.example")),
    ],
)
def test_knows_a_person_by_id_external_id_user_name_and_address(account: HaiiloUser, expected: Expected):
    found = compare([account], [expected])
    assert (found.missing, found.others) == ((), 0)


def test_goes_by_the_surer_sign_first_and_gives_an_account_to_one_person_only():
    hers = user("x", id="h-1", emails=("ali@contoso.example",))
    found = compare([hers, user("y", id="h-2")], [person("ali"), person("eva", haiilo_id="h-1")])
    assert names(found.missing) == ["ali"]
    assert found.others == 1


def test_gives_an_account_that_two_people_fit_to_the_first_and_misses_the_other():
    people = [person("eva", email="team@x.example"), person("ali", email="team@x.example")]
    found = compare([user("x", emails=("team@x.example",))], people)
    assert names(found.missing) == ["ali"]


def test_looks_further_where_the_account_of_old_is_gone():
    found = compare([user("eva", id="h-new")], [person("eva", haiilo_id="h-old")])
    assert (found.missing, found.others) == ((), 0)


@pytest.mark.parametrize(
    ("one", "other", "attribute", "value"),
    [
        ({"external_id": "E-1"}, {"external_id": "e-1"}, "external_id", "e-1"),
        ({"user_name": "eva@x.example"}, {"user_name": "EVA@x.example"}, "user_name", "eva@x.example"),
        ({"emails": ("a@x.example",)}, {"emails": ("b@x.example", "A@x.example")}, "email", "a@x.example"),
        ({"user_name": "eva@x.example"}, {"emails": ("eva@X.example",)}, "email", "eva@x.example"),
    ],
)
def test_tells_two_accounts_of_one_person(one: dict[str, Any], other: dict[str, Any], attribute: str, value: str):
    found = compare([user("a", **one), user("b", **other), user("c")], [])
    (twice,) = found.twice
    assert (twice.attribute, twice.value) == (attribute, value)
    assert [account.id for account in twice.accounts] == ["haiilo-a", "haiilo-b"]
    assert found.others == 1  # neither of the two is told again


def test_tells_two_accounts_once_although_they_share_everything():
    same = {"external_id": "entra-eva", "user_name": "eva@contoso.example", "emails": ("eva@contoso.example",)}
    found = compare([user("a", **same, active=False), user("b", **same)], [person("eva", should_be_there=False)])
    assert [each.attribute for each in found.twice] == ["external_id"]
    assert of(found.not_deactivated) == [("entra-eva", "haiilo-b")]  # the one that is active


def test_takes_two_people_with_one_address_for_two():
    accounts = [user("eva", emails=("team@x.example",)), user("ali", emails=("team@x.example",))]
    assert compare(accounts, [person("eva"), person("ali")]).twice == ()
    (twice,) = compare(accounts, [person("eva")]).twice
    assert twice.attribute == "email"


def test_takes_accounts_without_a_name_for_no_double():
    assert compare([HaiiloUser("1"), HaiiloUser("2")], []).twice == ()


def test_names_what_is_left_over_only_where_entra_made_it():
    accounts = [user("old"), user("former", external_id="entra-former"), user("local"), user("admin")]
    found = compare(accounts, [], made_by_entra={"haiilo-old", "ENTRA-former", "haiilo-gone"})
    assert [account.id for account in found.left_over] == ["haiilo-old", "haiilo-former"]
    assert found.others == 2


def test_leaves_out_accounts_that_are_switched_off():
    found = compare([user("old", active=False), user("x", active=None)], [], made_by_entra=["haiilo-old"])
    assert (found.left_over, found.others) == ((), 1)


def test_says_nothing_of_others_where_single_accounts_were_asked_for():
    found = compare([user("eva"), user("x")], [person("eva"), person("ali")], made_by_entra=["haiilo-x"], whole=False)
    assert names(found.missing) == ["ali"]
    assert (found.left_over, found.others) == ((), None)


@pytest.mark.parametrize(
    ("account", "expected", "different"),
    [
        (user("x", id="h"), person("eva", haiilo_id="h"), [("user_name", "eva@contoso.example", "x@contoso.example")]),
        (user("EVA"), person("eva"), []),
        (
            user("eva", emails=("a@x.example",)),
            person("eva", email="b@x.example"),
            [("email", "b@x.example", "a@x.example")],
        ),
        (user("eva", emails=("A@x.example", "B@x.example")), person("eva", email="b@X.example"), []),
        (user("eva"), person("eva", email="b@x.example", given="Eva", family="Berg"), []),
        (
            user("eva", given="Evi", family=""),
            person("eva", given="Eva", family="Berg"),
            [("given", "Eva", "Evi"), ("family", "Berg", "")],
        ),
        (user("eva", given="Ma\u0308r  B"), person("eva", given="M\xe4r B"), []),
        (user("eva", given="eva"), person("eva", given="Eva"), [("given", "Eva", "eva")]),
        (user("eva", given="Evi"), person("eva"), []),
        (user("eva", given="Evi"), person("eva", given="Eva", should_be_there=False), []),
    ],
)
def test_tells_values_that_differ(account: HaiiloUser, expected: Expected, different: list[tuple[str, str, str]]):
    found = compare([account], [expected]).different
    assert [(each.attribute, each.expected, each.found) for each in found] == different


def test_says_of_each_person_what_haiilo_says():
    accounts = [user("a"), user("b", active=False), user("c", active=None), user("d"), user("D", id="h-2"), user("x")]
    found = compare(accounts, [person(name) for name in "abcde"])
    assert found.words == {
        "entra-a": Word.ACTIVE,
        "entra-b": Word.INACTIVE,
        "entra-c": Word.UNCLEAR,
        "entra-d": Word.TWICE,
        "entra-e": Word.ABSENT,
    }


def test_shows_no_person_in_a_repr():
    found = compare([user("eva", emails=("e@x.example",))], [person("eva", email="eva@y.example"), person("ali")])
    assert "@" not in repr(found)


def test_compares_a_large_platform_in_one_pass():
    """Each account and each person is looked at a fixed number of times: an index, no search."""
    count = 2000
    people = [Looked(f"entra-{number}", f"u{number}@x.example") for number in range(count)]
    accounts = [HaiiloUser(f"h-{number}", user_name=f"U{number}@x.example", active=True) for number in range(count)]
    Looked.hashes = 0
    assert set(compare(accounts, people).words.values()) == {Word.ACTIVE}
    assert count < Looked.hashes <= 20 * count


class Looked(Expected):
    """Counts how often it was looked up."""

    hashes = 0

    def __hash__(self) -> int:
        Looked.hashes += 1
        return hash(self.person_id)


@pytest.mark.parametrize(("active", "expected"), [(True, Word.TWICE), (None, Word.TWICE), (False, Word.ACTIVE)])
def test_tells_a_second_account_that_was_made_under_another_name(active: bool | None, expected: Word):
    renamed = Expected("entra-eva", "new.eva@contoso.example", haiilo_id="haiilo-new.eva", earlier_id="HAIILO-eva")
    found = compare([user("eva", active=active), user("new.eva")], [renamed])
    assert found.words == {"entra-eva": expected}
    assert [each.attribute for each in found.twice] == (["person_id"] if expected is Word.TWICE else [])
    assert found.others == 0
