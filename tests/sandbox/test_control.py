from typing import Any

import pytest
import requests

from .conftest import Entra, RunningSandbox


def test_gives_the_same_tenant_for_the_same_domain(running: RunningSandbox, entra: Entra) -> None:
    again = running.control("POST", "/tenants", {"domain": entra.made["domain"].upper(), "users": 99})
    assert again["tenant_id"] == entra.tid
    assert again["scope"]["direct"] == entra.made["scope"]["direct"]


@pytest.mark.parametrize(
    "body", [{}, {"domain": "x"}, {"domain": "x.example", "nonsense": 1}, {"domain": "y.example", "licence": "P9"}]
)
def test_refuses_a_tenant_that_it_does_not_understand(running: RunningSandbox, body: Any) -> None:
    running.control("POST", "/tenants", body, expect=400)


def test_knows_no_tenant_that_was_not_made(running: RunningSandbox) -> None:
    running.control("GET", "/tenants/nowhere.example", expect=404)


def test_forgets_a_tenant_with_its_platforms(running: RunningSandbox) -> None:
    entra, other = running.tenant(), running.tenant()
    entra.started()
    beside = entra.control("POST", "/applications", {"haiilo_host": "forgotten.smarpshare.com", "users": 1})
    assert running.control("GET", f"/haiilo/{entra.made['haiilo_host']}/users")["users"] != []
    entra.control("DELETE", "")
    running.control("GET", f"/tenants/{entra.tid}", expect=404)
    running.control("GET", f"/tenants/{entra.made['domain']}", expect=404)
    assert running.control("GET", f"/haiilo/{entra.made['haiilo_host']}/users")["users"] == []
    assert entra.ask("GET", "/organization").status_code == 401
    other.control("POST", "/applications", {"haiilo_host": beside["haiilo_host"], "users": 1})
    again = running.control("POST", "/tenants", {"domain": entra.made["domain"]})
    assert again["tenant_id"] != entra.tid


def test_refuses_permissions_that_graph_does_not_have(running: RunningSandbox) -> None:
    running.control("POST", "/apps", {"client_id": "x", "permissions": ["Everything.Do.All"]}, expect=400)


def test_fills_a_directory_with_people_groups_and_applications(entra: Entra) -> None:
    directory = entra.control("GET", "/directory")
    users = {user["id"]: user for user in directory["users"]}
    assigned = {row["principalId"] for row in directory["assignments"]}
    kinds = {row["principalType"] for row in directory["assignments"]}
    assert kinds == {"User", "Group"}
    assert len({user["userPrincipalName"] for user in users.values()}) == len(users)
    disabled = next(u for u in users.values() if u["userPrincipalName"] == entra.made["disabled"]["user_name"])
    assert not disabled["accountEnabled"]
    assert disabled["id"] in assigned
    unassigned = next(u for u in users.values() if u["userPrincipalName"] == entra.made["unassigned"]["user_name"])
    assert unassigned["id"] not in assigned
    groups = {group["displayName"]: group for group in directory["groups"]}
    inside = [member["id"] for member in groups["All staff"]["members"] if member["type"] == "group"]
    assert inside == [groups["Night shift"]["id"]]
    assert groups["Night shift"]["id"] not in assigned


def test_takes_countries_from_the_groups_of_haiilo(running: RunningSandbox) -> None:
    entra = running.tenant(haiilo_groups=["Finland", "Atlantis"], users=30)
    countries = {user["country"] for user in entra.control("GET", "/directory")["users"]}
    assert countries == {"Finland", "Atlantis"}


def test_has_a_separate_application_for_home(running: RunningSandbox) -> None:
    entra = running.tenant(product="home", haiilo_host="home-control.haiilo.example")
    names = {row["displayName"]: row["id"] for row in entra.rows("/servicePrincipals")}
    assert names["Haiilo SCIM app"] == entra.made["service_principal_id"]
    sso = f"/servicePrincipals/{names['Haiilo Home']}/synchronization/templates"
    assert entra.get(sso)["value"] == []


@pytest.mark.parametrize(
    ("product", "host"), [("advocacy", "beside.smarpshare.com"), ("home", "beside.haiilo.example")]
)
def test_has_another_application_with_a_platform_and_people_of_its_own(entra: Entra, product: str, host: str) -> None:
    both = entra.made["pilot"]["user_name"]
    wanted = {"product": product, "haiilo_host": host, "users": 2, "also": [both]}
    made = entra.control("POST", "/applications", wanted)
    assert made["service_principal_id"] != entra.made["service_principal_id"]
    assert made["scim_token"] not in ("", entra.made["scim_token"])
    shown = entra.control("GET", f"/directory?service_principal_id={made['service_principal_id']}")
    people = {user["id"]: user["userPrincipalName"] for user in shown["users"]}
    assigned = {people[each["principalId"]] for each in shown["assignments"]}
    assert {both, made["pilot"]["user_name"]} < assigned
    assert len(assigned) == 3
    first = {each["principalId"] for each in entra.control("GET", "/directory")["assignments"]}
    assert made["pilot"]["id"] not in first
    templates = f"/servicePrincipals/{made['service_principal_id']}/synchronization/templates"
    assert [row["id"] for row in entra.get(templates)["value"]] == ["scim"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"haiilo_host": "nowhere"},
        {"product": "other"},
        {"users": 0},
        {"also": ["nobody@far.example"]},
        {"nonsense": 1},
    ],
)
def test_refuses_another_application_that_cannot_be(entra: Entra, wrong: dict[str, Any]) -> None:
    entra.control("POST", "/applications", {"haiilo_host": "refused.smarpshare.com", **wrong}, expect=400)


def test_gives_no_platform_to_two_applications(running: RunningSandbox, entra: Entra) -> None:
    for tenant in (entra, running.tenant()):
        tenant.control("POST", "/applications", {"haiilo_host": entra.made["haiilo_host"]}, expect=400)
    entra.control("GET", "/directory?service_principal_id=nobody", expect=404)


def test_changes_a_person_and_takes_an_assignment_away(entra: Entra) -> None:
    pilot = entra.made["pilot"]
    entra.control("PATCH", f"/users/{pilot['id']}", {"jobTitle": "Chief", "assigned": False})
    assert entra.get(f"/users/{pilot['id']}")["jobTitle"] == "Chief"
    assert pilot["id"] not in {row["principalId"] for row in entra.rows(f"{entra.sp}/appRoleAssignedTo")}
    entra.control("PATCH", f"/users/{pilot['id']}", {"nonsense": 1}, expect=400)


def test_deletes_a_person_softly_and_restores_it(entra: Entra) -> None:
    pilot = entra.made["pilot"]["id"]
    entra.control("DELETE", f"/users/{pilot}")
    assert entra.refused("GET", f"/users/{pilot}")[0] == 404
    entra.control("POST", f"/users/{pilot}/restore")
    assert entra.get(f"/users/{pilot}")["id"] == pilot


def test_changes_the_members_of_a_group(entra: Entra) -> None:
    group = next(row for row in entra.control("GET", "/directory")["groups"] if row["displayName"] == "All staff")
    leaves, comes = group["members"][0]["id"], entra.made["pilot"]["id"]
    entra.control("PATCH", f"/groups/{group['id']}", {"remove": [leaves], "add": [comes]})
    members = {row["id"] for row in entra.rows(f"/groups/{group['id']}/members")}
    assert comes in members
    assert leaves not in members


def test_deletes_an_application_with_all_that_hangs_on_it(entra: Entra) -> None:
    address = f"/applications/{entra.made['service_principal_id']}"
    assert entra.control("GET", "/directory")["assignments"] != []
    entra.control("DELETE", address)
    assert entra.control("GET", "/directory")["assignments"] == []
    entra.control("DELETE", address, expect=404)


def test_writes_every_request_into_the_journal(running: RunningSandbox, entra: Entra) -> None:
    entra.get(f"{entra.sync}/jobs?$top=5")
    [line] = running.control("GET", f"/journal?tenant={entra.tid}&kind=graph&path=/synchronization/jobs")
    assert line["method"] == "GET"
    assert line["query"] == {"$top": "5"}
    assert (line["token_tenant"], line["client_id"], line["status"]) == (entra.tid, entra.client_id, 200)
    assert "Synchronization.ReadWrite.All" in line["roles"]
    assert running.control("GET", f"/journal?tenant={entra.tid}&kind=login")


def test_writes_no_secret_into_the_journal(running: RunningSandbox, entra: Entra) -> None:
    entra.ask("PUT", f"{entra.sync}/secrets", {"value": entra.credentials()})
    journal = str(running.control("GET", "/journal"))
    assert entra.made["scim_token"] not in journal
    assert entra.token() not in journal


def test_jumps_over_hours(slow: RunningSandbox) -> None:
    before = slow.control("GET", "/clock")["now"]
    after = slow.control("POST", "/clock", {"hours": 700})["now"]
    assert after[:10] > before[:10]


def test_says_where_a_host_is_that_the_provisioning_service_is_to_reach(running: RunningSandbox) -> None:
    assert running.control("POST", "/hosts", {"scim.other.example": "http://127.0.0.1:9"})["scim.other.example"]


@pytest.mark.parametrize("path", ["/nonsense", "/tenants/x/nonsense"])
def test_answers_json_for_what_it_does_not_have(running: RunningSandbox, path: str) -> None:
    answer = requests.get(running.control_url + path, timeout=10)
    assert answer.status_code == 404
    assert answer.json()["error"]
