"""Whom to suggest: one for each way to be assigned and each shape of data, the plainest first."""

from __future__ import annotations

import pytest

from graphclient import User
from onboarding.domain.products import HOME
from onboarding.domain.suggested import Suggested
from onboarding.steps.pilot import suggesting
from onboarding.steps.pilot.suggesting import Candidate
from tests.graphclient.graph_stub import Reply
from tests.steps.facts import at_step, offered

PLAIN = {"surname": "Berg", "country": "Germany", "userPrincipalName": "eva@x.example"}


def candidate(identity, by="direct", **attributes):
    raw = {"id": identity, "displayName": identity, **PLAIN, **attributes}
    return Candidate(Suggested(identity, by=by, group="Sales" if by == "group" else ""), User.from_json(raw))


def suggested(*candidates, **fields):
    found = suggesting.offers(at_step("pilot", **fields), candidates)
    return {each["id"]: offered(each["why"]) for each in found}


def test_suggests_one_of_each_way_to_be_assigned():
    people = [candidate("a"), candidate("b"), candidate("c", by="group"), candidate("d", by="group")]
    assert suggested(*people) == {"a": "assigned directly", "c": "through the group “Sales”"}


@pytest.mark.parametrize(
    ("odd", "why"),
    [
        ({"userType": "Guest", "userPrincipalName": "g_p.example#EXT#@x.example"}, "guest user"),
        ({"surname": " "}, "no last name in Entra"),
        ({"surname": None}, "no last name in Entra"),
        ({"country": None}, "no country in Entra"),
        ({"country": "Germany "}, "country “Germany␣” in Entra"),
        (
            {"userPrincipalName": "o'brien@x.example"},
            "apostrophe in the name or user name special characters in the user name",
        ),
    ],
)
def test_suggests_whoever_has_another_shape_beside_the_plain_one(odd, why):
    found = suggested(candidate("plain"), candidate("odd", **odd))
    assert found == {"plain": "assigned directly", "odd": f"assigned directly {why}"}


@pytest.mark.parametrize(
    ("odd", "why"),
    [
        ({"surname": "Müller"}, "letters beyond those of English in the name"),
        ({"displayName": "Łukasz"}, "letters beyond those of English in the name"),
        ({"surname": "O'Neil"}, "apostrophe in the name or user name"),
        ({"givenName": "x" * 65}, "very long name or user name"),
    ],
)
def test_suggests_whoever_has_a_rare_name(odd, why):
    found = suggested(candidate("plain"), candidate("odd", **odd))
    assert found == {"plain": "assigned directly", "odd": f"assigned directly {why}"}
    assert list(suggested(candidate("plain"), candidate("same", surname="Meyer"))) == ["plain"]


def test_covers_all_shapes_by_few_people_where_some_have_several():
    single = [
        candidate(name, **{field: value})
        for name, field, value in (
            ("s", "surname", ""),
            ("c", "country", ""),
            ("l", "givenName", "x" * 65),
            ("a", "displayName", "D'Arc"),
            ("b", "country", "x "),
            ("o", "userPrincipalName", "a#b@x.example"),
        )
    ]
    several = [
        candidate("all", by="group", surname="", country="", givenName="x" * 65, displayName="Ö D'Arc"),
        candidate("guest", userType="Guest", userPrincipalName="g_p#EXT#@x.example", country="x "),
    ]
    found = suggested(candidate("plain"), *single, *several)
    assert list(found) == ["plain", "all", "guest", "o"]


def test_knows_no_odd_country_where_the_product_takes_none():
    assert list(suggested(candidate("a"), candidate("b", country=None), profile=HOME)) == ["a"]


def test_suggests_five_at_most():
    odd = [{"surname": ""}, {"country": ""}, {"country": "x "}, {"userPrincipalName": "ö@x.example"}]
    people = [candidate("plain"), candidate("group", by="group")]
    people += [candidate(str(number), **each) for number, each in enumerate(odd)]
    assert len(suggested(*people)) == 5


def test_suggests_somebody_even_where_nothing_is_known():
    assert suggested(candidate("a", by=""), candidate("b", by="")) == {"a": ""}


def test_reads_the_accounts_of_sample_and_roster_in_one_request(tenant, far):
    rows = [
        {"id": "u-1", "displayName": "Eva", "accountEnabled": True},
        {"id": "u-9", "displayName": "Jan", "accountEnabled": False},
        {"id": "u-7", "displayName": "Ute"},
    ]
    far.on("POST", "/v1.0/$batch", Reply(200, {"responses": [{"id": "0", "status": 200, "body": {"value": rows}}]}))
    desired = at_step("pilot", suggested=(Suggested("u-9", by="direct"), Suggested("u-7", by="group", group="Sales")))
    found = suggesting.read(tenant.graph, desired)
    assert [(each.account.id, each.offered.by) for each in found] == [("u-1", ""), ("u-7", "group")]
    assert len(far.asked) == 1
