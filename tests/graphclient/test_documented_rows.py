"""Where documents and reality differ, and what each class of fault means: row by row, from canned answers.

The rows are those of the project's API notes: 1.4 (a missing permission), 16 (documentation against reality) and the
error classes of the execution notes (B3).
"""

from __future__ import annotations

import json
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from graphclient import (
    GLOBAL,
    AlreadyThere,
    ClientCredentials,
    ConsentMissing,
    CredentialsRefused,
    GraphClient,
    GraphError,
    LicenceMissing,
    NotAllowed,
    NotThere,
    OurCredentialRefused,
    OutcomeUnknown,
    ProvisioningEvent,
    Rejected,
    Reroutes,
    RoleMissing,
    Secret,
    Throttled,
    Transport,
    TryLater,
    Unavailable,
)
from tests.fixtures.graph import Tokens, Waits

from .entra import CLIENT, TENANT, Entra
from .graph_stub import DROP, GraphStub, Reply
from .samples import EVENT, JOB_ID, NEVER, NEW_JOB, SP, job, on_demand_a, on_demand_b

V = "/v1.0"
SYNC = f"{V}/servicePrincipals/{SP}/synchronization"
JOBS = f"{SYNC}/jobs"
JOB = f"{JOBS}/{JOB_ID}"
LOGS = f"{V}/auditLogs/provisioning"
SINCE = datetime(2026, 3, 2, tzinfo=UTC)
Call = Callable[[GraphClient], Any]


def refusal(status: int, code: str, message: str = "") -> Reply:
    return Reply(status, {"error": {"code": code, "message": message, "innerError": {"request-id": "r"}}})


SILENT = refusal(401, "UnknownError")
REPLICATION = "Resource 'x' does not exist or one of its queried reference-property objects are not present."


# 1.4: how a missing permission looks

MISSING: dict[str, tuple[str, str, Reply, Call, type[GraphError]]] = {
    "synchronization, permission missing or not owner": (
        "GET",
        JOBS,
        SILENT,
        lambda graph: graph.synchronization.jobs(SP),
        RoleMissing,
    ),
    "synchronization write with read permission only": (
        "POST",
        f"{JOB}/start",
        refusal(403, "Forbidden"),
        lambda graph: graph.synchronization.start(SP, JOB_ID),
        RoleMissing,
    ),
    "directory": (
        "GET",
        f"{V}/servicePrincipals/{SP}",
        refusal(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation."),
        lambda graph: graph.service_principals.get(SP),
        RoleMissing,
    ),
    "provisioning log without permission": (
        "GET",
        LOGS,
        refusal(403, "Authentication_MSGraphPermissionMissing", "… ProvisioningLog.Read.All"),
        lambda graph: graph.provisioning_logs.page(JOB_ID, SINCE),
        RoleMissing,
    ),
    "provisioning log without P1 or P2": (
        "GET",
        LOGS,
        refusal(403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant", "Neither tenant is B2C or …"),
        lambda graph: graph.provisioning_logs.page(JOB_ID, SINCE),
        LicenceMissing,
    ),
    "audit log without P1 or P2": (
        "GET",
        f"{V}/auditLogs/directoryAudits",
        refusal(403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant"),
        lambda graph: list(graph.directory_audits.between(SINCE, SINCE)),
        LicenceMissing,
    ),
}


@pytest.mark.parametrize("row", MISSING)
def test_tells_what_is_missing(far: GraphStub, graph: GraphClient, tokens: Tokens, row: str) -> None:
    method, path, reply, call, kind = MISSING[row]
    far.on(method, path, reply)
    with pytest.raises(NotAllowed) as caught:
        call(graph)
    assert type(caught.value) is kind
    assert (caught.value.method, f"{V}{caught.value.path}", caught.value.status) == (method, path, reply.status)
    assert caught.value.request_id == "r"
    assert (len(far.asked), tokens.number) == (1, 1)  # no second try, and the token is not blamed


# 16: documentation against reality


def test_sends_secrets_as_value_not_as_credentials(far: GraphStub, graph: GraphClient) -> None:
    far.on("PUT", f"{SYNC}/secrets", Reply(204))
    graph.synchronization.put_secrets(SP, {"BaseAddress": "https://x", "SyncAll": "false"})
    assert set(far.asked[0].json) == {"value"}


def test_proves_by_a_validation_that_secrets_were_saved(far: GraphStub, graph: GraphClient) -> None:
    """A PUT of two keys may be answered 204 and not saved: only the validation tells."""
    far.on("PUT", f"{SYNC}/secrets", Reply(204))
    far.on("POST", f"{JOB}/validateCredentials", refusal(400, "CredentialValidationUnavailable"))
    graph.synchronization.put_secrets(SP, {"BaseAddress": "https://x", "SecretToken": "t0ken"})
    with pytest.raises(CredentialsRefused):
        graph.synchronization.validate_credentials(SP, template_id="scim", saved=True, job_id=JOB_ID)
    assert far.asked[1].json["useSavedCredentials"] is True


def test_reads_the_secrets_that_the_reference_leaves_out(far: GraphStub, graph: GraphClient) -> None:
    far.on("GET", f"{SYNC}/secrets", Reply(200, {"value": [{"key": "SecretToken", "value": "*****"}]}))
    assert graph.synchronization.secrets(SP) == {"SecretToken": "*****"}


def test_puts_the_schema_and_calls_a_patch_our_mistake(far: GraphStub, graph: GraphClient) -> None:
    far.on("PUT", f"{JOB}/schema", Reply(204))
    far.on("PATCH", f"{JOB}/schema", refusal(404, "UnknownError", "No HTTP resource was found that matches …"))
    graph.synchronization.put_schema(SP, JOB_ID, {"id": "1"})
    with pytest.raises(Rejected):
        graph.transport.send("PATCH", f"/servicePrincipals/{SP}/synchronization/jobs/{JOB_ID}/schema", json={})


def test_takes_a_refused_restart_of_an_owner_for_a_missing_permission(far: GraphStub, graph: GraphClient) -> None:
    far.on("POST", f"{JOB}/restart", SILENT)
    with pytest.raises(RoleMissing):
        graph.synchronization.restart(SP, JOB_ID, "")


def test_never_uses_the_application_id_below_synchronization(far: GraphStub, graph: GraphClient) -> None:
    far.on("GET", f"{V}/servicePrincipals/%28appId%3D%27b2d1%27%29/synchronization/jobs", refusal(404, "NotFound"))
    with pytest.raises(NotThere):
        graph.synchronization.jobs("(appId='b2d1')")


def test_takes_a_secret_key_in_the_wrong_case_for_our_mistake(far: GraphStub, graph: GraphClient) -> None:
    wrong = refusal(500, "InternalError", "Requested value 'baseAddress' was not found.")
    far.on("PUT", f"{SYNC}/secrets", wrong)
    with pytest.raises(Rejected) as caught:
        graph.synchronization.put_secrets(SP, {"baseAddress": "https://x"})
    assert not isinstance(caught.value, CredentialsRefused)
    assert len(far.asked) == 1


@pytest.mark.parametrize("status", [200, 201])
def test_takes_both_statuses_of_a_new_job(far: GraphStub, graph: GraphClient, status: int) -> None:
    far.on("POST", JOBS, Reply(status, NEW_JOB))
    assert graph.synchronization.create_job(SP, "scim").id == JOB_ID


def test_says_that_a_new_job_is_not_there_yet(far: GraphStub, graph: GraphClient) -> None:
    far.on("GET", JOB, refusal(404, "Request_ResourceNotFound", REPLICATION), Reply(200, NEW_JOB))
    with pytest.raises(NotThere):
        graph.synchronization.job(SP, JOB_ID)
    assert graph.synchronization.job(SP, JOB_ID).id == JOB_ID


@pytest.mark.parametrize("answer", [on_demand_a(), on_demand_b()], ids=["as documented", "as in the guide"])
def test_reads_both_shapes_of_a_provision_on_demand(far: GraphStub, graph: GraphClient, answer: dict[str, str]) -> None:
    far.on("POST", f"{JOB}/provisionOnDemand", Reply(200, answer))
    assert graph.synchronization.provision_on_demand(SP, JOB_ID, "rule", "user").result == "Success"


def test_takes_a_wrong_rule_for_our_mistake(far: GraphStub, graph: GraphClient) -> None:
    far.on("POST", f"{JOB}/provisionOnDemand", refusal(400, "RequestParameterInvalid", "ruleId"))
    with pytest.raises(Rejected):
        graph.synchronization.provision_on_demand(SP, JOB_ID, "", "user")


@pytest.mark.parametrize("spelt", ["Import", "import", "IMPORT"])
def test_reads_step_types_in_any_case(spelt: str) -> None:
    event = ProvisioningEvent.from_json(EVENT | {"provisioningSteps": [{"provisioningStepType": spelt}]})
    assert event.steps[0].type == "import"


@pytest.mark.parametrize("principal", [{"id": SP}, [{"id": SP, "displayName": "Haiilo SSO"}]])
def test_reads_the_principal_of_a_log_row_alone_or_in_a_list(principal: Any) -> None:
    assert ProvisioningEvent.from_json(EVENT | {"servicePrincipal": principal}).service_principal_id == SP


def test_is_not_alarmed_by_the_execution_of_a_job_just_started(far: GraphStub, graph: GraphClient) -> None:
    trap = {"state": "Failed", "timeBegan": NEVER, "timeEnded": NEVER, "error": {"code": "None"}}
    far.on("GET", JOB, Reply(200, job(code="NotRun", lastExecution=trap)))
    started = graph.synchronization.job(SP, JOB_ID)
    assert (started.never_ran, started.running, started.status.last_execution) == (True, True, None)


# B3: classes of errors


def read_job(graph: GraphClient) -> Any:
    return graph.synchronization.job(SP, JOB_ID)


def create_job(graph: GraphClient) -> Any:
    return graph.synchronization.create_job(SP, "scim")


def closed() -> str:
    """An address where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.parametrize("call", [read_job, create_job], ids=["read", "create"])
def test_may_retry_what_never_left(waits: Waits, call: Call) -> None:
    with requests.Session() as http:
        Reroutes({GLOBAL.graph: closed()}).mount(http)
        with pytest.raises(Unavailable):
            call(GraphClient(Transport(http, Tokens(), sleep=waits)))


@pytest.mark.parametrize("status", [429, 503, 504])
def test_retries_reads_after_the_time_told(far: GraphStub, graph: GraphClient, waits: Waits, status: int) -> None:
    far.on("GET", JOB, Reply(status, headers={"Retry-After": "3"}), Reply(200, NEW_JOB))
    read_job(graph)
    assert waits == [3.0]


@pytest.mark.parametrize(
    "reply",
    [
        *[Reply(status, headers={"Retry-After": "1"}) for status in (404, 429, 500, 502, 503, 504)],
        DROP,
        Reply(201, NEW_JOB, cut=True),
        Reply(200, body=b"<!doctype html>"),
        Reply(201, body=json.dumps(NEW_JOB).encode()[:40]),
    ],
)
def test_takes_a_create_without_a_good_answer_for_doubt(far: GraphStub, graph: GraphClient, reply: Reply) -> None:
    far.on("POST", JOBS, reply)
    with pytest.raises(OutcomeUnknown):
        create_job(graph)
    assert len(far.asked) == 1


@pytest.mark.parametrize("status", [404, 400])
def test_takes_what_is_not_replicated_for_not_there(far: GraphStub, graph: GraphClient, status: int) -> None:
    far.on("PUT", f"{JOB}/schema", refusal(status, "Request_BadRequest", REPLICATION))
    with pytest.raises(NotThere):
        graph.synchronization.put_schema(SP, JOB_ID, {})


@pytest.mark.parametrize("code", ["Authorization_RequestDenied", "Forbidden"])
def test_takes_a_403_for_a_permission_that_may_still_come(far: GraphStub, graph: GraphClient, code: str) -> None:
    """Whether it is young enough to wait for is the caller's to know: the client has no memory of a consent."""
    far.on("GET", JOB, refusal(403, code))
    with pytest.raises(RoleMissing):
        read_job(graph)


def test_takes_a_409_for_something_that_is_there(far: GraphStub, graph: GraphClient) -> None:
    far.on("POST", JOBS, refusal(409, "Conflict"))
    with pytest.raises(AlreadyThere):
        create_job(graph)


def test_answers_a_claims_challenge_once_and_is_then_blocked(
    far: GraphStub, graph: GraphClient, tokens: Tokens
) -> None:
    header = {"WWW-Authenticate": 'Bearer error="insufficient_claims", claims="eyJhIjoxfQ=="'}
    far.on("GET", JOB, Reply(401, {"error": {"code": "Unauthorized"}}, headers=header))
    with pytest.raises(NotAllowed):
        read_job(graph)
    assert (tokens.claims, len(far.asked)) == (['{"a":1}'], 2)


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (700016, ConsentMissing),
        (7000229, ConsentMissing),
        (700027, OurCredentialRefused),
        (7000215, OurCredentialRefused),
    ],
)
def test_tells_a_consent_that_is_gone_from_a_key_that_is_wrong(
    far: GraphStub, session: requests.Session, number: int, kind: type[GraphError]
) -> None:
    entra = Entra(far).open()
    far.on("POST", entra.token_path, Reply(400, {"error": "invalid_client", "error_codes": [number]}))
    with pytest.raises(GraphError) as caught:
        read_job(GraphClient(Transport(session, ClientCredentials(TENANT, CLIENT, Secret("s"), session))))
    assert type(caught.value) is kind
    assert not isinstance(caught.value, TryLater)


@pytest.mark.parametrize("body", [b"<html>sign in</html>", b'{"id": "sc', b"", b"[1]", b"null"])
def test_takes_a_200_that_is_no_answer_for_an_outage(far: GraphStub, graph: GraphClient, body: bytes) -> None:
    far.on("GET", JOB, Reply(200, body=body))
    with pytest.raises(Unavailable):
        read_job(graph)


@pytest.mark.parametrize(
    ("after", "seconds"), [("120", 120.0), ("Mon, 02 Mar 2026 09:05:00 GMT", 300.0), ("soon", None), ("", None)]
)
def test_hands_the_time_told_to_the_callers_clock(
    far: GraphStub, graph: GraphClient, after: str, seconds: float | None
) -> None:
    headers = {"Retry-After": after, "x-ms-throttle-scope": "Tenant_Application/Read/1/2"}
    far.on("GET", JOB, Reply(429, headers=headers))
    with pytest.raises(Throttled) as caught:
        read_job(graph)
    assert (caught.value.retry_after, caught.value.scope) == (seconds, "Tenant_Application/Read/1/2")
