"""The provisioning log as it was recorded from real tenants: its rows, its refusals, and the order of its pages.

Public cases 01, 04 and 06; docs/graph-facts.md, "Provisioning log".
"""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any

import pytest

from graphclient import GraphClient, LicenceMissing, LinkRefused, ProvisioningEvent, Rejected, RoleMissing
from graphclient.resources.provisioning_logs import Way

from .graph_stub import GraphStub, Reply
from .samples import EVENT, JOB_ID, SP

LOGS = "/v1.0/auditLogs/provisioning"
LINK = "https://graph.microsoft.com/v1.0/auditLogs/provisioning?$skiptoken=a"
SINCE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
UNTIL = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
BAD_QUERY = Reply(400, {"error": {"code": "Request_UnsupportedQuery", "message": "Unsupported property filter"}})
SCOPING = {
    "name": "EntrySynchronizationScoping",
    "provisioningStepType": "scoping",
    "status": "success",
    "details": {"Active in the source system": "True", "Assigned to the application": "True"},
}


def skipped(**details: Any) -> dict[str, Any]:
    """A skipped row as public case 01 has it: the error is null, the reason stands in the last step."""
    step = {"name": "EntrySynchronizationSkip", "provisioningStepType": "export", "status": "skipped"}
    return EVENT | {
        "provisioningAction": "other",
        "provisioningStatusInfo": {"errorInformation": None, "status": "skipped"},
        "provisioningSteps": [SCOPING, step | {"details": {"ReportableIdentifier": "ae0c", **details}}],
        "targetIdentity": {"details": {}, "displayName": "", "id": "", "identityType": "User"},
    }


def listed(*rows: Any, link: str | None = None) -> Reply:
    return Reply(200, {"value": list(rows)} | ({"@odata.nextLink": link} if link else {}))


def row(identity: str, at: str = "2026-03-02T09:44:10Z", **changed: Any) -> dict[str, Any]:
    return EVENT | {"id": identity, "activityDateTime": at} | changed


def test_reads_the_reason_of_a_skip_from_its_steps() -> None:
    """Public case 01."""
    event = ProvisioningEvent.from_json(skipped(SkipReason="NotEffectivelyEntitled"))
    assert (event.status, event.error_code, event.code) == ("skipped", "", "NotEffectivelyEntitled")
    assert not event.target_id


@pytest.mark.parametrize("name", ["SkipReason", "skipReason", "Skip Reason", "SKIPREASON"])
def test_reads_the_reason_however_its_name_is_written(name: str) -> None:
    details = {name: "AttributeValidationFailed", "Property Name": "mail"}
    event = ProvisioningEvent.from_json(skipped(**details))
    assert (event.code, event.lacking) == ("AttributeValidationFailed", "mail")


def test_believes_the_error_before_the_steps_and_the_last_step_before_others() -> None:
    spoilt = copy.deepcopy(skipped(SkipReason="RedundantExport"))
    spoilt["provisioningSteps"].insert(0, {"name": "X", "details": {"SkipReason": "NotEffectivelyEntitled"}})
    assert ProvisioningEvent.from_json(spoilt).code == "RedundantExport"
    spoilt["provisioningSteps"].append({"name": "Y", "details": None})
    assert ProvisioningEvent.from_json(spoilt).code == "RedundantExport"
    for code, read in [("EntryConflict", "EntryConflict"), ("None", "RedundantExport"), (None, "RedundantExport")]:
        spoilt["provisioningStatusInfo"]["errorInformation"] = {"errorCode": code}
        assert ProvisioningEvent.from_json(spoilt).code == read


@pytest.mark.parametrize(
    ("details", "leaves_out"),
    [
        ({"Assigned to the application": "False"}, True),
        ({"IsActive": "False", "Assigned": "True"}, True),
        ({"Scoping filter evaluation passed": False}, True),
        ({"User has the required role": "False"}, True),
        ({"IsInProvisioningScopeDisplayName": "False"}, True),
        ({"Assigned to the application": "True", "ScopeEvaluationResult": "{}"}, False),
        ({}, False),
        (None, False),
    ],
)
def test_reads_who_is_left_out_from_the_scoping_step(details: Any, leaves_out: bool) -> None:
    event = ProvisioningEvent.from_json(skipped() | {"provisioningSteps": [SCOPING | {"details": details}]})
    assert event.out_of_scope is leaves_out


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ({"id": "1", "type": "User"}, "User"),
        ({"id": "1", "identityType": None, "details": {"odatatype": "Group"}}, "Group"),
        ({"id": "1"}, ""),
    ],
)
def test_reads_what_kind_of_object_it_is(source: Any, kind: str) -> None:
    assert ProvisioningEvent.from_json(EVENT | {"sourceIdentity": source}).source_type == kind


def test_reads_seven_decimals_and_a_list_of_principals() -> None:
    event = ProvisioningEvent.from_json(row("1", "2026-03-02T09:44:10.1234567Z", servicePrincipal=[{"id": SP}]))
    assert (event.at.microsecond, event.service_principal_id) == (123456, SP)


QUERIES = {
    Way.ORDERED: (True, True, True),
    Way.BY_JOB: (True, True, False),
    Way.BY_TIME: (False, True, False),
    Way.JOB_ONLY: (True, False, False),
    Way.BARE: (False, False, False),
}


@pytest.mark.parametrize(("refused", "way"), list(enumerate(QUERIES)))
def test_asks_in_another_way_where_the_query_is_refused(
    far: GraphStub, graph: GraphClient, refused: int, way: Way
) -> None:
    far.on("GET", LOGS, *[BAD_QUERY] * refused, listed(row("1")))
    page = graph.provisioning_logs.page(JOB_ID, SINCE, until=UNTIL)
    assert ([event.id for event in page.events], page.way) == (["1"], way)
    asked = [asked.query for asked in far.asked]
    assert [
        ("jobId" in query.get("$filter", ""), "activityDateTime" in query.get("$filter", ""), "$orderby" in query)
        for query in asked
    ] == list(QUERIES.values())[: refused + 1]
    assert all(" ge " not in query.get("$filter", "") and " le " not in query.get("$filter", "") for query in asked)


def test_asks_in_the_way_that_it_is_told_first(far: GraphStub, graph: GraphClient) -> None:
    far.on("GET", LOGS, listed(row("1")))
    assert graph.provisioning_logs.page(JOB_ID, SINCE, ways=[Way.BY_TIME, Way.BARE]).way == Way.BY_TIME
    assert "jobId" not in far.asked[0].query["$filter"]


def test_says_what_was_refused_first_where_no_way_is_taken(far: GraphStub, graph: GraphClient) -> None:
    far.on("GET", LOGS, BAD_QUERY, Reply(400, {"error": {"code": "BadRequest", "message": "again"}}))
    with pytest.raises(Rejected) as refusal:
        graph.provisioning_logs.page(JOB_ID, SINCE)
    assert (refusal.value.code, len(far.asked)) == ("Request_UnsupportedQuery", len(Way))


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(403, {"error": {"code": "Authentication_MSGraphPermissionMissing", "message": "x"}}), RoleMissing),
        (Reply(403, {"error": {"code": "Authentication_RequestFromNonPremiumTenantOrB2CTenant"}}), LicenceMissing),
        (Reply(400, {"error": {"code": "Authentication_Anything", "message": "x"}}), Rejected),
    ],
)
def test_does_not_ask_again_where_the_query_is_not_the_reason(
    far: GraphStub, graph: GraphClient, reply: Reply, kind: type[Exception]
) -> None:
    """Public case 06."""
    far.on("GET", LOGS, reply)
    with pytest.raises(kind):
        graph.provisioning_logs.page(JOB_ID, SINCE)
    assert len(far.asked) == 1


@pytest.mark.parametrize("way", Way)
def test_never_counts_the_rows_of_another_job_or_time(far: GraphStub, graph: GraphClient, way: Way) -> None:
    rows = [
        row("ours"),
        row("another job", jobId=f"{JOB_ID}2"),
        row("no job, ours", jobId=None),
        row("no job, another", jobId="", servicePrincipal={"id": "x"}),
        *([row("early", "2026-03-02T09:00:00Z"), row("late", "2026-03-02T12:00:00Z")] if not way.by_time else []),
    ]
    far.on("GET", LOGS, listed(*rows, link=LINK), listed(*rows))
    ask = graph.provisioning_logs.page
    for link in (None, LINK):
        page = ask(JOB_ID, SINCE, link, until=UNTIL, service_principal_id=SP.upper(), ways=[way])
        assert [event.id for event in page.events] == ["ours", "no job, ours"]


def test_tells_the_newest_row_of_a_page_whosever_it_is(far: GraphStub, graph: GraphClient) -> None:
    late = row("2", "2026-03-02T09:59:00Z", jobId="another")
    far.on("GET", LOGS, listed(late, row("1")))
    page = graph.provisioning_logs.page(JOB_ID, SINCE)
    assert (len(page.events), page.newest) == (1, datetime(2026, 3, 2, 9, 59, tzinfo=UTC))


def test_reads_the_other_rows_where_one_cannot_be_placed(far: GraphStub, graph: GraphClient) -> None:
    far.on("GET", LOGS, listed(row("1"), row("2", activityDateTime=None), row("")))
    page = graph.provisioning_logs.page(JOB_ID, SINCE)
    assert ([event.id for event in page.events], page.unreadable) == (["1"], 2)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(400, {"error": {"code": "", "message": "Invalid Skip Token"}}),
        Reply(400, {"error": {"code": "UnknownError", "message": "Invalid Skip Token, skip token is null"}}),
        Reply(410, {"error": {"code": "ResyncRequired", "message": "gone"}}),
        Reply(404, {"error": {"code": "UnknownError", "message": ""}}),
    ],
)
def test_says_that_a_link_is_not_taken_any_more(far: GraphStub, graph: GraphClient, reply: Reply) -> None:
    """Public case 04."""
    far.on("GET", LOGS, reply)
    with pytest.raises(LinkRefused) as refusal:
        graph.provisioning_logs.page(JOB_ID, SINCE, LINK)
    assert (refusal.value.status, len(far.asked)) == (reply.status, 1)
