"""Switches that change the world: what Graph shows while one is on, and that all is as before once it is off.

What the provisioning service and Haiilo make of the same is tested in provisioning/test_failures.py.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from sandbox import faults
from sandbox.clock import Clock
from sandbox.seeding import make_tenant
from sandbox.store import Keeper, load
from sandbox.world import User, World

from .conftest import EVENTUAL, Entra, RunningSandbox

DEFAULT_ACCESS = "00000000-0000-0000-0000-000000000000"
NAMES = "$select=id,userPrincipalName,mail,mailNickname,surname,userType,accountEnabled"
P1 = "41781fb2-bc02-4b7c-bd55-b576c07bb09d"


def person(entra: Entra, number: int = 0) -> dict[str, Any]:
    """The first, second, … of those who are assigned directly, as Graph shows them."""
    chosen = entra.rows(f"{entra.sp}/appRoleAssignedTo")[number]["principalId"]
    found: dict[str, Any] = entra.get(f"/users/{chosen}?{NAMES}")
    return found


def again(entra: Entra, before: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = entra.get(f"/users/{before['id']}?{NAMES}")
    return found


def everything(entra: Entra) -> dict[str, Any]:
    """All that Graph shows of the directory, whichever way it is read."""
    groups = entra.rows("/groups")
    members = {g["id"]: entra.rows(f"/groups/{g['id']}/members?$select=id,userPrincipalName") for g in groups}
    counts = [
        entra.ask("GET", f"{path}/$count", headers=EVENTUAL).text
        for path in (
            "/users",
            f"{entra.sp}/appRoleAssignedTo",
            *(f"/groups/{g['id']}/transitiveMembers" for g in groups),
        )
    ]
    return {
        "users": entra.rows(f"/users?{NAMES}"),
        "delta": sorted(entra.get(f"/users/delta?{NAMES}")["value"], key=lambda row: row["id"]),
        "groups": groups,
        "members": members,
        "counts": counts,
        "assigned": entra.rows(f"{entra.sp}/appRoleAssignedTo"),
        "applications": entra.rows("/servicePrincipals"),
        "templates": entra.get(f"{entra.sync}/templates")["value"],
        "organization": entra.get("/organization")["value"],
        "licences": entra.get("/subscribedSkus")["value"],
    }


SHOWN = {
    "F6": {"applications", "templates"},
    "F7": {"applications"},
    "F11": {"assigned"},
    "F12": {"assigned", "counts"},
    "F13": {"users", "delta"},
    "F14": {"users", "delta"},
    "F15": {"users", "delta"},
    "F16": {"users", "delta"},
    "F18": {"users", "delta"},
    "F29": {"assigned", "counts"},
    "F30": {"assigned", "counts"},
    "F31": {"users", "delta"},
    "F32": {"organization", "licences"},
}
"""What of it each switch changes; the other failures happen where no reader of the directory sees them."""
DIRECTORY_STAYS = [f"F{n}" for n in (1, 2, 3, 4, 8, 9, 10, 17, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 33)]


@pytest.mark.parametrize("key", SHOWN)
def test_changes_what_graph_shows_and_puts_it_back(entra: Entra, key: str) -> None:
    before = everything(entra)
    entra.switch(**{key: True})
    during = everything(entra)
    assert {name for name in before if before[name] != during[name]} == SHOWN[key]
    entra.switch(**{key: False})
    assert everything(entra) == before


def test_leaves_the_directory_alone_where_a_reader_would_see_nothing(entra: Entra) -> None:
    before = everything(entra)
    entra.switch(**dict.fromkeys(DIRECTORY_STAYS, True))
    assert everything(entra) == before


def test_puts_all_back_in_whatever_order_switches_are_taken_off(entra: Entra) -> None:
    before, keys = everything(entra), list(SHOWN)
    for key in keys:
        entra.switch(**{key: True})
    for key in [*keys[::2], *keys[1::2]]:
        entra.switch(**{key: False})
    assert everything(entra) == before


def test_switches_on_with_the_tenant_that_is_made(running: RunningSandbox) -> None:
    entra = running.tenant(switches=dict.fromkeys(SHOWN, True))
    assert entra.rows(f"{entra.sp}/appRoleAssignedTo") == []
    assert None in {row["userPrincipalName"] for row in entra.rows("/users")}
    assert any("old" in row["displayName"] for row in entra.rows("/servicePrincipals"))
    assert entra.get("/subscribedSkus")["value"] == []


def test_makes_no_tenant_with_a_switch_that_there_is_not(running: RunningSandbox) -> None:
    running.control("POST", "/tenants", {"domain": "unswitched.example", "switches": {"F99": True}}, expect=400)
    running.control("GET", "/tenants/unswitched.example", expect=404)


def test_keeps_what_the_customer_changed_meanwhile(entra: Entra) -> None:
    before = person(entra)
    entra.switch(F13=True, F14=True)
    entra.control("PATCH", f"/users/{before['id']}", {"surname": "Changed"})
    assert again(entra, before)["surname"] == "Changed"
    entra.switch(F13=False, F14=False)
    assert again(entra, before) == {**before, "surname": "Changed"}


def test_keeps_an_assignment_that_the_customer_made_meanwhile(entra: Entra) -> None:
    pilot, count = entra.made["pilot"]["id"], len(entra.rows(f"{entra.sp}/appRoleAssignedTo"))
    entra.switch(F12=True)
    entra.control("PATCH", f"/users/{pilot}", {"assigned": True})
    assert [row["principalId"] for row in entra.rows(f"{entra.sp}/appRoleAssignedTo")] == [pilot]
    entra.switch(F12=True)
    assert [row["principalId"] for row in entra.rows(f"{entra.sp}/appRoleAssignedTo")] == [pilot]
    entra.switch(F12=False)
    rows = [row["principalId"] for row in entra.rows(f"{entra.sp}/appRoleAssignedTo")]
    assert (len(rows), rows.count(pilot)) == (count, 1)


def test_chooses_as_many_people_as_the_switch_is_told_or_whom_it_names(entra: Entra) -> None:
    second, third = person(entra, 1), person(entra, 2)
    entra.switch(F14=3)
    assert [again(entra, each)["surname"] for each in (second, third)] == [None, None]
    entra.switch(F14=[third["userPrincipalName"]])
    assert [again(entra, each)["surname"] for each in (second, third)] == [second["surname"], None]


def test_f6_shows_an_application_that_came_from_a_registration(entra: Entra) -> None:
    entra.switch(F6=True)
    row = entra.get(entra.sp)
    assert (row["applicationTemplateId"], row["preferredSingleSignOnMode"]) == (None, "oidc")
    assert "WindowsAzureActiveDirectoryCustomSingleSignOnApplication" not in row["tags"]
    twin = "8adf8e6e-67b2-4cf2-a259-e3dc5476c621"
    assert [each["applicationTemplateId"] for each in entra.rows("/servicePrincipals")].count(twin) == 0


def test_f7_the_twin_goes_again_with_its_job(entra: Entra) -> None:
    entra.switch(F7=True)
    twin = next(row for row in entra.rows("/servicePrincipals") if "old" in row["displayName"])
    [job] = entra.get(f"/servicePrincipals/{twin['id']}/synchronization/jobs")["value"]
    assert (job["schedule"]["state"], job["status"]["code"]) == ("Active", "Active")
    assert job["status"]["lastExecution"]["countEntitled"] == 0
    entra.switch(F7=False)
    assert entra.refused("GET", f"/servicePrincipals/{twin['id']}")[0] == 404


def test_f11_shows_an_assignment_without_a_role(entra: Entra) -> None:
    entra.switch(F11=True)
    roles = [row["appRoleId"] for row in entra.rows(f"{entra.sp}/appRoleAssignedTo")]
    assert roles.count(DEFAULT_ACCESS) == 1
    assert roles[0] == DEFAULT_ACCESS


def test_f11_ends_when_the_customer_assigns_a_role(running: RunningSandbox, entra: Entra) -> None:
    entra.switch(F11=True)
    entra.control("PATCH", f"/users/{entra.made['pilot']['id']}", {"assigned": True})
    entra.started()
    assert entra.made["pilot"]["user_name"] in {
        row["userName"] for row in running.control("GET", f"/haiilo/{entra.made['haiilo_host']}/users")["users"]
    }


def test_f11_blocks_the_sign_in_when_it_is_told_so(entra: Entra) -> None:
    before = person(entra)
    entra.switch(F11="disabled")
    assert again(entra, before) == {**before, "accountEnabled": False}
    entra.started()
    skipped = next(row for row in entra.rows("/auditLogs/provisioning") if row["sourceIdentity"]["id"] == before["id"])
    assert skipped["provisioningSteps"][-1]["details"]["SkipReason"] == "NotEffectivelyEntitled"


def test_f13_shows_nothing_to_match_by(entra: Entra) -> None:
    before = person(entra)
    entra.switch(F13=True)
    nothing = {"userPrincipalName": None, "mail": None, "mailNickname": None}
    assert again(entra, before) == {**before, **nothing}
    listed = next(row for row in entra.rows("/users") if row["id"] == before["id"])
    assert listed["userPrincipalName"] is None
    asked = quote(f"userPrincipalName eq '{before['userPrincipalName']}'")
    assert entra.get(f"/users?$filter={asked}")["value"] == []


def test_f14_shows_nobody_s_surname(entra: Entra) -> None:
    before = person(entra)
    entra.switch(F14=True)
    assert again(entra, before) == {**before, "surname": None}


def test_f15_shows_the_special_characters(entra: Entra) -> None:
    before = person(entra)
    entra.switch(F15=True)
    name = again(entra, before)["userPrincipalName"]
    assert {"'", "!"} <= set(name)
    assert entra.get(f"/users/{quote(name)}")["id"] == before["id"]
    asked = quote("userPrincipalName eq '" + name.replace("'", "''") + "'")
    assert [row["id"] for row in entra.get(f"/users?$filter={asked}")["value"]] == [before["id"]]


def test_f16_shows_the_new_names_and_no_more_the_old_one(entra: Entra) -> None:
    before = person(entra)
    entra.switch(F16=True)
    renamed = {name: f"new.{before[name]}" for name in ("userPrincipalName", "mail", "mailNickname")}
    assert again(entra, before) == {**before, **renamed}
    assert entra.refused("GET", f"/users/{before['userPrincipalName']}")[0] == 404
    assert entra.get(f"/users/{renamed['userPrincipalName']}")["id"] == before["id"]


def test_f18_shows_two_people_whose_names_are_the_same_without_ext(entra: Entra) -> None:
    second, third = person(entra, 1), person(entra, 2)
    entra.switch(F18=True)
    shown = again(entra, third)
    assert shown["userPrincipalName"] != second["userPrincipalName"]
    assert shown["userPrincipalName"].partition("#EXT#")[0] == second["userPrincipalName"].replace("@", "_")
    assert shown["userType"] == "Guest"


def test_f29_shows_that_everybody_is_unassigned(entra: Entra) -> None:
    entra.switch(F29=True)
    assert entra.rows(f"{entra.sp}/appRoleAssignedTo") == []
    assert entra.ask("GET", f"{entra.sp}/appRoleAssignedTo/$count", headers=EVENTUAL).text[-1:] == "0"


def test_f30_takes_the_person_out_of_assigned_groups_too(entra: Entra) -> None:
    group = next(row for row in entra.rows("/groups") if row["displayName"] == "All staff")
    member = next(row for row in entra.rows(f"/groups/{group['id']}/members") if "user" in row["@odata.type"])
    entra.switch(F30=[member["userPrincipalName"]])
    assert member["id"] not in {row["id"] for row in entra.rows(f"/groups/{group['id']}/members")}
    entra.switch(F30=False)
    assert member["id"] in {row["id"] for row in entra.rows(f"/groups/{group['id']}/members")}


def test_f31_shows_a_guest(entra: Entra) -> None:
    before = person(entra)
    entra.switch(F31=True)
    shown = again(entra, before)
    assert shown["userType"] == "Guest"
    assert "#EXT#@" in shown["userPrincipalName"]
    asked = quote("userType eq 'Guest'")
    assert before["id"] in {row["id"] for row in entra.get(f"/users?$filter={asked}&$select=id")["value"]}


def test_f32_shows_no_licence(entra: Entra) -> None:
    plans = entra.get("/organization")["value"][0]["assignedPlans"]
    assert P1 in {plan["servicePlanId"] for plan in plans}
    entra.switch(F32=True)
    plans = entra.get("/organization")["value"][0]["assignedPlans"]
    assert P1 not in {plan["servicePlanId"] for plan in plans}


# Kept in a file


def test_puts_all_back_after_a_restart_too(tmp_path: Path) -> None:
    world = World(Clock(), seed=1)
    make_tenant(world, {"domain": "kept.example"})
    tenant = world.tenant_at("kept.example")
    assert tenant is not None
    before = [without_number(user) for user in tenant.users.values()], list(tenant.service_principals), tenant.licence
    faults.switch(world, tenant, dict.fromkeys(SHOWN, True))
    Keeper(world, tmp_path / "state").save()
    again = load(tmp_path / "state")
    assert again is not None
    tenant = again.tenant_at("kept.example")
    assert tenant is not None
    assert [without_number(user) for user in tenant.users.values()] != before[0]
    faults.switch(again, tenant, dict.fromkeys(SHOWN, False))
    assert (tenant.faults, tenant.truth, tenant.switches) == ({}, {}, {})
    after = [without_number(user) for user in tenant.users.values()], list(tenant.service_principals), tenant.licence
    assert after == before


def without_number(user: User) -> dict[str, Any]:
    return {name: getattr(user, name) for name in User.__slots__ if name != "changed"}


def test_does_not_read_a_world_that_another_version_kept() -> None:
    state = World(Clock()).__getstate__()
    old = World.__new__(World)
    with pytest.raises(ValueError, match="another version"):
        old.__setstate__({**state, "format": 1})


# The table cannot rot


def _tests() -> Iterator[tuple[str, str]]:
    """Name and text of every test of this folder."""
    for path in sorted(Path(__file__).parent.rglob("test_*.py")):
        text = path.read_text()
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                yield node.name, ast.get_source_segment(text, node) or ""


def test_has_a_test_for_every_failure_that_turns_its_switch(running: RunningSandbox) -> None:
    failures = [key for key in running.control("GET", "/switches") if key[:1] == "F"]
    assert len(failures) >= 34
    tests = list(_tests())
    tested = {key for key in failures for name, text in tests if f"_{key.lower()}_" in name and key in text}
    assert [key for key in failures if key not in tested] == []
