"""How Microsoft may answer about jobs."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from sandbox.graph.jobs import UNSET

from ..conftest import Entra, RunningSandbox

MADE = {"templateId": "scim"}


def job_of(entra: Entra) -> Any:
    return entra.ask("POST", f"{entra.sync}/jobs", MADE)


def test_names_a_job_by_template_tenant_and_application(running: RunningSandbox) -> None:
    entra = running.tenant(reality={"job_id": "application"})
    first = job_of(entra).json()["id"]
    app = entra.get(entra.sp)["appId"]
    assert first == f"scim.{entra.tid.replace('-', '')}.{app}"
    assert entra.ask("DELETE", f"{entra.sync}/jobs/{first}").status_code == 204
    assert entra.get(f"{entra.sync}/jobs")["value"] == []
    again = job_of(entra).json()
    assert again["id"] == first
    assert again["status"]["code"] == "Paused"
    assert [row["id"] for row in entra.get(f"{entra.sync}/jobs")["value"]] == [first]


@pytest.mark.parametrize(("answer", "status"), [("second", 201), ("refused", 409), ("same", 201)])
def test_answers_a_second_job_of_the_same_template(running: RunningSandbox, answer: str, status: int) -> None:
    named = "random" if answer == "second" else "application"
    entra = running.tenant(reality={"same_template": answer, "job_id": named})
    first, second = job_of(entra), job_of(entra)
    assert second.status_code == status
    assert len(entra.get(f"{entra.sync}/jobs")["value"]) == (2 if answer == "second" else 1)
    assert (second.json().get("id") == first.json()["id"]) is (answer == "same")


def test_lists_a_deleted_job_that_stays(running: RunningSandbox) -> None:
    entra = running.tenant(reality={"deleted_job": "stays"})
    job = entra.job()
    assert entra.ask("DELETE", job).status_code == 204
    assert entra.get(job)["id"]


def test_makes_a_ghost_in_place_of_a_deleted_job(running: RunningSandbox) -> None:
    entra = running.tenant(reality={"deleted_job": "ghost", "job_id": "application"})
    assert entra.ask("DELETE", entra.job()).status_code == 204
    ghost = job_of(entra)
    assert ghost.status_code == 201
    assert entra.get(f"{entra.sync}/jobs")["value"] == []
    assert entra.refused("POST", f"{entra.sync}/jobs/{ghost.json()['id']}/start")[0] == 404


def test_blocks_an_id_for_ten_minutes_after_the_deletion(slow: RunningSandbox) -> None:
    entra = slow.tenant(reality={"deleted_job": "blocked", "job_id": "application"})
    assert entra.ask("DELETE", entra.job()).status_code == 204
    assert entra.refused("POST", f"{entra.sync}/jobs", MADE)[0] == 409
    slow.control("POST", "/clock", {"minutes": 11})
    assert job_of(entra).status_code == 201


@pytest.mark.parametrize(
    ("shown", "interval", "address", "settings"),
    [("longest_interval", UNSET, "", 3), ("forty_minutes", "PT40M", None, 1)],
)
def test_shows_a_new_job(
    running: RunningSandbox, shown: str, interval: str, address: str | None, settings: int
) -> None:
    job = job_of(running.tenant(reality={"new_job": shown})).json()
    assert job["schedule"]["interval"] == interval
    assert job["status"]["troubleshootingUrl"] == address
    assert len(job["synchronizationJobSettings"]) == settings


@pytest.mark.parametrize(("answer", "status"), [("refused", 400), ("taken", 201)])
def test_makes_a_job_of_template_scim_where_the_old_one_is_listed(
    running: RunningSandbox, answer: str, status: int
) -> None:
    entra = running.tenant(reality={"other_template": answer}, switches={"F7": True})
    name = "$filter=startswith(displayName,'Haiilo')"
    twin = next(row for row in entra.get(f"/servicePrincipals?{name}")["value"] if "old" in row["displayName"])
    made = entra.ask("POST", f"/servicePrincipals/{twin['id']}/synchronization/jobs", MADE)
    assert made.status_code == status


def test_starts_into_quarantine_without_credentials_and_tries_again_soon(running: RunningSandbox) -> None:
    entra = running.tenant(reality={"start_without_credentials": "quarantine"})
    job = entra.job()
    assert entra.ask("POST", f"{job}/start").status_code == 204
    entra.control("POST", "/run")
    status = entra.get(job)["status"]
    assert (status["code"], status["quarantine"]["reason"]) == ("Quarantine", "EncounteredQuarantineException")
    assert status["quarantine"]["error"]["message"] == "Please provide a valid tenant URL for your application."
    assert status["quarantine"]["error"]["code"].endswith("InvalidCredentials")


@pytest.mark.parametrize(
    ("keys", "shown"),
    [
        ("user", ["User"]),
        ("pairs", ["User to User"]),
        ("lower_pairs", ["user to User"]),
        ("urn_pairs", ["User to urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]),
        ("none", []),
    ],
)
def test_counts_entries_by_keys(running: RunningSandbox, keys: str, shown: list[str]) -> None:
    entra = running.tenant(reality={"counts": keys})
    counted = entra.get(entra.started())["status"]["synchronizedEntryCountByType"]
    assert [row["key"] for row in counted] == shown
    assert all(row["value"] > 4 for row in counted)


def times(row: dict[str, Any]) -> set[str]:
    return set(re.findall(r'"(\d{4}-[^"]*Z)"', json.dumps(row["status"])))


def test_tells_times_as_exactly_as_it_is_set(running: RunningSandbox) -> None:
    entra = running.tenant()
    job = entra.started()
    told = times(entra.get(job))
    assert {len(each) for each in told if not each.startswith("0001-")} == {28}
    assert "0001-01-01T00:00:00Z" in told
    entra.control("POST", "/reality", {"job_times": "seconds"})
    assert {len(each) for each in times(entra.get(job))} == {20}
    assert {each[:19] for each in told} == {each[:19] for each in times(entra.get(job))}


def test_lets_jobs_be_filtered_or_not(running: RunningSandbox) -> None:
    entra = running.tenant(reality={"jobs_filter": "taken"})
    job = entra.job()
    path = f"{entra.sync}/jobs?$filter=templateId eq '{{}}'"
    assert [row["id"] for row in entra.get(path.format("scim"))["value"]] == [job.rpartition("/")[2]]
    assert entra.get(path.format("customappsso"))["value"] == []
    entra.control("POST", "/reality", {"jobs_filter": "refused"})
    assert entra.ask("GET", path.format("scim")).status_code == 400
