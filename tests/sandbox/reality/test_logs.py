"""How the provisioning log and provision on demand may answer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ..conftest import Entra, RunningSandbox
from ..provisioning.rig import Rig

LOG = "/auditLogs/provisioning"


def steps(row: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(each["name"], each["provisioningStepType"], each["status"]) for each in row["provisioningSteps"]]


def last_details(row: dict[str, Any]) -> dict[str, str]:
    found: dict[str, str] = row["provisioningSteps"][-1]["details"]
    return found


def test_tells_a_creation_in_the_recorded_steps(rig: Rig) -> None:
    rig.answer_as(log_rows="recorded")
    user = rig.add_user("eva")
    rig.start()
    [row] = rig.rows()
    assert steps(row) == [
        ("EntryImportAdd", "import", "success"),
        ("EntrySynchronizationScoping", "scoping", "success"),
        ("EntrySynchronizationAdd", "matching", "success"),
        ("EntryExportAdd", "export", "success"),
    ]
    imported, scoped, _matched, exported = (each["details"] for each in row["provisioningSteps"])
    assert (imported["objectId"], imported["accountEnabled"]) == (user.id, "True")
    assert "officeLocation" not in imported
    assert scoped["Assigned to the application"] == scoped["User has the required role"] == "True"
    assert exported["namegivenName"] == "Eva"
    assert exported["ReportableIdentifier"] == user.userPrincipalName
    assert row["provisioningStatusInfo"]["errorInformation"] is None
    assert row["targetSystem"]["details"]["ApplicationId"] == "8adf8e6e-67b2-4cf2-a259-e3dc5476c621"
    assert row["sourceIdentity"]["details"]["DisplayName"] == "Eva Berg"
    assert {"displayName": "name.givenName", "oldValue": None, "newValue": "Eva"} in row["modifiedProperties"]


def test_tells_why_somebody_was_skipped_in_the_last_step_alone(rig: Rig) -> None:
    rig.answer_as(log_rows="recorded")
    eva = rig.add_user("eva")
    rig.add_user("blocked", accountEnabled=False)
    rig.start()
    rig.restart()
    told = {(row["sourceIdentity"]["displayName"], last_details(row).get("SkipReason", "")) for row in rig.rows()}
    assert ("Blocked Berg", "NotEffectivelyEntitled") in told
    assert (eva.displayName, "RedundantExport") in told
    for row in rig.rows():
        assert row["provisioningStatusInfo"]["errorInformation"] is None
        if row["provisioningStatusInfo"]["status"] == "skipped":
            assert row["provisioningAction"] == "other"
            assert row["modifiedProperties"] == []
            assert steps(row)[-1][0] == "EntrySynchronizationSkip"


def test_names_the_property_that_is_empty(rig: Rig) -> None:
    rig.answer_as(log_rows="recorded")
    slot = rig.mapping("User")
    for each in rig.job.schema["directories"][1]["objects"][0]["attributes"]:
        each["required"] = each["name"] in ("userName", "name.familyName")
    assert slot["enabled"]
    rig.add_user("eva", surname=None)
    rig.start()
    [row] = rig.rows()
    assert last_details(row)["SkipReason"] == "AttributeValidationFailed"
    assert last_details(row)["PropertyName"] == "name.familyName"
    assert (row["provisioningAction"], row["provisioningStatusInfo"]["status"]) == ("create", "skipped")


def test_quotes_the_target_in_the_reason_of_a_failure(rig: Rig) -> None:
    rig.answer_as(log_rows="recorded")
    rig.add_user("eva")
    rig.switch(F14=True)
    rig.start()
    [row] = rig.rows()
    told = row["provisioningStatusInfo"]["errorInformation"]
    assert told["reason"].startswith("StatusCode: BadRequest\r\nMessage: Processing of the HTTP request resulted")
    assert told["errorCode"] == "MandatoryFieldsMissing" or told["errorCode"].endswith("BadRequest")
    assert told["additionalDetails"] is None


def test_tells_a_skip_with_its_code_where_documented(rig: Rig) -> None:
    rig.answer_as(log_rows="documented")
    rig.add_user("blocked", accountEnabled=False)
    rig.start()
    assert rig.codes() == ["other/skipped/NotEffectivelyEntitled"]


def moments(entra: Entra, query: str) -> list[str]:
    return [row["activityDateTime"] for row in entra.get(f"{LOG}?{query}")["value"]]


def test_gives_the_newest_rows_first_whatever_was_asked(running: RunningSandbox) -> None:
    entra = running.tenant(reality={"log_order": "newest_first"})
    entra.started()
    asked = entra.get(f"{LOG}?$orderby=activityDateTime asc")["value"]
    entra.control("POST", "/reality", {"log_order": "as_asked"})
    oldest_first = entra.get(f"{LOG}?$orderby=activityDateTime asc")["value"]
    assert [row["id"] for row in asked] == [row["id"] for row in oldest_first][::-1]


REFUSALS = [
    ({"log_sorting": "refused"}, "$orderby=activityDateTime asc"),
    ({"log_by_job": "refused"}, "$filter=jobId eq 'x'"),
    ({"log_by_time": "none"}, "$filter=activityDateTime gt 2026-01-01T00:00:00Z"),
    ({"log_by_time": "strictly"}, "$filter=activityDateTime ge 2026-01-01T00:00:00Z"),
]


@pytest.mark.parametrize(("reality", "query"), REFUSALS)
def test_refuses_a_query(running: RunningSandbox, reality: dict[str, str], query: str) -> None:
    assert running.tenant(reality={"log_by_time": "any"}).get(f"{LOG}?{query}")["value"] == []
    entra = running.tenant(reality=reality)
    assert entra.refused("GET", f"{LOG}?{query}")[:2] == (400, "Request_UnsupportedQuery")
    assert entra.get(LOG)["value"] == []


@pytest.mark.parametrize(("pages", "again"), [("refused_once", 200), ("refused", 400), ("works", 200)])
def test_refuses_its_own_next_page(running: RunningSandbox, pages: str, again: int) -> None:
    entra = running.tenant(reality={"log_next_page": pages})
    entra.started()
    following = entra.get(f"{LOG}?$top=2")["@odata.nextLink"].partition("/v1.0")[2]
    if pages != "works":
        assert entra.refused("GET", following) == (400, "", "Invalid Skip Token")
    assert entra.ask("GET", following).status_code == again


def test_refuses_the_log_and_names_another_permission(running: RunningSandbox) -> None:
    entra = running.tenant(reality={"log_refused": "other_permission"})
    status, code, message = entra.refused("GET", LOG)
    assert (status, code) == (403, "Authentication_MSGraphPermissionMissing")
    assert message.endswith("AuditLog.Read.All")
    entra.control("POST", "/reality", {"log_refused": "unknown"})
    assert entra.refused("GET", LOG) == (403, "UnknownError", "")


def on_demand(rig: Rig, name: str = "eva", **attributes: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    key, value = rig.on_demand(rig.add_user(name, **attributes))
    return json.loads(key), json.loads(value)


def test_answers_on_demand_with_a_flat_status_and_details(rig: Rig) -> None:
    rig.answer_as(on_demand_rows="flat")
    key, value = on_demand(rig)
    assert key["result"] == value["statusInfo"]["status"] == "Success"
    assert "errorInformation" not in value["statusInfo"]
    assert [step["name"] for step in value["provisioningSteps"]][-2:] == ["EntrySynchronizationAdd", "EntryExportAdd"]
    assert value["sourceIdentity"]["type"] == "User"
    assert "jobId" not in value
    key, value = on_demand(rig, "blocked", accountEnabled=False)
    assert key["result"] == "Skipped"
    assert value["provisioningSteps"][-1]["name"] == "EntrySynchronizationSkip"
    assert value["provisioningSteps"][-1]["details"]["SkipReason"] == "NotEffectivelyEntitled"
    rig.answer_as(on_demand_rows="nested")
    assert "errorInformation" in on_demand(rig, "other")[1]["statusInfo"]


def test_ends_on_demand_after_the_import(rig: Rig) -> None:
    rig.answer_as(on_demand_ends="imported")
    key, value = on_demand(rig)
    assert key["result"] == "Success"
    assert [step["type"] for step in value["provisioningSteps"]] == ["Import"]
    assert rig.arrived() == {}
    rig.answer_as(on_demand_ends="exported")
    on_demand(rig, "other")
    assert len(rig.arrived()) == 1


def test_updates_the_same_person_again_and_again(rig: Rig) -> None:
    rig.answer_as(on_demand_again="update")
    eva = rig.add_user("eva")
    rig.on_demand(eva)
    key, value = rig.on_demand(eva)
    assert json.loads(key)["result"] == "Success"
    assert json.loads(value)["action"] == "Update"
    rig.answer_as(on_demand_again="redundant")
    assert json.loads(rig.on_demand(eva)[0])["result"] == "Skipped"
