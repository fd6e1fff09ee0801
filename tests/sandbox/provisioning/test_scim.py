"""Haiilo's SCIM service: how Advocacy and Home differ, and the protocol both share."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
import requests

from sandbox import haiilo

from .rig import Rig

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PROFILE = "urn:ietf:params:scim:schemas:extension:haiilo:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


def user(user_name: Any = "eva@contoso.example", country: Any = "Finland", **more: Any) -> dict[str, Any]:
    address = {"type": "work", "country": country} if country else None
    return {"schemas": [USER], "userName": user_name, **({"addresses": [address]} if address else {}), **more}


def patch(*operations: tuple[str, str | None, Any]) -> dict[str, Any]:
    given = [{"op": op, "path": path, "value": value} for op, path, value in operations]
    return {"schemas": [PATCH], "Operations": [{k: v for k, v in each.items() if v is not None} for each in given]}


def find(rig: Rig, text: str) -> dict[str, Any]:
    answer = rig.scim("GET", f"/Users?filter={quote(text)}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


# Signing in


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrong", "Basic eDp5"])
def test_a_call_without_the_right_token_is_refused(rig: Rig, header: str) -> None:
    answer = rig.scim("GET", "/Users", Authorization=header)
    assert answer.status_code == 401
    assert answer.json()["status"] == "401"


def test_a_padded_token_is_refused(rig: Rig) -> None:
    assert rig.scim("GET", "/Users", Authorization=f"Bearer  {rig.token}").status_code == 401


def test_the_platform_is_chosen_by_the_host_header(rig: Rig) -> None:
    answer = rig.scim("GET", "/Users", Host="nobody.smarpshare.com")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("text/html")


def test_the_token_dies_with_the_person_who_made_it(rig: Rig) -> None:
    owner = find(rig, f'userName eq "company.admin@{rig.host}"')["Resources"][0]
    assert rig.scim("DELETE", f"/Users/{owner['id']}").status_code == 204
    assert rig.scim("GET", "/Users").status_code == 401


# Advocacy


def test_a_user_is_created_in_its_group_and_teams(rig: Rig) -> None:
    address = {"type": "work", "country": "Germany", "locality": "Berlin", "region": "BERLIN"}
    answer = rig.scim("POST", "/Users", user(addresses=[address]))
    assert answer.status_code == 201
    created = answer.json()
    assert answer.headers["Location"] == created["meta"]["location"]
    person = rig.platform.people[created["id"]]
    assert (person.group, person.teams) == ("Germany", ("Berlin",))


@pytest.mark.parametrize("country", ["finland", "Finland ", "Sweden"])
def test_a_country_that_is_no_group_to_the_letter_is_refused(rig: Rig, country: str) -> None:
    answer = rig.scim("POST", "/Users", user(country=country))
    assert (answer.status_code, answer.json()["code"]) == (400, "400.76")
    assert answer.json()["detail"] == "Group does not exist"
    assert rig.arrived() == {}


def test_a_user_without_country_comes_into_the_first_group(rig: Rig) -> None:
    created = rig.scim("POST", "/Users", user(country=None)).json()
    assert rig.platform.people[created["id"]].group == "Finland"


def test_a_bare_country_counts_too(rig: Rig) -> None:
    created = rig.scim("POST", "/Users", {**user(country=None), "country": "Germany"}).json()
    assert rig.platform.people[created["id"]].group == "Germany"


def test_a_user_name_that_is_no_address_is_refused(rig: Rig) -> None:
    assert rig.scim("POST", "/Users", user("eva")).status_code == 400


def test_the_same_user_name_in_another_case_is_a_conflict(rig: Rig) -> None:
    rig.scim("POST", "/Users", user())
    answer = rig.scim("POST", "/Users", user("EVA@contoso.example"))
    assert (answer.status_code, answer.json()["scimType"]) == (409, "uniqueness")


@pytest.mark.parametrize("value", [False, "False", "false"])
def test_deactivating_deletes_for_good(rig: Rig, value: Any) -> None:
    identity = rig.scim("POST", "/Users", user()).json()["id"]
    answer = rig.scim("PATCH", f"/Users/{identity}", patch(("Replace", "active", value)))
    assert (answer.status_code, answer.json()["active"]) == (200, False)
    assert rig.scim("GET", f"/Users/{identity}").status_code == 404
    assert rig.arrived() == {}


def test_unsupported_attributes_are_taken_and_shown_as_side_effects(rig: Rig) -> None:
    answer = rig.scim("POST", "/Users", user(title="Chief", **{ENTERPRISE: {"department": "IT"}}))
    assert answer.status_code == 201
    assert "title" not in answer.json()
    assert rig.platform.side_effects == {"title": 1, f"{ENTERPRISE}:department": 1}
    page = requests.get(f"{rig.base}/haiilo/{rig.host}/", timeout=60).text
    assert "Sent, but not supported" in page
    assert f"{ENTERPRISE}:department" in page


def test_advocacy_has_no_groups(rig: Rig) -> None:
    assert rig.scim("GET", "/Groups").json()["totalResults"] == 0
    assert rig.scim("POST", "/Groups", {"schemas": [GROUP], "displayName": "X"}).status_code == 404


def test_advocacy_filters_by_eq_and_and_only(rig: Rig) -> None:
    rig.scim("POST", "/Users", user(name={"givenName": "Eva"}))
    assert find(rig, 'userName eq "EVA@contoso.example" and name.givenName eq "Eva"')["totalResults"] == 1
    answer = rig.scim("GET", "/Users?filter=" + quote('userName sw "e"'))
    assert (answer.status_code, answer.json()["scimType"]) == (400, "invalidFilter")


def test_local_accounts_are_found_but_are_not_among_those_who_arrived(rig: Rig) -> None:
    assert find(rig, f'userName eq "company.admin@{rig.host}"')["totalResults"] == 1
    assert haiilo.users(rig.world, rig.host) == []


# Home


def test_home_gives_tokens_to_its_client_and_takes_them_for_an_hour(home: Rig) -> None:
    known = haiilo.credentials(home.world, home.host)
    form = {
        "grant_type": "client_credentials",
        "client_id": known["client_id"],
        "client_secret": known["client_secret"],
    }
    answer = requests.post(f"{home.base}/api/oauth/token", form, headers={"Host": home.host}, timeout=60)
    token = answer.json()["access_token"]
    assert home.scim("GET", "/Users", Authorization=f"Bearer {token}").status_code == 200
    home.world.clock.jump(timedelta(hours=1, seconds=1))
    assert home.scim("GET", "/Users", Authorization=f"Bearer {token}").status_code == 401


def test_home_gives_no_token_for_a_wrong_secret(home: Rig) -> None:
    known = haiilo.credentials(home.world, home.host)
    answer = requests.post(
        f"{home.base}/api/oauth/token",
        {"grant_type": "client_credentials"},
        auth=(known["client_id"], "wrong"),
        headers={"Host": home.host},
        timeout=60,
    )
    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})


def test_home_keeps_profile_fields_and_the_enterprise_extension(home: Rig) -> None:
    sent = user(
        title="Chief",
        externalId="x1",
        **{ENTERPRISE: {"department": "IT", "manager": "m1"}, PROFILE: {"profileField_office": "3B"}},
    )
    kept = home.scim("POST", "/Users", sent).json()
    assert kept[ENTERPRISE] == {"department": "IT", "manager": {"value": "m1"}}
    assert kept[PROFILE] == {"profileField_office": "3B"}
    assert set(kept["schemas"]) == {USER, ENTERPRISE, PROFILE}
    assert (kept["title"], kept["externalId"]) == ("Chief", "x1")


@pytest.mark.parametrize(("policy", "left"), [("deactivate", 1), ("delete", 0)])
def test_home_deprovisions_by_its_policy(home: Rig, policy: str, left: int) -> None:
    home.platform.deprovision = policy
    identity = home.scim("POST", "/Users", user()).json()["id"]
    home.scim("PATCH", f"/Users/{identity}", patch(("Replace", "active", "False")))
    assert len(home.arrived()) == left


FILTERS = [
    ('userName sw "EVA"', 1),
    ('userName co "contoso" and active eq true', 3),
    ('name.familyName ew "berg"', 1),
    ('not (userName sw "eva")', 2),
    ("title pr", 1),
    ('title eq "x" or emails.value eq "eva@x.example"', 1),
    ('emails[type eq "work" and value co "x.example"]', 1),
    ('emails[type eq "work"].value eq "eva@x.example"', 1),
    ('externalId eq "E1"', 1),
    ('externalId eq "e1"', 0),
    (f'{USER}:userName eq "eva@contoso.example"', 1),
    (f'{ENTERPRISE}:department eq "it"', 1),
    ('meta.nothing eq "x"', 0),
]


@pytest.mark.parametrize(("text", "count"), FILTERS)
def test_home_filters_as_the_standard_says(home: Rig, text: str, count: int) -> None:
    home.scim(
        "POST",
        "/Users",
        user(
            name={"familyName": "Berg"},
            title="Chief",
            externalId="E1",
            emails=[{"type": "work", "value": "eva@x.example"}],
            **{ENTERPRISE: {"department": "IT"}},
        ),
    )
    home.scim("POST", "/Users", user("bo@contoso.example"))
    assert find(home, text)["totalResults"] == count


@pytest.mark.parametrize(
    "text", ["userName", "userName eq", 'userName xx "a"', 'userName eq "a" and', '(a eq "b"', "eq"]
)
def test_a_wrong_filter_is_refused(home: Rig, text: str) -> None:
    answer = home.scim("GET", f"/Users?filter={quote(text)}")
    assert (answer.status_code, answer.json()["scimType"]) == (400, "invalidFilter")


# Patching


@pytest.fixture
def eva(home: Rig) -> str:
    sent = user(name={"givenName": "Eva"}, emails=[{"type": "work", "value": "a@x.example"}])
    return str(home.scim("POST", "/Users", sent).json()["id"])


PATCHES: list[tuple[list[tuple[str, str | None, Any]], str, Any]] = [
    ([("Replace", 'emails[type eq "work"].value', "b@x.example")], "emails", [("work", "b@x.example")]),
    (
        [("Add", 'emails[type eq "home"].value', "h@x.example")],
        "emails",
        [("work", "a@x.example"), ("home", "h@x.example")],
    ),
    ([("add", None, {"name.familyName": "Berg", "title": "T"})], "name", {"givenName": "Eva", "familyName": "Berg"}),
    ([("replace", None, {'emails[type eq "work"].value': "c@x.example"})], "emails", [("work", "c@x.example")]),
    ([("Replace", "NAME.givenname", "Eve")], "name", {"givenName": "Eve"}),
    ([("remove", "name.givenName", None)], "name", None),
    ([("remove", 'emails[type eq "work"]', None)], "emails", None),
    ([("replace", "name", {"givenName": "New"})], "name", {"givenName": "New"}),
    ([("add", "name", {"familyName": "Berg"})], "name", {"givenName": "Eva", "familyName": "Berg"}),
    ([("Add", f"{ENTERPRISE}:manager", "boss")], ENTERPRISE, {"manager": {"value": "boss"}}),
    ([("Replace", "active", "False")], "active", False),
    ([("replace", None, {ENTERPRISE: {"department": "IT"}})], ENTERPRISE, {"department": "IT"}),
    ([("Add", 'phoneNumbers[type eq "mobile"].value', "1"), ("replace", "nickName", "E")], "nickName", "E"),
]


@pytest.mark.parametrize(("operations", "attribute", "expected"), PATCHES)
def test_a_patch_changes_what_it_names(
    home: Rig, eva: str, operations: list[tuple[str, str | None, Any]], attribute: str, expected: Any
) -> None:
    answer = home.scim("PATCH", f"/Users/{eva}", patch(*operations))
    assert answer.status_code == 200, answer.text
    found = home.scim("GET", f"/Users/{eva}").json().get(attribute)
    if attribute == "emails" and found:
        found = [(each["type"], each["value"]) for each in found]
    assert found == expected


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"Operations": []}, "invalidSyntax"),
        (patch(("replace", "id", "other")), "mutability"),
        (patch(("remove", None, None)), "noTarget"),
        (patch(("shuffle", "title", "x")), "invalidSyntax"),
        (patch(("replace", "title[[", "x")), "invalidPath"),
        (patch(("replace", "active", "perhaps")), "invalidValue"),
        (patch(("replace", 'emails[value co "zz"].value', "x")), "noTarget"),
        (patch(("remove", "userName", None)), "invalidValue"),
    ],
)
def test_a_wrong_patch_is_refused_and_changes_nothing(home: Rig, eva: str, body: dict[str, Any], kind: str) -> None:
    before = home.scim("GET", f"/Users/{eva}").json()
    answer = home.scim("PATCH", f"/Users/{eva}", body)
    assert (answer.status_code, answer.json()["scimType"]) == (400, kind)
    assert home.scim("GET", f"/Users/{eva}").json() == before


def test_a_put_replaces_everything(home: Rig, eva: str) -> None:
    answer = home.scim("PUT", f"/Users/{eva}", user("new@contoso.example", country=None, title="T"))
    assert (answer.status_code, answer.json()["title"]) == (200, "T")
    assert "emails" not in answer.json()
    assert find(home, 'userName eq "eva@contoso.example"')["totalResults"] == 0


def test_renaming_to_a_taken_user_name_is_a_conflict(home: Rig, eva: str) -> None:
    home.scim("POST", "/Users", user("bo@contoso.example"))
    answer = home.scim("PATCH", f"/Users/{eva}", patch(("replace", "userName", "BO@contoso.example")))
    assert answer.status_code == 409


# Groups


def test_groups_take_members_and_lose_them_one_by_one(home: Rig) -> None:
    ids = [home.scim("POST", "/Users", user(f"u{number}@x.example")).json()["id"] for number in range(3)]
    made = home.scim("POST", "/Groups", {"schemas": [GROUP], "displayName": "Staff", "members": []})
    path = f"/Groups/{made.json()['id']}"
    home.scim("PATCH", path, patch(("Add", "members", [{"value": each} for each in ids])))
    home.scim("PATCH", path, patch(("Remove", "members", [{"value": ids[0]}])))
    home.scim("PATCH", path, patch(("remove", f'members[value eq "{ids[1]}"]', None)))
    assert [each["value"] for each in home.scim("GET", path).json()["members"]] == [ids[2]]
    assert home.scim("GET", f"/Users/{ids[2]}").json()["groups"][0]["display"] == "Staff"


def test_a_group_takes_no_stranger_as_member(home: Rig) -> None:
    body = {"schemas": [GROUP], "displayName": "Staff", "members": [{"value": "nobody"}]}
    assert home.scim("POST", "/Groups", body).status_code == 400


def test_a_second_group_of_the_same_name_is_a_conflict(home: Rig) -> None:
    body = {"schemas": [GROUP], "displayName": "Staff"}
    assert [home.scim("POST", "/Groups", body).status_code for _each in range(2)] == [201, 409]


# Lists and descriptions


def test_lists_come_in_pages(home: Rig) -> None:
    for number in range(5):
        home.scim("POST", "/Users", user(f"u{number}@x.example"))
    page = home.scim("GET", "/Users?startIndex=3&count=2").json()
    assert (page["totalResults"], page["startIndex"], page["itemsPerPage"]) == (6, 3, 2)
    assert home.scim("GET", "/Users?count=0").json()["Resources"] == []
    assert home.scim("GET", "/Users?count=x").status_code == 400


def test_attributes_can_be_chosen_and_left_out(home: Rig, eva: str) -> None:
    chosen = home.scim("GET", f"/Users/{eva}?attributes=userName").json()
    assert set(chosen) == {"schemas", "id", "userName"}
    assert "emails" not in home.scim("GET", f"/Users/{eva}?excludedAttributes=emails").json()


@pytest.mark.parametrize("product", ["advocacy", "home"])
def test_the_service_describes_itself(make_rig: Any, product: str) -> None:
    rig = make_rig(product=product)
    types = rig.scim("GET", "/ResourceTypes").json()["Resources"]
    schemas = {each["id"] for each in rig.scim("GET", "/Schemas").json()["Resources"]}
    assert {each["schema"] for each in types} <= schemas
    assert rig.scim("GET", f"/Schemas/{USER}").json()["id"] == USER
    assert rig.scim("GET", "/ServiceProviderConfig").json()["patch"] == {"supported": True}
    assert ("Group" in {each["id"] for each in types}) is (product == "home")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/Users/none", 404), ("GET", "/Teams", 404), ("GET", "/Me", 501), ("GET", "/Schemas/x", 404)],
)
def test_what_is_not_there_is_a_scim_error(rig: Rig, method: str, path: str, status: int) -> None:
    answer = rig.scim(method, path)
    assert answer.status_code == status
    assert answer.json()["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]


def test_a_body_that_is_no_json_is_refused(rig: Rig) -> None:
    headers = {"Host": rig.host, "Authorization": f"Bearer {rig.token}"}
    answer = requests.post(f"{rig.base}/api/scim/v2/Users", data=b"{", headers=headers, timeout=60)
    assert (answer.status_code, answer.json()["scimType"]) == (400, "invalidSyntax")


# Pages


def test_a_person_can_see_users_arrive(rig: Rig) -> None:
    created = rig.scim("POST", "/Users", user(name={"givenName": "Eva", "familyName": "<Berg>"})).json()
    page = requests.get(f"{rig.base}/haiilo/{rig.host}/?search=eva", timeout=60).text
    assert "eva@contoso.example" in page
    assert "&lt;Berg&gt;" in page
    assert "company.admin" not in page
    detail = requests.get(f"{rig.base}/haiilo/{rig.host}/users/{created['id']}/", timeout=60).text
    assert "addresses[0].country" in detail
    assert requests.get(f"{rig.base}/haiilo/", timeout=60).text.count(rig.host) >= 1


@pytest.mark.parametrize("path", ["nobody.example/", "contoso.smarpshare.com/users/nobody/"])
def test_a_page_of_what_is_not_there_is_404(rig: Rig, path: str) -> None:
    assert requests.get(f"{rig.base}/haiilo/{path}", timeout=60).status_code == 404
