"""The switches of login and Graph; those of the provisioning service and of Haiilo are tested beside these."""

from urllib.parse import quote

import pytest

from .conftest import Browser, Entra, RunningSandbox

LISTED = {f"F{number}" for number in range(1, 37)} - {"F34", "F36"}


def test_has_a_switch_for_every_failure_but_the_product_s_own(running: RunningSandbox) -> None:
    table = running.control("GET", "/switches")
    assert set(table) >= LISTED
    assert not {"F34", "F36"} & set(table)
    assert all(len(text) > 20 for text in table.values())


def test_is_silent_about_nothing_that_it_cannot_do(entra: Entra) -> None:
    for key in ("F34", "F36", "nonsense"):
        entra.control("POST", "/switches", {key: True}, expect=400)


def test_switches_off_again(entra: Entra) -> None:
    entra.switch(F5=True)
    assert entra.refused("GET", f"{entra.sync}/jobs")[0] == 401
    entra.switch(F5=False)
    assert entra.get(f"{entra.sync}/jobs")["value"] == []
    assert entra.control("GET", "/switches") == {}


def test_f1_lets_nobody_consent(person: Browser, entra: Entra) -> None:
    entra.switch(F1=True)
    page = person.consent_page(entra, entra.made["admin"])
    assert "AADSTS90094" in page.html
    assert person.send(page, decision="return").query["error"] == "consent_required"


def test_f2_answers_with_another_tenant(person: Browser, entra: Entra) -> None:
    entra.switch(F2=True)
    page = person.send(person.consent_page(entra, entra.made["admin"]), decision="accept")
    assert page.query["admin_consent"] == "True"
    assert page.query["tenant"] != entra.tid


def test_f3_makes_the_consent_wait_ten_minutes(slow: RunningSandbox) -> None:
    entra = slow.tenant()
    entra.control("POST", "/revoke", {"client_id": entra.client_id})
    entra.switch(F3=True)
    entra.consent()
    assert entra.ask_token().json()["error_codes"] == [7000229]
    slow.control("POST", "/clock", {"minutes": 11})
    assert entra.ask_token().status_code == 200


def test_f4_grants_only_some_of_the_permissions(entra: Entra) -> None:
    entra.switch(F4=True)
    entra.consent()
    entra.kept = ""
    assert entra.get(f"{entra.sync}/jobs")["value"] == []
    assert entra.refused("GET", "/users")[:2] == (403, "Authorization_RequestDenied")


def test_f4_stumbles_over_a_concurrent_consent_once(person: Browser, entra: Entra) -> None:
    entra.switch(F4="concurrent")
    page = person.send(person.consent_page(entra, entra.made["admin"]), decision="accept")
    assert "AADSTS650051" in page.query["error_description"]
    page = person.send(person.consent_page(entra, entra.made["admin"]), decision="accept")
    assert "error" not in page.query


def test_f5_answers_401_with_an_empty_message(entra: Entra) -> None:
    entra.switch(F5=True)
    assert entra.refused("GET", f"{entra.sync}/jobs") == (401, "UnknownError", "")
    assert entra.get("/organization")


def test_f6_offers_no_templates(entra: Entra) -> None:
    entra.switch(F6=True)
    assert entra.get(f"{entra.sync}/templates")["value"] == []
    assert entra.refused("POST", f"{entra.sync}/jobs", {"templateId": "scim"})[0] == 400


def test_f7_adds_a_twin_with_a_legacy_job(entra: Entra) -> None:
    entra.switch(F7=True)
    query = quote("startswith(displayName,'Haiilo')")
    twin = next(row for row in entra.get(f"/servicePrincipals?$filter={query}")["value"] if "old" in row["displayName"])
    [job] = entra.get(f"/servicePrincipals/{twin['id']}/synchronization/jobs")["value"]
    assert (job["templateId"], job["id"].split(".")[0]) == ("customappsso", "customappsso")
    secrets = entra.get(f"/servicePrincipals/{twin['id']}/synchronization/secrets")["value"]
    assert entra.made["haiilo_host"] not in {row["value"].split("/")[2] for row in secrets if "://" in row["value"]}


def test_f9_lets_haiilo_refuse_the_token(entra: Entra) -> None:
    body = {"templateId": "scim", "credentials": entra.credentials()[:2]}
    entra.switch(F9=True)
    answer = entra.ask("POST", f"{entra.sync}/jobs/validateCredentials", body)
    inner = answer.json()["error"]["innerError"]["code"]
    assert inner == "SystemForCrossDomainIdentityManagementCredentialValidationFailure"


def test_f12_shows_nobody_assigned(entra: Entra) -> None:
    assert entra.rows(f"{entra.sp}/appRoleAssignedTo")
    entra.switch(F12=True)
    assert entra.rows(f"{entra.sp}/appRoleAssignedTo") == []


def test_f32_refuses_the_logs(entra: Entra) -> None:
    entra.switch(F32=True)
    code = "Authentication_RequestFromNonPremiumTenantOrB2CTenant"
    assert entra.refused("GET", "/auditLogs/provisioning")[:2] == (403, code)


def test_f35_takes_access_away(entra: Entra) -> None:
    entra.token()
    entra.switch(F35=True)
    assert entra.refused("GET", "/organization")[0] == 401
    assert entra.ask_token().json()["error_codes"] == [700016]


# Where documents and reality differ: reality by default, the document when switched


def test_creates_a_job_with_200(entra: Entra) -> None:
    entra.switch(job_created_200=True)
    assert entra.ask("POST", f"{entra.sync}/jobs", {"templateId": "scim"}).status_code == 200


def test_patches_the_schema(entra: Entra) -> None:
    job = entra.job()
    document = entra.get(f"{job}/schema")
    assert entra.refused("PATCH", f"{job}/schema", document)[0] == 404
    entra.switch(patch_schema_works=True)
    assert entra.ask("PATCH", f"{job}/schema", document).status_code == 204


def test_forbids_with_403(entra: Entra) -> None:
    entra.switch(F5=True, forbidden_is_403=True)
    assert entra.refused("GET", f"{entra.sync}/jobs")[0] == 403


def test_writes_log_rows_as_documents_and_samples_have_them(entra: Entra) -> None:
    entra.started()
    [plain] = entra.get("/auditLogs/provisioning?$top=1")["value"]
    entra.switch(log_steps_capitalised=True, log_principal_is_list=True)
    [other] = entra.get("/auditLogs/provisioning?$top=1")["value"]
    assert other["servicePrincipal"] == [plain["servicePrincipal"]]
    kinds = [[step["provisioningStepType"] for step in row["provisioningSteps"]] for row in (plain, other)]
    assert kinds[1] == [kind.capitalize() for kind in kinds[0]]


# The page


@pytest.mark.parametrize("on", ["1", "0"])
def test_can_be_switched_on_a_page(running: RunningSandbox, entra: Entra, on: str) -> None:
    form = {"tenant": entra.tid, "switch": "F6", "on": on}
    answer = running.session.post(f"{running.control_url}/switch", data=form, timeout=10)
    assert answer.status_code == 200
    assert entra.made["domain"] in answer.text
    assert running.control("GET", "/switches")["F6"] in answer.text
    assert entra.control("GET", "/switches") == ({"F6": True} if on == "1" else {})
