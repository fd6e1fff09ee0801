"""Both logs, by window: what is asked, what is read, and what is done where Graph cannot do all of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from graphclient import DirectoryAudit, GraphClient, Modified, ProvisioningEvent, Rejected, Target, Unreadable

from .graph_stub import GraphStub, Reply
from .samples import AUDIT, EVENT, JOB_ID, NEVER, SP, TENANT

LOGS, AUDITS = "/v1.0/auditLogs/provisioning", "/v1.0/auditLogs/directoryAudits"
LINK = "https://graph.microsoft.com/v1.0/auditLogs/provisioning?$skiptoken="
SINCE = datetime(2026, 3, 2, 10, 0, tzinfo=timezone(timedelta(hours=1)))
UNTIL = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
WINDOW = "activityDateTime gt 2026-03-02T09:00:00Z and activityDateTime lt 2026-03-02T12:00:00Z"


def events(*ids: str, link: str | None = None) -> Reply:
    more = {"@odata.nextLink": LINK + link} if link else {}
    return Reply(200, {"value": [EVENT | {"id": each} for each in ids]} | more)


def test_reads_a_window_of_the_log_each_event_once(far: GraphStub, graph: GraphClient) -> None:
    far.on("GET", LOGS, events("1", "2", link="a"), events(link="b"), events("2", "3"))
    found = list(graph.provisioning_logs.between(JOB_ID, SINCE, UNTIL))
    assert [event.id for event in found] == ["1", "2", "3"]
    assert far.asked[0].query == {
        "$filter": f"jobId eq '{JOB_ID}' and {WINDOW}",
        "$top": "500",
        "$orderby": "activityDateTime asc",
    }
    assert [asked.query for asked in far.asked[1:]] == [{"$skiptoken": "a"}, {"$skiptoken": "b"}]


def test_ends_a_circle_of_pages(far: GraphStub, graph: GraphClient) -> None:
    far.on("GET", LOGS, events("1", link="a"))
    with pytest.raises(Unreadable, match="twice"):
        list(graph.provisioning_logs.between(JOB_ID, SINCE, UNTIL))
    assert len(far.asked) == 2


def test_does_without_an_order_where_graph_gives_none(far: GraphStub, graph: GraphClient) -> None:
    unsupported = Reply(400, {"error": {"code": "Request_UnsupportedQuery", "message": "orderby with filter"}})
    far.on("GET", LOGS, unsupported, events("1"))
    assert [event.id for event in graph.provisioning_logs.page(JOB_ID, SINCE, until=UNTIL).events] == ["1"]
    assert ["$orderby" in asked.query for asked in far.asked] == [True, False]
    far.on("GET", LOGS, unsupported)
    with pytest.raises(Rejected):
        graph.provisioning_logs.page(JOB_ID, SINCE)


@pytest.mark.parametrize("since", [datetime(2026, 3, 2)])  # noqa: DTZ001 - naive is what is refused
def test_refuses_a_time_without_a_zone(far: GraphStub, graph: GraphClient, since: datetime) -> None:
    with pytest.raises(ValueError, match="zone"):
        graph.provisioning_logs.page(JOB_ID, since)
    with pytest.raises(ValueError, match="zone"):
        list(graph.directory_audits.between(since, since))
    assert far.asked == []


def test_reads_whose_row_it_is_and_how_long_it_took() -> None:
    error = {"errorCode": "X", "errorCategory": "NONSERVICEFAILURE"}
    info = {"status": "failure", "errorInformation": error}
    event = ProvisioningEvent.from_json(EVENT | {"provisioningStatusInfo": info})
    assert (event.tenant_id, event.service_principal_id, event.milliseconds) == (TENANT, SP, 1830)
    assert event.error_category == "nonServiceFailure"


def test_reads_who_changed_what(far: GraphStub, graph: GraphClient) -> None:
    far.on("GET", AUDITS, Reply(200, {"value": [AUDIT]}))
    (audit,) = graph.directory_audits.between(SINCE, UNTIL, about=SP)
    assert (audit.activity, audit.result, audit.service) == (
        AUDIT["activityDisplayName"],
        "success",
        "Account Provisioning",
    )
    assert (audit.actor_kind, audit.actor_id, audit.actor_name) == ("user", "u-1", "eva@nordwind.example")
    assert audit.targets == (Target(SP.upper(), "ServicePrincipal", "Haiilo SSO", (Modified("Schema", "1", "2"),)),)
    assert "eva" not in repr(audit)
    wanted = "activityDateTime ge 2026-03-02T09:00:00Z and activityDateTime le 2026-03-02T12:00:00Z"
    assert far.asked[0].query == {"$filter": wanted, "$top": "500"}


def test_leaves_out_what_was_not_asked_for(far: GraphStub, graph: GraphClient) -> None:
    rows = [
        AUDIT | {"id": "1"},
        AUDIT | {"id": "2", "activityDisplayName": "Add user"},
        AUDIT | {"id": "3", "activityDisplayName": "QUARANTINE", "targetResources": []},
    ]
    far.on("GET", AUDITS, Reply(200, {"value": rows}))

    def ids(**kwargs: Any) -> list[str]:
        return [audit.id for audit in graph.directory_audits.between(SINCE, UNTIL, **kwargs)]

    assert ids() == ["1", "3"]
    assert ids(about=SP) == ["1"]
    assert ids(activities=[]) == ["1", "2", "3"]
    assert ids(activities=["add user"], about="another") == []


@pytest.mark.parametrize(
    ("by", "kind", "actor"),
    [
        ({"app": {"appId": "a", "servicePrincipalId": "sp", "displayName": "Ours"}}, "app", "sp"),
        ({"app": {"appId": "a"}}, "app", "a"),
        ({"user": None, "app": None}, "", ""),
        (None, "", ""),
        ([], "", ""),
    ],
)
def test_tells_who_acted(by: Any, kind: str, actor: str) -> None:
    audit = DirectoryAudit.from_json(AUDIT | {"initiatedBy": by})
    assert (audit.actor_kind, audit.actor_id) == (kind, actor)


@pytest.mark.parametrize("changed", [{"id": None}, {"activityDateTime": NEVER}, {"activityDateTime": None}])
def test_refuses_an_audit_row_that_cannot_be_placed(changed: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        DirectoryAudit.from_json(AUDIT | changed)
    with pytest.raises(Unreadable):
        DirectoryAudit.from_json(None)
