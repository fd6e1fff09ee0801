from typing import Any

import pytest
import requests

from .conftest import Entra, RunningSandbox


def test_makes_a_job_that_does_not_run(entra: Entra) -> None:
    job = entra.get(entra.job())
    assert job["id"].startswith(f"scim.{entra.tid.replace('-', '')}.")
    assert (job["status"]["code"], job["schedule"]["state"]) == ("Paused", "Disabled")
    assert job["status"]["steadyStateFirstAchievedTime"].startswith("0001")


def test_makes_a_second_job_when_asked_twice_where_ids_are_drawn(entra: Entra) -> None:
    entra.control("POST", "/reality", {"job_id": "random", "same_template": "second"})
    assert entra.job() != entra.job()
    assert len(entra.get(f"{entra.sync}/jobs")["value"]) == 2


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "RequestMissingRequiredParameter"),
        ({"templateId": ""}, "RequestMissingRequiredParameter"),
        ({"templateId": "nonsense"}, "InvalidTemplate"),
    ],
)
def test_makes_no_job_without_a_template_of_the_application(entra: Entra, body: Any, code: str) -> None:
    assert entra.refused("POST", f"{entra.sync}/jobs", body)[:2] == (400, code)


def test_offers_no_template_for_an_application_from_a_registration(entra: Entra) -> None:
    other = next(row for row in entra.rows("/servicePrincipals") if row["displayName"] == "Haiilo (test)")
    assert entra.get(f"/servicePrincipals/{other['id']}/synchronization/templates")["value"] == []


def test_does_not_start_without_credentials_where_that_is_refused(entra: Entra) -> None:
    entra.control("POST", "/reality", {"start_without_credentials": "refused"})
    assert entra.refused("POST", f"{entra.job()}/start")[0] == 400


def test_starts_pauses_and_starts_again(entra: Entra) -> None:
    job = entra.started()
    assert entra.get(job)["schedule"] == {"expiration": None, "interval": "PT40M", "state": "Active"}
    assert entra.ask("POST", f"{job}/pause").status_code == 204
    assert entra.get(job)["status"]["code"] == "Paused"
    assert entra.ask("POST", f"{job}/start").status_code == 204
    assert entra.get(job)["status"]["code"] == "Active"


@pytest.mark.parametrize(
    ("criteria", "status"),
    [
        ({"resetScope": "Watermark, Escrows, QuarantineState"}, 204),
        ({"resetScope": ""}, 204),
        ({"resetScope": "Full"}, 204),
        ({"resetScope": "Nonsense"}, 400),
        ({"resetScope": "None"}, 400),
        ({"resetScope": "Watermark", "more": True}, 400),
    ],
)
def test_restarts_with_a_reset_scope_only(entra: Entra, criteria: Any, status: int) -> None:
    assert entra.ask("POST", f"{entra.started()}/restart", {"criteria": criteria}).status_code == status


def test_forgets_a_deleted_job_and_leaves_its_people_at_haiilo(running: RunningSandbox, entra: Entra) -> None:
    job = entra.started()
    arrived = running.control("GET", f"/haiilo/{entra.made['haiilo_host']}/users")["users"]
    assert entra.ask("DELETE", job).status_code == 204
    assert entra.refused("GET", job)[0] == 404
    assert entra.get(f"{entra.sync}/jobs")["value"] == []
    assert running.control("GET", f"/haiilo/{entra.made['haiilo_host']}/users")["users"] == arrived
    assert arrived


def test_brings_exactly_those_in_scope(running: RunningSandbox, entra: Entra) -> None:
    entra.started()
    arrived = running.control("GET", f"/haiilo/{entra.made['haiilo_host']}/users")["users"]
    scope = entra.made["scope"]
    names = {user["userName"] for user in arrived}
    assert len(names) == scope["direct"] + scope["by_group"] + scope["guests"]
    assert entra.made["guest"]["user_name"].partition("_partner.example#EXT#")[0] + "@partner.example" in names
    assert not {entra.made[key]["user_name"] for key in ("disabled", "unassigned")} & names


def test_has_no_patch_for_the_schema_whatever_the_documents_say(entra: Entra) -> None:
    status, code, message = entra.refused("PATCH", f"{entra.job()}/schema", {})
    assert (status, code) == (404, "UnknownError")
    assert message.startswith("No HTTP resource was found")


def test_does_not_take_the_client_id_below_synchronization(entra: Entra) -> None:
    app_id = entra.get(entra.sp)["appId"]
    path = f"/servicePrincipals(appId='{app_id}')/synchronization/jobs"
    assert entra.refused("GET", path)[:2] == (404, "UnknownError")


def test_shows_a_new_job_late_and_reads_and_lists_apart(slow: RunningSandbox) -> None:
    entra = slow.tenant(calm=False)
    slow.control("POST", "/clock", {"minutes": 3})
    entra.token()
    answers = (entra.ask("POST", f"{entra.sync}/jobs", {"templateId": "scim"}) for _try in range(9))
    job = next(answer.json()["id"] for answer in answers if answer.status_code == 201)
    entra.chaos(calm=True)
    assert entra.refused("GET", f"{entra.sync}/jobs/{job}")[0] == 404
    assert job not in {row["id"] for row in entra.get(f"{entra.sync}/jobs")["value"]}
    slow.control("POST", "/clock", {"seconds": 20})
    assert entra.get(f"{entra.sync}/jobs/{job}")["id"] == job
    assert job in {row["id"] for row in entra.get(f"{entra.sync}/jobs")["value"]}


# On demand


def on_demand(entra: Entra, job: str, user: str, rule: str | None = None) -> requests.Response:
    rule = rule or entra.get(f"{job}/schema")["synchronizationRules"][0]["id"]
    subjects = [{"objectId": user, "objectTypeName": "User"}]
    return entra.ask("POST", f"{job}/provisionOnDemand", {"parameters": [{"ruleId": rule, "subjects": subjects}]})


def test_provisions_one_person_on_demand_before_the_job_runs(running: RunningSandbox, entra: Entra) -> None:
    job = entra.job()
    entra.ask("PUT", f"{entra.sync}/secrets", {"value": entra.credentials()})
    answer = on_demand(entra, job, entra.made["pilot"]["id"]).json()
    assert '"Success"' in answer["key"]
    [arrived] = running.control("GET", f"/haiilo/{entra.made['haiilo_host']}/users")["users"]
    assert arrived["userName"] == entra.made["pilot"]["user_name"]


def test_refuses_a_rule_that_is_not_of_the_job(entra: Entra) -> None:
    answer = on_demand(entra, entra.job(), entra.made["pilot"]["id"], rule="nonsense")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "RequestParameterInvalid")


def test_allows_five_requests_on_demand_in_ten_seconds(slow: RunningSandbox) -> None:
    entra = slow.tenant()
    job = entra.job()
    answers = [on_demand(entra, job, "nobody", rule="nonsense") for _time in range(6)]
    assert [answer.status_code for answer in answers] == [400] * 5 + [429]
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 10
    slow.control("POST", "/clock", {"seconds": 11})
    assert on_demand(entra, job, "nobody", rule="nonsense").status_code == 400
