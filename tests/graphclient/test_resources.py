"""Each call goes to the right place with the right words, and comes back as the right thing."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from graphclient import (
    AlreadyThere,
    CredentialsRefused,
    Effect,
    GraphClient,
    HostRefused,
    LicenceMissing,
    NotThere,
    OutcomeUnknown,
    ParsedExpression,
    Rejected,
    Throttled,
    Unavailable,
    Unreadable,
    User,
)

from .graph_stub import DROP, GraphStub, Reply
from .samples import ASSIGNMENT, EVENT, JOB_ID, NEW_JOB, ORGANIZATION, SERVICE_PRINCIPAL, SP, on_demand_a

V = "/v1.0"
SPS = f"{V}/servicePrincipals"
SYNC = f"{SPS}/{SP}/synchronization"
JOBS = f"{SYNC}/jobs"
JOB = f"{JOBS}/{JOB_ID}"
BASE = "https://graph.microsoft.com/v1.0"


def listed(*rows: dict[str, Any], link: str | None = None) -> Reply:
    return Reply(200, {"value": list(rows)} | ({"@odata.nextLink": link} if link else {}))


def test_gets_the_organization(far: GraphStub, graph: GraphClient) -> None:
    far.on("GET", f"{V}/organization", listed(ORGANIZATION))
    assert graph.organization.get().display_name == "Nordwind GmbH"
    assert far.asked[0].query["$select"] == "id,displayName,verifiedDomains,assignedPlans"


@pytest.mark.parametrize("rows", [[], [ORGANIZATION, ORGANIZATION]])
def test_wants_exactly_one_organization(far: GraphStub, graph: GraphClient, rows: list[dict[str, Any]]) -> None:
    far.on("GET", f"{V}/organization", listed(*rows))
    with pytest.raises(Unreadable):
        graph.organization.get()


def test_gets_an_enterprise_application_by_both_ids(far: GraphStub, graph: GraphClient) -> None:
    far.on("GET", f"{SPS}/{SP}", Reply(200, SERVICE_PRINCIPAL))
    far.on("GET", f"{SPS}(appId='b2d1')", Reply(200, SERVICE_PRINCIPAL))
    assert graph.service_principals.get(SP) == graph.service_principals.by_app_id("b2d1")
    assert "appRoles" in far.asked[1].query["$select"]


def test_says_when_an_application_is_not_there(far: GraphStub, graph: GraphClient) -> None:
    far.on("GET", f"{SPS}/{SP}", Reply(404, {"error": {"code": "Request_ResourceNotFound", "message": "gone"}}))
    with pytest.raises(NotThere):
        graph.service_principals.get(SP)


def test_looks_for_names_with_quotes_in_them(far: GraphStub, graph: GraphClient) -> None:
    far.on("GET", SPS, listed(SERVICE_PRINCIPAL))
    assert [sp.id for sp in graph.service_principals.named("O'Neil & Co")] == [SP]
    assert far.asked[0].query["$filter"] == "startswith(displayName,'O''Neil & Co')"


def test_finds_saml_applications_among_the_integrated_ones(far: GraphStub, graph: GraphClient) -> None:
    others = [SERVICE_PRINCIPAL | {"id": "2", "preferredSingleSignOnMode": mode} for mode in ("oidc", None)]
    far.on("GET", SPS, listed(*others, SERVICE_PRINCIPAL))
    assert [sp.id for sp in graph.service_principals.single_sign_on()] == [SP]
    assert far.asked[0].query["$filter"] == "tags/any(t:t eq 'WindowsAzureActiveDirectoryIntegratedApp')"


def test_finds_saml_applications_itself_where_graph_cannot_filter(far: GraphStub, graph: GraphClient) -> None:
    refused = Reply(400, {"error": {"code": "Request_UnsupportedQuery", "message": "no"}})
    untagged = SERVICE_PRINCIPAL | {"id": "2", "tags": []}
    far.on("GET", SPS, refused, listed(untagged, link=f"{BASE}/servicePrincipals?p=2"), listed(SERVICE_PRINCIPAL))
    assert [sp.id for sp in graph.service_principals.single_sign_on()] == [SP]
    assert "$filter" not in far.asked[1].query


def test_lists_assignments_in_both_directions(far: GraphStub, graph: GraphClient) -> None:
    far.on("GET", f"{SPS}/{SP}/appRoleAssignedTo", listed(ASSIGNMENT, link=f"{BASE}/more"))
    far.on("GET", f"{V}/more", listed(ASSIGNMENT | {"principalType": "group"}))
    far.on("GET", f"{SPS}/{SP}/appRoleAssignments", listed(ASSIGNMENT))
    assert [row.principal_type for row in graph.service_principals.assigned_to(SP)] == ["User", "Group"]
    assert [row.app_role_id for row in graph.service_principals.granted_roles(SP)] == [ASSIGNMENT["appRoleId"]]


def test_reads_groups_and_counts_their_members(far: GraphStub, graph: GraphClient) -> None:
    far.on("GET", f"{V}/groups/g", Reply(200, {"id": "g", "displayName": "Sales", "securityEnabled": True}))
    far.on("GET", f"{V}/groups/g/members", listed({"id": "1", "@odata.type": "#microsoft.graph.user"}))
    far.on("GET", f"{V}/groups/g/members/$count", Reply(200, body=b"\xef\xbb\xbf12"))
    far.on("GET", f"{V}/groups/g/transitiveMembers/$count", Reply(200, body=b"40"))
    assert graph.groups.get("g").security_enabled
    assert [member.kind for member in graph.groups.members("g")] == ["user"]
    assert (graph.groups.count_members("g"), graph.groups.count_transitive_members("g")) == (12, 40)
    assert [asked.headers.get("consistencylevel") for asked in far.asked[2:]] == ["eventual", "eventual"]


def test_gets_one_user_by_name(far: GraphStub, graph: GraphClient) -> None:
    far.on("GET", f"{V}/users/eva%40nordwind.example", Reply(200, {"id": "1", "surname": "Berg"}))
    assert graph.users.get("eva@nordwind.example").surname == "Berg"


def test_finds_users_by_what_was_typed(far: GraphStub, graph: GraphClient) -> None:
    far.on("GET", f"{V}/users", listed({"id": "1"}, {"id": "2"}))
    assert [user.id for user in graph.users.find(" o'n ", top=1)] == ["1"]
    query = far.asked[0].query
    assert query["$filter"].startswith("startswith(displayName,'o''n') or startswith(userPrincipalName,'o''n')")
    assert query["$top"] == "1"
    assert graph.users.find("  ") == []
    assert len(far.asked) == 1


def by_filter(asked: Any) -> Reply:
    """What a batch of filters by id finds: everybody but u7, the answers in another order."""

    def found(url: str) -> list[dict[str, str]]:
        ids = re.findall(r"'(\w+)'", parse_qs(urlsplit(url).query)["$filter"][0])
        return [{"id": user_id} for user_id in ids if user_id != "u7"]

    rows = [{"id": row["id"], "status": 200, "body": {"value": found(row["url"])}} for row in asked.json["requests"]]
    return Reply(200, {"responses": rows[::-1]})


def test_gets_many_users_by_filters_of_fifteen_ids_twenty_in_a_batch(far: GraphStub, graph: GraphClient) -> None:
    far.on("POST", f"{V}/$batch", by_filter)
    ids = [f"u{number}" for number in range(310)]
    found = graph.users.many([*ids, "u1"])
    assert list(found) == [user_id for user_id in ids if user_id != "u7"]
    assert all(isinstance(user, User) and user.id == key for key, user in found.items())
    assert [len(asked.json["requests"]) for asked in far.asked] == [20, 1]
    assert graph.users.many([]) == {}


@pytest.mark.parametrize(
    ("people", "batches", "pages"), [(b"5000", 4, 0), (b"1200", 0, 2), (b"2997", 4, 0), (b"1998", 0, 2)]
)
def test_reads_the_whole_directory_where_that_takes_fewer_calls(
    far: GraphStub, graph: GraphClient, people: bytes, batches: int, pages: int
) -> None:
    ids = [f"u{number}" for number in range(1200)]
    far.on("POST", f"{V}/$batch", by_filter)
    far.on("GET", f"{V}/users/$count", Reply(200, body=people))
    link = f"{BASE}/users?$skiptoken=2"
    everybody = [{"id": user_id} for user_id in ids if user_id != "u7"]
    far.on("GET", f"{V}/users", listed({"id": "nobody"}, *everybody[:998], link=link), listed(*everybody[998:]))
    assert list(graph.users.many(ids)) == [user_id for user_id in ids if user_id != "u7"]
    assert (len(far.seen("POST", f"{V}/$batch")), len(far.seen("GET", f"{V}/users"))) == (batches, pages)
    assert {asked.query["$top"] for asked in far.seen("GET", f"{V}/users") if "$top" in asked.query} <= {"999"}


def test_follows_the_pages_of_a_filter_in_a_batch(far: GraphStub, graph: GraphClient) -> None:
    link = f"{BASE}/users?$skiptoken=2"
    body = {"value": [{"id": "u1"}], "@odata.nextLink": link}
    far.on("POST", f"{V}/$batch", Reply(200, {"responses": [{"id": "0", "status": 200, "body": body}]}))
    far.on("GET", f"{V}/users", listed({"id": "u2"}))
    assert list(graph.users.many(["u1", "u2"])) == ["u1", "u2"]


def test_lists_templates_and_jobs(far: GraphStub, graph: GraphClient) -> None:
    far.on("GET", f"{SYNC}/templates", listed({"id": "scim", "default": True, "description": None}))
    far.on("GET", JOBS, listed(NEW_JOB))
    far.on("GET", JOB, Reply(200, NEW_JOB))
    assert [(row.id, row.default, row.description) for row in graph.synchronization.templates(SP)] == [
        ("scim", True, "")
    ]
    assert graph.synchronization.jobs(SP) == [graph.synchronization.job(SP, JOB_ID)]


@pytest.mark.parametrize("status", [200, 201])
def test_creates_a_job_whichever_good_status_says_so(far: GraphStub, graph: GraphClient, status: int) -> None:
    far.on("POST", JOBS, Reply(status, NEW_JOB))
    assert graph.synchronization.create_job(SP, "scim").id == JOB_ID
    assert far.asked[0].json == {"templateId": "scim"}


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(409, {"error": {"code": "Conflict"}}), AlreadyThere),
        (Reply(201, {"noid": 1}), OutcomeUnknown),
        (Reply(204), OutcomeUnknown),
        (Reply(503), OutcomeUnknown),
        (DROP, OutcomeUnknown),
    ],
)
@pytest.mark.usefixtures("waits")
def test_creates_a_job_at_most_once(far: GraphStub, graph: GraphClient, reply: Reply, kind: type[Exception]) -> None:
    far.on("POST", JOBS, reply)
    with pytest.raises(kind):
        graph.synchronization.create_job(SP, "scim")
    assert len(far.asked) == 1


@pytest.mark.parametrize("verb", ["start", "pause"])
def test_repeats_start_and_pause(far: GraphStub, graph: GraphClient, verb: str) -> None:
    far.on("POST", f"{JOB}/{verb}", Reply(503), Reply(204))
    getattr(graph.synchronization, verb)(SP, JOB_ID)
    assert len(far.asked) == 2
    assert far.asked[0].body == b""


def test_restarts_once(far: GraphStub, graph: GraphClient) -> None:
    far.on("POST", f"{JOB}/restart", Reply(204), Reply(503))
    graph.synchronization.restart(SP, JOB_ID, "Watermark, Escrows, QuarantineState")
    assert far.asked[0].json == {"criteria": {"resetScope": "Watermark, Escrows, QuarantineState"}}
    with pytest.raises(OutcomeUnknown):
        graph.synchronization.restart(SP, JOB_ID, "Full")
    assert len(far.asked) == 2


def test_deletes_a_job(far: GraphStub, graph: GraphClient) -> None:
    far.on("DELETE", JOB, Reply(204), Reply(404, {"error": {"code": "NotFound"}}))
    graph.synchronization.delete_job(SP, JOB_ID)
    with pytest.raises(NotThere):
        graph.synchronization.delete_job(SP, JOB_ID)


def test_tries_credentials_before_there_is_a_job(far: GraphStub, graph: GraphClient) -> None:
    far.on("POST", f"{JOBS}/validateCredentials", Reply(503), Reply(204))
    graph.synchronization.validate_credentials(
        SP, template_id="scim", base_url="https://nordwind.haiilo.example/scim", secret_token="t0ken"
    )
    assert far.asked[1].json == {
        "templateId": "scim",
        "useSavedCredentials": False,
        "credentials": [
            {"key": "BaseAddress", "value": "https://nordwind.haiilo.example/scim"},
            {"key": "SecretToken", "value": "t0ken"},
        ],
    }


def test_tries_the_saved_credentials_of_a_job(far: GraphStub, graph: GraphClient) -> None:
    far.on("POST", f"{JOB}/validateCredentials", Reply(204))
    graph.synchronization.validate_credentials(SP, template_id="scim", saved=True, job_id=JOB_ID)
    assert far.asked[0].json == {"templateId": "scim", "useSavedCredentials": True}


def test_says_why_credentials_were_refused(far: GraphStub, graph: GraphClient) -> None:
    inner = "SystemForCrossDomainIdentityManagementCredentialValidationFailure"
    error = {"code": "CredentialValidationUnavailable", "message": "Unauthorized", "innerError": {"code": inner}}
    far.on("POST", f"{JOBS}/validateCredentials", Reply(400, {"error": error}))
    with pytest.raises(CredentialsRefused) as caught:
        graph.synchronization.validate_credentials(SP, template_id="scim", base_url="https://x", secret_token="t")
    assert caught.value.inner_code == inner


def test_replaces_all_secrets(far: GraphStub, graph: GraphClient) -> None:
    far.on("PUT", f"{SYNC}/secrets", Reply(204))
    graph.synchronization.put_secrets(SP, {"BaseAddress": "https://x", "SecretToken": "t", "SyncAll": "false"})
    assert far.asked[0].json["value"][2] == {"key": "SyncAll", "value": "false"}


def test_reads_which_secrets_there_are(far: GraphStub, graph: GraphClient) -> None:
    rows: list[dict[str, Any]] = [
        {"key": "BaseAddress", "value": "https://x"},
        {"key": "SecretToken", "value": None},
        {"key": "SyncAll", "value": False},
    ]
    far.on("GET", f"{SYNC}/secrets", listed(*rows))
    stored = graph.synchronization.secrets(SP)
    assert stored == {"BaseAddress": "https://x", "SecretToken": "", "SyncAll": "false"}


@pytest.mark.parametrize("reply", [Reply(200, {"parsingSucceeded": True, "parsedExpression": {"name": "Join"}})])
def test_lets_graph_parse_an_expression(far: GraphStub, graph: GraphClient, reply: Reply) -> None:
    far.on("POST", f"{JOB}/schema/parseExpression", Reply(502), reply)
    parsed = graph.synchronization.parse_expression(SP, JOB_ID, "Join([a])")
    assert parsed == ParsedExpression(True, {"name": "Join"})
    assert far.asked[0].json["expression"] == "Join([a])"


def test_lists_functions_and_operators(far: GraphStub, graph: GraphClient) -> None:
    far.on("GET", f"{JOB}/schema/functions", listed({"id": "Join"}))
    far.on("GET", f"{JOB}/schema/filterOperators", listed({"id": "EQUALS"}))
    assert graph.synchronization.functions(SP, JOB_ID) == [{"id": "Join"}]
    assert graph.synchronization.filter_operators(SP, JOB_ID) == [{"id": "EQUALS"}]


def test_provisions_one_person(far: GraphStub, graph: GraphClient) -> None:
    far.on("POST", f"{JOB}/provisionOnDemand", Reply(200, on_demand_a()))
    assert graph.synchronization.provision_on_demand(SP, JOB_ID, "rule", "user").result == "Success"
    subject = {"objectId": "user", "objectTypeName": "User"}
    assert far.asked[0].json == {"parameters": [{"ruleId": "rule", "subjects": [subject]}]}


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(400, {"error": {"code": "RequestParameterInvalid", "message": "rule"}}), Rejected),
        (Reply(429, headers={"Retry-After": "1"}), OutcomeUnknown),
        (Reply(504), OutcomeUnknown),
        (Reply(200, body=b"<html>"), OutcomeUnknown),
    ],
)
def test_provisions_at_most_once(far: GraphStub, graph: GraphClient, reply: Reply, kind: type[Exception]) -> None:
    far.on("POST", f"{JOB}/provisionOnDemand", reply)
    with pytest.raises(kind):
        graph.synchronization.provision_on_demand(SP, JOB_ID, "rule", "user")
    assert len(far.asked) == 1


def test_waits_longer_for_a_provision_on_demand(
    far: GraphStub, session: requests.Session, make_transport: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    transport, waited = make_transport(), []
    adapter = session.get_adapter(BASE)
    plain = adapter.send

    def send(request: Any, **kwargs: Any) -> Any:
        waited.append(kwargs["timeout"])
        return plain(request, **kwargs)

    monkeypatch.setattr(adapter, "send", send)
    far.on("POST", f"{JOB}/provisionOnDemand", Reply(200, on_demand_a()))
    far.on("GET", JOB, Reply(200, NEW_JOB))
    GraphClient(transport).synchronization.provision_on_demand(SP, JOB_ID, "rule", "user")
    GraphClient(transport).synchronization.job(SP, JOB_ID)
    assert waited == [(5.0, 150.0), (5.0, 30.0)]


def test_reads_the_log_of_one_job_from_a_moment_on(far: GraphStub, graph: GraphClient) -> None:
    link = f"{BASE}/auditLogs/provisioning?$skiptoken=2"
    far.on("GET", f"{V}/auditLogs/provisioning", listed(EVENT, link=link), listed(EVENT | {"id": "2"}))
    since = datetime(2026, 3, 2, 10, 30, tzinfo=timezone(timedelta(hours=1)))
    first = graph.provisioning_logs.page(JOB_ID, since, top=9999)
    assert ([event.id for event in first.events], first.next_link) == (["75b5b0ae"], link)
    query = far.asked[0].query
    assert query["$filter"] == f"jobId eq '{JOB_ID}' and activityDateTime gt 2026-03-02T09:30:00Z"
    assert query["$top"] == "500"
    last = graph.provisioning_logs.page(JOB_ID, since, next_link=first.next_link)
    assert ([event.id for event in last.events], last.next_link) == (["2"], None)
    assert far.asked[1].query == {"$skiptoken": "2"}
    assert far.asked[1].headers["prefer"] == "include-unknown-enum-members"


def test_follows_no_log_link_to_another_host(far: GraphStub, graph: GraphClient) -> None:
    with pytest.raises(HostRefused):
        graph.provisioning_logs.page(JOB_ID, datetime.now(UTC), next_link="https://evil.example/v1.0/x")
    assert far.asked == []


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(403, {"error": {"code": "Authentication_RequestFromNonPremiumTenantOrB2CTenant"}}), LicenceMissing),
        (Reply(429, headers={"Retry-After": "60"}), Throttled),
        (Reply(200, body=b"<html>"), Unavailable),
    ],
)
def test_says_why_there_is_no_log(far: GraphStub, graph: GraphClient, reply: Reply, kind: type[Exception]) -> None:
    far.on("GET", f"{V}/auditLogs/provisioning", reply)
    with pytest.raises(kind):
        graph.provisioning_logs.page(JOB_ID, datetime.now(UTC))


def test_offers_its_effects_by_name() -> None:
    assert {effect.name for effect in Effect} == {"NONE", "SAME", "ONCE"}
