"""Answers in another form than the documented one, or in place of it."""

from __future__ import annotations

import json

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
