"""Forms of requests that Graph takes, and what it answers to each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest

from .conftest import FULL, Entra, RunningSandbox


@pytest.mark.parametrize("function", ["functions", "filterOperators"])
def test_takes_keys_and_functions_in_brackets(entra: Entra, function: str) -> None:
    job = entra.job()
    plain = entra.get(f"{job}/schema/{function}")["value"]
    sp, name = entra.made["service_principal_id"], job.rpartition("/")[2]
    brackets = f"/servicePrincipals('{sp}')/synchronization/jobs('{name}')/schema"
    assert entra.get(f"{brackets}/microsoft.graph.{function}()")["value"] == plain
    assert entra.get(f"{brackets}/{function}()")["value"] == plain
    assert entra.get(brackets)["id"]


def test_changes_a_service_principal_without_a_body_in_the_answer(running: RunningSandbox) -> None:
    entra = running.tenant(*FULL, "Application.ReadWrite.All")
    answer = entra.ask("PATCH", entra.sp, {"accountEnabled": False})
    assert (answer.status_code, answer.content) == (204, b"")
    assert entra.get(entra.sp)["accountEnabled"] is False


def test_selects_what_members_have_and_directory_objects_have_not(entra: Entra) -> None:
    group = next(row for row in entra.get("/groups")["value"] if row["displayName"] == "All staff")
    rows = entra.get(f"/groups/{group['id']}/transitiveMembers?$select=id,mail")["value"]
    assert any(row["mail"] for row in rows)


def test_shows_only_type_and_id_of_members_whom_the_caller_may_not_read(running: RunningSandbox) -> None:
    entra = running.tenant("GroupMember.Read.All")
    group = next(row for row in entra.get("/groups")["value"] if row["displayName"] == "All staff")
    for row in entra.get(f"/groups/{group['id']}/members")["value"]:
        kept = {key for key, value in row.items() if value is not None}
        assert kept == {"@odata.type", "id"} or row["@odata.type"].endswith("group")


def test_takes_a_date_without_a_time_in_the_filter_of_the_log(entra: Entra) -> None:
    entra.started()
    today = datetime.now(UTC).date()
    found = [
        len(entra.get(f"/auditLogs/provisioning?$filter={quote(f'activityDateTime gt {day}')}")["value"])
        for day in (today - timedelta(days=1), today + timedelta(days=1))
    ]
    assert found[0] > 0
    assert found[1] == 0


def test_answers_the_same_below_beta_and_has_no_more_there(entra: Entra) -> None:
    beta = entra.running.session.get
    headers = {"Authorization": f"Bearer {entra.token()}", "Host": "graph.microsoft.com"}
    found = beta(f"{entra.running.url}/beta/organization", headers=headers)
    assert found.json()["value"] == entra.get("/organization")["value"]
    assert found.json()["@odata.context"].startswith("https://graph.microsoft.com/beta/$metadata#")
    page = beta(f"{entra.running.url}/beta/users?$top=1", headers=headers).json()
    assert page["@odata.nextLink"].startswith("https://graph.microsoft.com/beta/users?")
    missing = beta(f"{entra.running.url}/beta/identityProtection", headers=headers)
    assert (missing.status_code, missing.json()["error"]["code"]) == (400, "BadRequest")
    assert beta(f"{entra.running.url}/beta/organization", headers={"Host": "graph.microsoft.com"}).status_code == 401
    journal = entra.running.control("GET", f"/journal?tenant={entra.tid}&kind=graph")
    assert "/beta/organization" in {line["path"] for line in journal}
