from typing import Any

import pytest

from .conftest import Entra, RunningSandbox, unsigned

OWNED = ("Application.ReadWrite.OwnedBy", "Application.Read.All")


@pytest.mark.parametrize("header", ["", "Bearer ", "Basic abc", "Bearer made-up", "Bearer a.b.c"])
def test_takes_nothing_without_a_token(running: RunningSandbox, entra: Entra, header: str) -> None:
    headers = {"Authorization": header} if header else {}
    answer = running.session.get(f"{running.url}/v1.0/organization", headers=headers, timeout=10)
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "InvalidAuthenticationToken"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_takes_no_token_that_nobody_signed(entra: Entra) -> None:
    entra.kept = unsigned({"aud": "https://graph.microsoft.com", "tid": entra.tid, "roles": ["Application.Read.All"]})
    assert entra.refused("GET", "/organization")[0] == 401


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/jobs", None),
        ("GET", "/templates", None),
        ("POST", "/jobs", {"templateId": "scim"}),
        ("GET", "/secrets", None),
        ("PUT", "/secrets", {"value": []}),
    ],
)
def test_is_silent_where_the_synchronization_permission_is_missing(
    running: RunningSandbox, method: str, path: str, body: Any
) -> None:
    entra = running.tenant("Application.Read.All")
    assert entra.refused(method, entra.sync + path, body) == (401, "UnknownError", "")


def test_forbids_writing_with_the_permission_to_read(running: RunningSandbox) -> None:
    entra = running.tenant("Synchronization.Read.All")
    assert entra.get(f"{entra.sync}/jobs")["value"] == []
    assert entra.refused("POST", f"{entra.sync}/jobs", {"templateId": "scim"})[0] == 403


@pytest.mark.parametrize(
    "path", ["/servicePrincipals", "/organization", "/domains", "/users", "/groups", "/subscribedSkus"]
)
def test_denies_the_directory_without_its_permission(running: RunningSandbox, path: str) -> None:
    entra = running.tenant("Synchronization.ReadWrite.All")
    assert entra.refused("GET", path)[:2] == (403, "Authorization_RequestDenied")


@pytest.mark.parametrize(
    ("path", "permission"),
    [
        ("/servicePrincipals", "Application.Read.All"),
        ("/organization", "Organization.Read.All"),
        ("/domains", "Domain.Read.All"),
        ("/users", "User.Read.All"),
        ("/groups", "GroupMember.Read.All"),
        ("/auditLogs/provisioning", "ProvisioningLog.Read.All"),
        ("/auditLogs/directoryAudits", "AuditLog.Read.All"),
    ],
)
def test_allows_what_the_least_permission_allows(running: RunningSandbox, path: str, permission: str) -> None:
    assert running.tenant(permission).get(path)


def test_names_the_permission_that_the_logs_need(running: RunningSandbox) -> None:
    entra = running.tenant("AuditLog.Read.All")
    status, code, message = entra.refused("GET", "/auditLogs/provisioning")
    assert (status, code) == (403, "Authentication_MSGraphPermissionMissing")
    assert "ProvisioningLog.Read.All" in message


def test_does_not_give_an_application_what_was_consented_after_its_token(running: RunningSandbox) -> None:
    entra = running.tenant("Application.Read.All")
    entra.token()
    running.control("POST", "/apps", {"client_id": entra.client_id, "permissions": ["User.Read.All"], "secrets": ["x"]})
    entra.consent()
    assert entra.refused("GET", "/users")[0] == 403


# Least privilege: the owner of an application


def test_lets_nobody_touch_an_application_that_is_not_owned(running: RunningSandbox) -> None:
    entra = running.tenant(*OWNED)
    assert entra.refused("GET", f"{entra.sync}/jobs") == (401, "UnknownError", "")


def test_lets_the_owner_of_the_service_principal_set_up_provisioning(running: RunningSandbox) -> None:
    entra = running.tenant(*OWNED)
    entra.control("POST", "/own", {"client_id": entra.client_id, "application": False})
    job = entra.job()
    assert entra.get(f"{job}/schema")["synchronizationRules"]
    assert entra.ask("PUT", f"{entra.sync}/secrets", {"value": entra.credentials()}).status_code == 204
    assert entra.ask("POST", f"{job}/start").status_code == 204
    assert entra.ask("POST", f"{job}/pause").status_code == 204


def test_does_not_let_an_owner_restart(running: RunningSandbox) -> None:
    entra = running.tenant(*OWNED)
    entra.control("POST", "/own", {"client_id": entra.client_id})
    job = entra.job()
    body = {"criteria": {"resetScope": "Watermark"}}
    assert entra.refused("POST", f"{job}/restart", body) == (401, "UnknownError", "")
    entra.switch(owner_may_restart=True)
    assert entra.ask("POST", f"{job}/restart", body).status_code == 204


def test_wants_the_registration_owned_too_for_provisioning_on_demand(running: RunningSandbox) -> None:
    entra = running.tenant(*OWNED)
    entra.control("POST", "/own", {"client_id": entra.client_id, "application": False})
    job = entra.job()
    body = {"parameters": [{"ruleId": "x", "subjects": [{"objectId": "x", "objectTypeName": "User"}]}]}
    assert entra.refused("POST", f"{job}/provisionOnDemand", body)[0] == 401
    entra.control("POST", "/own", {"client_id": entra.client_id})
    assert entra.refused("POST", f"{job}/provisionOnDemand", body)[:2] == (400, "RequestParameterInvalid")


def test_makes_the_caller_the_owner_of_what_it_instantiates(running: RunningSandbox) -> None:
    entra = running.tenant(*OWNED)
    template = "/applicationTemplates/8adf8e6e-67b2-4cf2-a259-e3dc5476c621/instantiate"
    answer = entra.ask("POST", template, {"displayName": "Haiilo Provisioning"})
    assert answer.status_code == 201, answer.text
    made = answer.json()["servicePrincipal"]["id"]
    assert entra.get(f"/servicePrincipals/{made}/synchronization/templates")["value"][0]["id"] == "scim"


def test_adds_an_owner_once(running: RunningSandbox) -> None:
    entra = running.tenant("Application.ReadWrite.All", "Application.Read.All")
    reference = {"@odata.id": f"https://graph.microsoft.com/v1.0/directoryObjects/{entra.made['admin']['id']}"}
    assert entra.ask("POST", f"{entra.sp}/owners/$ref", reference).status_code == 204
    assert entra.refused("POST", f"{entra.sp}/owners/$ref", reference)[0] == 400
    assert [row["id"] for row in entra.get(f"{entra.sp}/owners")["value"]] == [entra.made["admin"]["id"]]


# Other tenants


@pytest.mark.parametrize("thing", ["service_principal", "job", "user"])
def test_shows_nothing_of_another_tenant_and_says_so_loudly(running: RunningSandbox, entra: Entra, thing: str) -> None:
    other = running.tenant()
    path = {
        "service_principal": other.sp,
        "job": f"{entra.sync}/jobs/{other.job().rpartition('/')[2]}",
        "user": f"/users/{other.made['pilot']['id']}",
    }[thing]
    assert entra.refused("GET", path)[0] == 404
    told = running.control("GET", "/violations")[-1]
    assert (told["token_tenant"], told["object_tenant"]) == (entra.tid, other.tid)
