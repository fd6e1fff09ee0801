"""What becomes of one person by the mappings, and what is odd about their data."""

from __future__ import annotations

from typing import Any

import pytest

from onboarding.causes.base import GAP
from onboarding.causes.forecast import Code
from onboarding.domain.products import ADVOCACY, HOME, WORK
from onboarding.expressions.values import DROPPED, NotEvaluated, Why
from onboarding.people.attributes import attributes_of
from onboarding.people.recipe import recipe_of
from onboarding.steps.mappings import document as mapping_document
from tests.steps.facts import attribute, people_of, schema

EVA = {
    "id": "u-1",
    "userPrincipalName": "eva@nordwind.example",
    "accountEnabled": True,
    "givenName": "Eva",
    "surname": "Berg",
    "country": "Germany",
    "city": "Bonn",
    "state": None,
}
COUNTRY = f"{WORK}.country"
GROUPS = frozenset({"Germany", "Austria"})


def made(groups=GROUPS, document=None, profile=ADVOCACY, **fields):
    return recipe_of(profile, document, groups).made_of(attributes_of(EVA | fields))


def without(name: str) -> dict[str, Any]:
    return attributes_of({key: value for key, value in EVA.items() if key != name})


def codes(each) -> list[Code]:
    return [finding.code for finding in each.findings]


def mapped_by(target: str, **fields: Any) -> dict[str, Any]:
    """The document as the profile wants it, with another mapping of `target`."""
    document = mapping_document.merged(ADVOCACY, schema(), {})
    for each in people_of(document)["attributeMappings"]:
        if each["targetAttributeName"] == target:
            each.update(fields)
    return document


def source(expression: str) -> dict[str, Any]:
    return {"source": {"expression": expression, "name": "x", "type": "Function", "parameters": []}}


def test_makes_a_value_for_each_target_and_finds_nothing_odd():
    eva = made()
    assert eva.values == {
        "userName": "eva@nordwind.example",
        "active": "True",
        "name.givenName": "Eva",
        "name.familyName": "Berg",
        COUNTRY: "Germany",
        f"{WORK}.locality": "Bonn",
        f"{WORK}.region": None,
    }
    assert (eva.findings, eva.unknown, eva.certain_to_fail) == ((), (), False)
    assert (eva.user_name, eva.country) == ("eva@nordwind.example", "Germany")


def test_says_nothing_of_what_was_not_read():
    eva = recipe_of(ADVOCACY, groups=GROUPS).made_of(without("country"))
    assert eva.values[COUNTRY] == NotEvaluated(Why.NOT_READ, "[country]")
    assert (eva.unknown, eva.findings, eva.country) == ((COUNTRY,), (), None)
    nobody = recipe_of(ADVOCACY).made_of(without("userPrincipalName"))
    assert (nobody.findings, nobody.user_name) == ((), None)


@pytest.mark.parametrize(
    ("fields", "code", "target", "value", "certain"),
    [
        ({"userPrincipalName": None}, Code.MATCHING_VALUE_EMPTY, "userName", "", True),
        ({"userPrincipalName": ""}, Code.MATCHING_VALUE_EMPTY, "userName", "", True),
        ({"country": None}, Code.REQUIRED_VALUE_EMPTY, COUNTRY, "", False),
        ({"country": "Peru"}, Code.COUNTRY_WITHOUT_GROUP, COUNTRY, "Peru", True),
        ({"country": "germany"}, Code.COUNTRY_SPELLED_OTHERWISE, COUNTRY, "germany", True),
        ({"country": "Germany "}, Code.COUNTRY_SPELLED_OTHERWISE, COUNTRY, "Germany ", True),
        ({"surname": " "}, Code.BLANKS_AROUND, "name.familyName", " ", False),
        ({"city": "\u00a0Bonn"}, Code.BLANKS_AROUND, f"{WORK}.locality", "\u00a0Bonn", False),
    ],
)
def test_finds(fields, code, target, value, certain):
    person = made(**fields)
    [finding] = person.findings
    assert (finding.code, finding.target, finding.value, finding.certain) == (code, target, value, certain)
    assert person.certain_to_fail is certain


def test_names_the_signs_that_a_search_may_refuse_and_the_group_that_was_meant():
    [of_name] = made(userPrincipalName="o'hara!o'@nordwind.example").findings
    assert (of_name.code, of_name.signs, of_name.certain) == (Code.SIGNS_IN_MATCHING_VALUE, "' !", False)
    [of_country] = made(country="GERMANY").findings
    assert of_country.group == "Germany"


def test_tells_a_guest_by_the_name_at_home():
    guest = made(userPrincipalName="ada_fabrikam.example#EXT#@nordwind.onmicrosoft.com")
    assert guest.user_name == "ada@fabrikam.example"
    [finding] = guest.findings
    assert (finding.code, finding.value) == (Code.GUEST, "ada@fabrikam.example")
    odd = made(userPrincipalName="ada#EXT#@nordwind.example")
    assert (codes(odd), odd.user_name) == ([Code.GUEST], None)


def test_says_nothing_of_groups_that_nobody_has_told():
    assert made(groups=None, country="Peru").findings == ()
    assert codes(made(groups=frozenset(), country="Peru")) == [Code.COUNTRY_WITHOUT_GROUP]


def test_finds_no_group_where_the_product_takes_none_from_the_country():
    assert made(profile=HOME, country="Peru", mail="eva@nordwind.example").findings == ()


def test_goes_by_the_mappings_of_the_job():
    document = mapped_by("userName", **source('ToLower(Coalesce([mail], [userPrincipalName]), "")'))
    assert (
        made(document=document, mail=None, userPrincipalName="Eva@Nordwind.example").user_name == "eva@nordwind.example"
    )
    assert made(document=document, mail="E.Berg@nordwind.example").user_name == "e.berg@nordwind.example"
    unread = recipe_of(ADVOCACY, document).made_of(attributes_of(EVA))
    assert unread.values["userName"] == NotEvaluated(Why.NOT_READ, "[mail]")


def test_takes_constants_defaults_and_what_is_dropped_from_the_flow():
    assert made(document=mapped_by(COUNTRY, source=None, defaultValue="Austria")).country == "Austria"
    assert made(document=mapped_by(COUNTRY, defaultValue="Austria"), country=None).country == "Austria"
    assert made(document=mapped_by(COUNTRY, defaultValue="Austria"), country="Germany").country == "Germany"
    dropped = made(document=mapped_by(COUNTRY, **source("IgnoreFlowIfNullOrEmpty([country])")), country="")
    assert (dropped.values[COUNTRY], codes(dropped)) == (DROPPED, [Code.REQUIRED_VALUE_EMPTY])


def test_goes_by_the_profile_with_the_defaults_that_the_tenant_keeps():
    kept = {COUNTRY.upper().replace("TYPE EQ", "type  eq").replace("WORK", "work"): "Austria"}
    recipe = recipe_of(ADVOCACY, groups=GROUPS, defaults=kept)
    assert recipe.made_of(attributes_of(EVA | {"country": None})).country == "Austria"
    assert recipe.made_of(attributes_of(EVA)).country == "Germany"
    assert recipe.fingerprint != recipe_of(ADVOCACY, groups=GROUPS).fingerprint, "everybody is worked out anew"
    wrong = recipe_of(ADVOCACY, groups=GROUPS, defaults={COUNTRY: "Suomi"})
    assert codes(wrong.made_of(attributes_of(EVA | {"country": None}))) == [Code.COUNTRY_WITHOUT_GROUP]


def test_takes_the_next_matching_attribute_where_the_first_is_empty():
    document = mapped_by("userName", matchingPriority=2)
    people_of(document)["attributeMappings"].append(attribute("externalId", "[employeeId]", matching=1))
    assert codes(made(document=document, employeeId=None)) == []
    both = made(document=document, employeeId=None, userPrincipalName=None)
    assert [(finding.code, finding.target) for finding in both.findings] == [(Code.MATCHING_VALUE_EMPTY, "externalId")]


def test_misses_a_required_value_that_is_not_mapped():
    document = mapped_by(COUNTRY, targetAttributeName="title")
    assert [(finding.code, finding.target) for finding in made(document=document).findings] == [
        (Code.REQUIRED_VALUE_EMPTY, COUNTRY)
    ]


def test_does_not_judge_what_is_no_expression():
    person = made(document=mapped_by("userName", **source("ToLower([userPrincipalName]")))
    assert person.values["userName"] == NotEvaluated(Why.NOT_AN_EXPRESSION, "ToLower([userPrincipalName]")
    assert (person.findings, person.user_name) == ((), None)


def test_names_what_has_to_be_read():
    assert recipe_of(ADVOCACY).properties == (
        *("accountEnabled", "city", "country", "givenName", "id", "state", "surname", "userPrincipalName"),
    )


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"userPrincipalName": None}, "user principal name"),
        ({"country": None}, "“country” is empty"),
        ({"country": "Germany "}, "“Germany\u2423” is not spelled exactly like the Haiilo group “Germany”"),
        ({"surname": " "}, "“\u2423”"),
    ],
)
def test_says_it_in_a_sentence_with_each_gap_filled(fields, words):
    [finding] = made(**fields).findings
    assert words in str(finding.for_staff())
    assert not GAP.search(str(finding.for_staff()) + str(finding.for_customer()))
