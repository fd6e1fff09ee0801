"""Who owns what: listed, added, taken away, and what the owner sees of it."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.contract import Broken, Contract
from sandbox.graph.exchange import Answer, Call
from sandbox.world import World

from .conftest import Entra, RunningSandbox

OWNER = ("Application.ReadWrite.OwnedBy", "Application.Read.All")
ADMIN = ("Application.ReadWrite.All", "Application.Read.All")
NONE = "00000000-0000-4000-8000-000000000000"


def ours(entra: Entra) -> str:
    return str(entra.get(f"/servicePrincipals(appId='{entra.client_id}')")["id"])


def registration(entra: Entra) -> str:
    """The object id of the registration behind the customer's application."""
    app_id = entra.get(entra.sp)["appId"]
    (found,) = entra.get(f"/applications?$filter=appId eq '{app_id}'")["value"]
    return f"/applications/{found['id']}"


def reference(key: str) -> dict[str, str]:
    return {"@odata.id": f"https://graph.microsoft.com/v1.0/directoryObjects/{key}"}


def owned(entra: Entra) -> set[tuple[str, str]]:
    rows = entra.get(f"/servicePrincipals/{ours(entra)}/ownedObjects")["value"]
    return {(row["@odata.type"], row["id"]) for row in rows}


def test_owns_nothing_at_first(running: RunningSandbox) -> None:
    entra = running.tenant(*OWNER)
    assert owned(entra) == set()
    assert entra.get(f"{registration(entra)}/owners")["value"] == []


def test_shows_what_the_admin_made_it_an_owner_of_one_by_one(running: RunningSandbox) -> None:
    entra = running.tenant(*OWNER)
    enterprise = ("#microsoft.graph.servicePrincipal", entra.made["service_principal_id"])
    entra.control("POST", "/own", {"client_id": entra.client_id, "application": False})
    assert owned(entra) == {enterprise}
    entra.control("POST", "/own", {"client_id": entra.client_id})
    application = ("#microsoft.graph.application", registration(entra).rpartition("/")[2])
    assert owned(entra) == {enterprise, application}


def test_gives_the_properties_that_were_asked_for_with_the_type(running: RunningSandbox) -> None:
    entra = running.tenant(*OWNER)
    entra.control("POST", "/own", {"client_id": entra.client_id})
    rows = entra.get(f"/servicePrincipals/{ours(entra)}/ownedObjects?$select=id,appId,displayName")["value"]
    app = entra.get(entra.sp)
    assert {row["appId"] for row in rows} == {app["appId"]}
    assert {tuple(sorted(row)) for row in rows} == {("@odata.type", "appId", "displayName", "id")}
    path = f"/servicePrincipals/{ours(entra)}/ownedObjects?$select=nonsense"
    assert entra.refused("GET", path)[:2] == (400, "BadRequest")


def test_keeps_the_owners_of_registration_and_enterprise_application_apart(running: RunningSandbox) -> None:
    entra = running.tenant(*ADMIN)
    application, admin = registration(entra), entra.made["admin"]["id"]
    assert entra.ask("POST", f"{application}/owners/$ref", reference(admin)).status_code == 204
    assert [row["id"] for row in entra.get(f"{application}/owners")["value"]] == [admin]
    assert entra.get(f"{entra.sp}/owners")["value"] == []
    (row,) = entra.get(f"{application}/owners/$ref")["value"]
    assert row["@odata.id"].endswith(f"/v1.0/directoryObjects/{admin}")


@pytest.mark.parametrize("which", ["enterprise application", "registration"])
def test_takes_an_owner_away_once(running: RunningSandbox, which: str) -> None:
    entra = running.tenant(*ADMIN)
    thing, admin = entra.sp if which == "enterprise application" else registration(entra), entra.made["admin"]["id"]
    assert entra.ask("POST", f"{thing}/owners/$ref", reference(admin)).status_code == 204
    assert entra.ask("DELETE", f"{thing}/owners/{admin}/$ref").status_code == 204
    assert entra.get(f"{thing}/owners")["value"] == []
    assert entra.refused("DELETE", f"{thing}/owners/{admin}/$ref")[:2] == (404, "Request_ResourceNotFound")


@pytest.mark.parametrize("permission", ["Application.Read.All", "Application.ReadWrite.All", "Directory.Read.All"])
def test_shows_owners_to_whoever_may_read_applications(running: RunningSandbox, permission: str) -> None:
    entra = running.tenant(permission)
    assert entra.ask("GET", f"{registration(entra)}/owners").status_code == 200
    assert entra.ask("GET", f"/servicePrincipals/{ours(entra)}/ownedObjects").status_code == 200


def test_shows_what_it_owns_to_an_application_that_may_do_nothing_else(running: RunningSandbox) -> None:
    entra = running.tenant("Application.ReadWrite.OwnedBy")
    made = running.control("GET", f"/tenants/{entra.tid}")["consents"][entra.client_id]
    assert made["roles"] == ["Application.ReadWrite.OwnedBy"]
    ours_id = entra.control("POST", "/consent", {"client_id": entra.client_id})["service_principal_id"]
    assert entra.get(f"/servicePrincipals/{ours_id}/ownedObjects")["value"] == []


def test_shows_owners_to_nobody_without_a_permission_for_applications(running: RunningSandbox) -> None:
    entra = running.tenant("User.Read.All")
    ours_id = entra.control("POST", "/consent", {"client_id": entra.client_id})["service_principal_id"]
    for path in (f"/servicePrincipals/{ours_id}/ownedObjects", f"/applications/{NONE}/owners"):
        assert entra.refused("GET", path)[:2] == (403, "Authorization_RequestDenied")


def test_knows_no_owners_of_what_is_not_there(running: RunningSandbox) -> None:
    entra = running.tenant(*OWNER)
    for path in (f"/servicePrincipals/{NONE}/ownedObjects", f"/applications/{NONE}/owners"):
        assert entra.refused("GET", path)[:2] == (404, "Request_ResourceNotFound")


def test_lets_the_admin_make_us_an_owner_of_an_application_with_powers_of_its_own(running: RunningSandbox) -> None:
    entra = running.tenant(*OWNER)
    powerful = running.register("Directory.ReadWrite.All", display_name="Payroll connector")
    payroll = entra.control("POST", "/consent", {"client_id": powerful})["service_principal_id"]
    entra.control("POST", "/own", {"client_id": entra.client_id, "service_principal_id": payroll, "application": False})
    assert owned(entra) == {("#microsoft.graph.servicePrincipal", payroll)}
    roles = entra.get(f"/servicePrincipals/{payroll}/appRoleAssignments")["value"]
    assert [role["principalId"] for role in roles] == [payroll]


@pytest.mark.parametrize(
    ("path", "row"),
    [
        ("/servicePrincipals/x/ownedObjects", {"id": 5}),
        ("/applications/x/owners", {"id": ["x"]}),
    ],
)
def test_is_checked_against_microsofts_document(path: str, row: dict[str, Any]) -> None:
    call = Call(World.__new__(World), "GET", path, {}, {})
    Contract().check_answer(call, Answer(200, {"value": [{"id": "x"}]}))
    with pytest.raises(Broken):
        Contract().check_answer(call, Answer(200, {"value": [row]}))
