"""What becomes of everybody: who shares a user name, which countries there are, who is certain to fail."""

from __future__ import annotations

from typing import Any

from onboarding.causes.forecast import Code
from onboarding.domain.products import ADVOCACY, HOME, WORK, Mapped, Profile
from onboarding.expressions.values import NotEvaluated, Why
from onboarding.people.attributes import attributes_of
from onboarding.people.forecast import CountryMade, Doubled, forecast
from onboarding.people.recipe import recipe_of

COUNTRY = f"{WORK}.country"


def person(name: str, country: str | None = "Germany", **fields):
    name_at = f"{name}@nordwind.example"
    return name, attributes_of({"userPrincipalName": name_at, "country": country, "accountEnabled": True, **fields})


def test_names_who_would_share_a_user_name_whatever_the_capitals():
    people = [person("eva"), person("Eva"), person("ida"), person("straße"), person("strasse")]
    told = forecast(recipe_of(ADVOCACY), people)
    assert told.doubled == (Doubled("eva@nordwind.example", ("eva", "Eva")),)
    assert [
        who for who, made in told.made.items() if Code.DOUBLED_USER_NAME in {each.code for each in made.findings}
    ] == [
        "eva",
        "Eva",
    ]
    assert told.counts[Code.DOUBLED_USER_NAME] == 2


def test_takes_a_guest_and_a_member_of_one_name_for_doubled():
    guest = ("g", attributes_of({"userPrincipalName": "eva_nordwind.example#EXT#@other.example"}))
    assert forecast(recipe_of(ADVOCACY), [person("eva"), guest]).doubled[0].people == ("eva", "g")


def test_does_not_compare_names_that_are_not_known_or_empty():
    nobody: list[dict[str, Any]] = [{}, {}, {"userPrincipalName": None}, {"userPrincipalName": ""}]
    assert forecast(recipe_of(ADVOCACY), zip("abcd", nobody, strict=True)).doubled == ()


def test_counts_each_country_byte_for_byte():
    people = [
        *(person(name) for name in ("a", "b")),
        *(person(name, country) for name, country in (("c", "germany"), ("d", "Germany "), ("e", None), ("f", ""))),
    ]
    known = forecast(recipe_of(ADVOCACY, groups=frozenset({"Germany"})), people)
    assert known.countries == (
        CountryMade("Germany", 2, True),
        CountryMade("", 2, False),
        CountryMade("germany", 1, False),
        CountryMade("Germany ", 1, False),
    )
    assert known.certain_to_fail == {"c", "d"}
    untold = forecast(recipe_of(ADVOCACY), people)
    assert {each.is_group for each in untold.countries} == {None}
    assert untold.certain_to_fail == frozenset()
    assert forecast(recipe_of(HOME), people).countries == ()


def test_counts_whose_values_are_not_known():
    told = forecast(recipe_of(ADVOCACY), [person("a"), ("b", {"userPrincipalName": "b@nordwind.example"})])
    assert told.unknown == {
        "active": 1,
        COUNTRY: 1,
        "name.givenName": 2,
        "name.familyName": 2,
        f"{WORK}.locality": 2,
        f"{WORK}.region": 2,
    }
    assert told.certain_to_fail == frozenset()


def test_tries_an_expression_that_was_stopped_for_nobody_else():
    mapped = Mapped("userName", 'Replace([mail], , "(a+)+$", , "x", , )', required=True, matching_priority=1)
    slow = Profile("slow", "Slow", "", (mapped,), groups=False, deactivation_deletes=False, same_app_as_sso=True)
    people = [("a", {"mail": "a" * 5000 + "b"}), ("b", {"mail": "a"})]
    told = forecast(recipe_of(slow), people)
    assert {made.values["userName"] for made in told.made.values()} == {NotEvaluated(Why.TOO_SLOW, "Replace")}
    assert forecast(recipe_of(slow), reversed(people)).made["b"].values["userName"] == "x"
