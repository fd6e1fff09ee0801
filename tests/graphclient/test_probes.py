"""What works is found by trying, one harmless call for each operation."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from graphclient import (
    ConsentMissing,
    Finding,
    GraphClient,
    Throttled,
    Transport,
    Unavailable,
    guards,
    missing,
    probe,
)
from graphclient.resources.service_principals import GRAPH_APP_ID

from .graph_stub import Answering, GraphStub, Reply
from .samples import JOB_ID, ORGANIZATION, SERVICE_PRINCIPAL, SP

V = "/v1.0"
SYNC = f"{V}/servicePrincipals/{SP}/synchronization/jobs"
EMPTY = Reply(200, {"value": []})
DENIED = Reply(403, {"error": {"code": "Authorization_RequestDenied", "message": "no"}})
SILENT = Reply(401, {"error": {"code": "UnknownError", "message": ""}})
PATHS: dict[str, tuple[str, str, Reply]] = {
    "read the organization": ("GET", f"{V}/organization", Reply(200, {"value": [ORGANIZATION]})),
    "find applications": ("GET", f"{V}/servicePrincipals(appId='{GRAPH_APP_ID}')", Reply(200, SERVICE_PRINCIPAL)),
    "find people": ("GET", f"{V}/users", EMPTY),
    "read groups": ("GET", f"{V}/groups", EMPTY),
    "read assignments": ("GET", f"{V}/servicePrincipals/{SP}/appRoleAssignedTo/$count", Reply(200, body=b"0")),
    "read provisioning": ("GET", SYNC, EMPTY),
    "change provisioning": ("POST", f"{SYNC}/{JOB_ID}/schema/parseExpression", Reply(200, {"parsingSucceeded": True})),
    "read the provisioning log": ("GET", f"{V}/auditLogs/provisioning", EMPTY),
    "read the audit log": ("GET", f"{V}/auditLogs/directoryAudits", EMPTY),
}
AUDITS = "read the audit log"


@pytest.fixture
def tenant(far: GraphStub) -> Callable[..., None]:
    """All is allowed, but for the operations that are given another answer."""

    def make(**others: Answering) -> None:
        for operation, (method, path, reply) in PATHS.items():
            far.on(method, path, others.get(operation.replace(" ", "_"), reply))

    return make


def test_finds_that_everything_works(far: GraphStub, graph: GraphClient, tenant: Callable[..., None]) -> None:
    tenant()
    found = probe(graph, SP, JOB_ID, audits=True)
    assert [each.operation for each in found if each.works] == list(PATHS)
    assert missing(found) == []
    assert len(far.asked) == len(PATHS)
    assert {asked.method for asked in far.asked if "parseExpression" not in asked.path} == {"GET"}


def test_tries_the_audit_log_only_where_it_is_asked_to(
    far: GraphStub, graph: GraphClient, tenant: Callable[..., None]
) -> None:
    tenant(read_the_audit_log=DENIED)
    found = probe(graph, SP, JOB_ID)
    assert [each.operation for each in found] == [operation for operation in PATHS if operation != AUDITS]
    assert missing(found) == []
    assert not any("directoryAudits" in asked.path for asked in far.asked)
    assert missing(probe(graph, SP, JOB_ID, audits=True)) == ["AuditLog.Read.All"]


@pytest.mark.parametrize("operation", PATHS)
@pytest.mark.parametrize(
    ("reply", "finding"),
    [
        (DENIED, Finding.ROLE_MISSING),
        (Reply(403, {"error": {"code": "Authentication_MSGraphPermissionMissing"}}), Finding.ROLE_MISSING),
        (
            Reply(403, {"error": {"code": "Authentication_RequestFromNonPremiumTenantOrB2CTenant"}}),
            Finding.LICENCE_MISSING,
        ),
        (Reply(401, {"error": {"code": "InvalidAuthenticationToken"}}), Finding.NOT_ALLOWED),
        (Reply(404, {"error": {"code": "Request_ResourceNotFound"}}), Finding.NOT_THERE),
        (Reply(400, {"error": {"code": "Request_UnsupportedQuery"}}), Finding.NOT_TOLD),
        (Reply(404, {"error": {"code": "", "message": "No HTTP resource was found"}}), Finding.NOT_TOLD),
    ],
)
def test_finds_for_each_operation_alone_what_is_wrong(
    graph: GraphClient, tenant: Callable[..., None], operation: str, reply: Reply, finding: Finding
) -> None:
    tenant(**{operation.replace(" ", "_"): reply})
    found = {each.operation: each for each in probe(graph, SP, JOB_ID, audits=True)}
    assert found[operation].finding is finding
    assert found[operation].error is not None
    assert [name for name, each in found.items() if not each.works] == [operation]


def test_names_the_least_permissions_that_are_missing(graph: GraphClient, tenant: Callable[..., None]) -> None:
    tenant(change_provisioning=SILENT, find_applications=DENIED, read_assignments=DENIED)
    found = probe(graph, SP, JOB_ID)
    assert missing(found) == ["Application.Read.All", "Synchronization.ReadWrite.All"]


def test_tells_reading_from_writing(graph: GraphClient, tenant: Callable[..., None]) -> None:
    """After stepping down to a monitoring consent the job can still be watched."""
    tenant(change_provisioning=Reply(403, {"error": {"code": "Forbidden", "message": ""}}))
    found = {each.operation: each.works for each in probe(graph, SP, JOB_ID)}
    assert (found["read provisioning"], found["change provisioning"]) == (True, False)


def test_tries_nothing_on_what_is_not_known_yet(
    far: GraphStub, graph: GraphClient, tenant: Callable[..., None]
) -> None:
    tenant()
    found = {each.operation: each.finding for each in probe(graph)}
    untried = [name for name, finding in found.items() if finding is Finding.NOT_TRIED]
    assert untried == ["read assignments", "read provisioning", "change provisioning"]
    assert not any(SP in asked.path for asked in far.asked)


def test_leaves_the_guard_in_charge(
    far: GraphStub, make_transport: Callable[..., Transport], tenant: Callable[..., None]
) -> None:
    tenant()
    found = {each.operation: each for each in probe(GraphClient(make_transport(guard=guards.read_only)), SP, JOB_ID)}
    assert found["change provisioning"].finding is Finding.NOT_TRIED
    assert {asked.method for asked in far.asked} == {"GET"}


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(500), Unavailable),
        (Reply(429, headers={"Retry-After": "60"}), Throttled),
        (Reply(401, {"error": {"code": "Authorization_IdentityNotFound"}}), ConsentMissing),
    ],
)
def test_concludes_nothing_from_what_concerns_no_single_operation(
    graph: GraphClient, tenant: Callable[..., None], reply: Reply, kind: type[Exception]
) -> None:
    tenant(find_people=reply)
    with pytest.raises(kind):
        probe(graph, SP, JOB_ID)


def test_stops_where_there_is_no_consent_at_all(
    far: GraphStub, graph: GraphClient, tenant: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> str:
        raise ConsentMissing("AADSTS700016")

    monkeypatch.setattr(graph.transport._sender.tokens, "token", refuse)
    with pytest.raises(ConsentMissing):
        probe(graph, SP, JOB_ID)
    assert far.asked == []
