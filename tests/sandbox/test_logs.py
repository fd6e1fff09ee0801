from typing import Any
from urllib.parse import quote

import pytest

from .conftest import Entra, RunningSandbox

LOG, AUDITS = "/auditLogs/provisioning", "/auditLogs/directoryAudits"


@pytest.fixture
def job(entra: Entra) -> str:
    """Whose initial cycle is over."""
    return entra.started().rpartition("/")[2]


def created(entra: Entra, job: str) -> list[dict[str, Any]]:
    query = quote(f"jobId eq '{job}' and activityDateTime gt 2020-01-01T00:00:00Z")
    rows = entra.rows(f"{LOG}?$filter={query}&$orderby=activityDateTime asc&$top=500")
    return [row for row in rows if row["provisioningAction"] == "create"]


def test_writes_a_row_for_everybody_who_was_created(running: RunningSandbox, entra: Entra, job: str) -> None:
    rows = created(entra, job)
    arrived = running.control("GET", f"/haiilo/{entra.made['haiilo_host']}/users")["users"]
    assert {row["targetIdentity"]["id"] for row in rows} == {user["id"] for user in arrived}
    assert {row["provisioningStatusInfo"]["status"] for row in rows} == {"success"}
    assert {row["servicePrincipal"]["id"] for row in rows} == {entra.made["service_principal_id"]}


@pytest.mark.parametrize("query", ["jobId eq '{}'", "provisioningAction eq 'Create' and jobId eq '{}'"])
def test_compares_with_regard_to_case(entra: Entra, job: str, query: str) -> None:
    found = entra.rows(f"{LOG}?$filter={quote(query.format(job))}")
    upper = entra.rows(f"{LOG}?$filter={quote(query.format(job.upper()))}")
    assert upper == []
    assert bool(found) == ("Create" not in query)


@pytest.mark.parametrize("query", ["cycleId eq 'x'", "nonsense eq 'x'", "jobId ne 'x'"])
def test_refuses_filters_that_nobody_documents(entra: Entra, job: str, query: str) -> None:
    assert entra.refused("GET", f"{LOG}?$filter={quote(query)}")[0] == 400


def test_needs_a_premium_licence(running: RunningSandbox) -> None:
    entra = running.tenant(licence="none")
    assert entra.refused("GET", LOG)[:2] == (403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant")
    assert entra.get("/organization")["value"][0]["assignedPlans"] == []


def test_allows_five_requests_in_ten_seconds(slow: RunningSandbox) -> None:
    entra = slow.tenant()
    answers = [entra.ask("GET", f"{LOG}?$top=1") for _time in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert int(answers[-1].headers["Retry-After"]) >= 1


def test_forgets_after_thirty_days(slow: RunningSandbox) -> None:
    entra = slow.tenant()
    job = entra.started().rpartition("/")[2]
    assert created(entra, job)
    slow.control("POST", "/clock", {"days": 31})
    assert created(entra, job) == []


def test_tells_who_changed_the_configuration(entra: Entra, job: str) -> None:
    rows = entra.rows(f"{AUDITS}?$top=50")
    assert {row["activityDisplayName"] for row in rows} >= {
        "Update provisioning setting or credentials",
        "Update attribute mappings or scope",
        "Enable/start provisioning configuration",
    }
    assert {row["initiatedBy"]["app"]["appId"] for row in rows} == {entra.client_id}
