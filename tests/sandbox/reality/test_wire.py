"""Answers in another form than the documented one, or in place of it."""

from __future__ import annotations

import json
import re

import pytest

from ..conftest import RunningSandbox

LOG = "/auditLogs/provisioning"


@pytest.mark.parametrize(
    ("form", "code"), [("without_header", "UnknownError"), ("nested", "TooManyRequests"), ("html", "")]
)
def test_throttles_without_saying_for_how_long(running: RunningSandbox, form: str, code: str) -> None:
    entra = running.tenant(reality={"throttled": form})
    entra.chaos(throttle=3)
    answer = entra.ask("GET", LOG)
    assert answer.status_code == 429
    assert "Retry-After" not in answer.headers
    if form == "html":
        assert answer.headers["Content-Type"].startswith("text/html")
        assert answer.text.startswith("<html>")
    else:
        assert answer.json()["error"]["code"] == code
    if form == "nested":
        assert json.loads(answer.json()["error"]["message"])["RetryAfter"] is None
    entra.control("POST", "/reality", {"throttled": "with_header"})
    assert entra.ask("GET", LOG).headers["Retry-After"] == "3"


@pytest.mark.parametrize("form", ["error_inside", "html", "empty", "no_list"])
@pytest.mark.parametrize("calls", ["jobs", "job", "schema", "secrets", "log", "templates", "organization"])
def test_answers_a_good_read_unreadably(running: RunningSandbox, form: str, calls: str) -> None:
    entra = running.tenant()
    job = entra.job()
    entra.control("POST", "/reality", {"unreadable": form, "unreadable_calls": calls})
    paths = {
        "jobs": f"{entra.sync}/jobs",
        "job": job,
        "schema": f"{job}/schema",
        "secrets": f"{entra.sync}/secrets",
        "log": LOG,
        "templates": f"{entra.sync}/templates",
        "organization": "/organization",
    }
    answers = {name: entra.ask("GET", path) for name, path in paths.items()}
    assert {answer.status_code for answer in answers.values()} == {200}
    spoilt = answers.pop(calls)
    assert all(answer.json().keys() - {"error"} for answer in answers.values())
    seen = {"error_inside": '"error"', "html": "<!DOCTYPE", "empty": "", "no_list": "@odata.context"}[form]
    assert seen in spoilt.text
    assert '"value"' not in spoilt.text
    entra.control("POST", "/reality", {"unreadable": "none"})
    assert entra.get(paths[calls])
    assert [each for each in running.control("GET", "/violations") if "broken" in each] == []


def test_refuses_what_is_too_large(running: RunningSandbox) -> None:
    entra = running.tenant()
    job = entra.job()
    schema = entra.get(f"{job}/schema")
    entra.control("POST", "/reality", {"largest_body": 1000})
    assert entra.refused("PUT", f"{job}/schema", schema)[:2] == (413, "RequestEntityTooLarge")
    assert entra.get(f"{job}/schema") == schema


def test_refuses_to_list_a_group_that_is_too_large(running: RunningSandbox) -> None:
    entra = running.tenant(reality={"largest_group": 3})
    group = next(row for row in entra.get("/groups")["value"] if row["displayName"] == "All staff")
    path = f"/groups/{group['id']}/transitiveMembers"
    assert entra.refused("GET", path)[:2] == (400, "Directory_ResultSizeLimitExceeded")
    entra.control("POST", "/reality", {"largest_group": 0})
    assert entra.get(path)["value"]


def test_shows_assignments_as_documented_or_with_guids(running: RunningSandbox) -> None:
    entra = running.tenant()
    path = f"{entra.sp}/appRoleAssignedTo"
    listed = entra.get(path)
    assert listed["@odata.context"].endswith(f"('{entra.made['service_principal_id']}')/appRoleAssignedTo")
    first = listed["value"][0]
    assert re.fullmatch(r"[\w-]{43}", first["id"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z", first["createdDateTime"])
    assert entra.get(f"{path}/{first['id']}")["principalId"] == first["principalId"]
    assert entra.ask("GET", f"{path}/{first['id'].swapcase()}").status_code == 404
    entra.control("POST", "/reality", {"assignments": "guid"})
    again = entra.get(path)["value"][0]
    assert (len(again["id"]), len(again["createdDateTime"])) == (36, 20)
    assert entra.get(f"{path}/{again['id']}")["principalId"] == first["principalId"]


@pytest.mark.parametrize(
    ("taken", "good"),
    [("relative", {"a"}), ("with_version", {"a", "b"}), ("absolute", {"a", "b", "c"})],
)
def test_takes_some_addresses_in_a_batch(running: RunningSandbox, taken: str, good: set[str]) -> None:
    entra = running.tenant(reality={"batch_urls": taken})
    urls = {"a": "/organization", "b": "/v1.0/organization", "c": "https://graph.microsoft.com/v1.0/organization"}
    body = {"requests": [{"id": key, "method": "GET", "url": url} for key, url in urls.items()]}
    answers = {row["id"]: row["status"] for row in entra.ask("POST", "/$batch", body).json()["responses"]}
    assert answers == {key: 200 if key in good else 400 for key in urls}


@pytest.mark.parametrize(
    ("setting", "whole", "items"),
    [("answered", 200, [200, 200]), ("item_refused", 200, [200, 400]), ("batch_refused", 400, [])],
)
def test_may_keep_provisioning_out_of_batches(
    running: RunningSandbox, setting: str, whole: int, items: list[int]
) -> None:
    entra = running.tenant(reality={"batch_provisioning": setting})
    urls = {"a": "/organization", "b": f"{entra.sync}/jobs"}
    body = {"requests": [{"id": key, "method": "GET", "url": url} for key, url in urls.items()]}
    answer = entra.ask("POST", "/$batch", body)
    answers = {row["id"]: row["status"] for row in answer.json().get("responses", [])}
    assert (answer.status_code, [answers[key] for key in sorted(answers)]) == (whole, items)
    assert entra.ask("GET", f"{entra.sync}/jobs").status_code == 200
