import pytest

from graphclient.probes import Finding, Probe
from onboarding.domain import consent_sizes
from onboarding.domain.sentences import Sentence
from onboarding.steps.readiness.abilities import TRIED, told, try_all
from tests.graphclient.graph_stub import Reply
from tests.graphclient.samples import ORGANIZATION
from tests.steps.facts import APP, JOB, at_step, candidate

GRAPH_ID = "00000003-0000-0000-c000-000000000000"
WRITE = "Synchronization.ReadWrite.All"


def by_operation(desired, *probes):
    return {
        str(Sentence.from_json(each.operation)): (each.verdict, str(Sentence.from_json(each.why) or ""))
        for each in told(desired, probes)
    }


@pytest.mark.parametrize(
    ("finding", "verdict", "why"),
    [
        (Finding.WORKS, "yes", ""),
        (Finding.ROLE_MISSING, "no", f"{WRITE} or the ownership"),
        (Finding.LICENCE_MISSING, "no", "licence"),
        (Finding.NOT_ALLOWED, "no", "refused"),
        (Finding.NOT_THERE, "open", "nothing to test it on yet"),
        (Finding.NOT_TRIED, "open", "nothing to test it on yet"),
        (Finding.NOT_TOLD, "open", "does not say"),
    ],
)
def test_tells_each_result_with_its_reason(finding, verdict, why):
    seen = by_operation(at_step("readiness"), Probe("change provisioning", WRITE, finding))
    assert seen["write mappings"][0] == verdict
    assert why in seen["write mappings"][1]
    assert bool(why) == bool(seen["write mappings"][1])


def test_promises_nothing_that_was_not_done():
    seen = by_operation(at_step("readiness"))
    assert {
        seen[name][0] for name in ("provision one person on demand", "start provisioning", "restart provisioning")
    } == {"open"}


def test_takes_what_was_done_for_proof():
    seen = by_operation(at_step("live"))
    assert seen["start provisioning"] == seen["provision one person on demand"] == ("yes", "")


@pytest.mark.parametrize(
    ("size", "why"), [(consent_sizes.STANDARD, "start over"), (consent_sizes.SCOPED, "known to refuse")]
)
def test_never_tries_a_restart_and_says_why(size, why):
    verdict, said = by_operation(at_step("live", size=size))["restart provisioning"]
    assert verdict == "open"
    assert why in said


def test_tries_the_chosen_application_and_our_job(tenant, far):
    base = f"/v1.0/servicePrincipals/{APP}/synchronization/jobs"
    far.on("GET", "/v1.0/organization", Reply(200, {"value": [ORGANIZATION]}))
    far.on("GET", f"/v1.0/servicePrincipals(appId='{GRAPH_ID}')", Reply(200, {"id": "graph", "appId": GRAPH_ID}))
    for path in (
        "/v1.0/users",
        "/v1.0/groups",
        "/v1.0/auditLogs/provisioning",
        base,
    ):
        far.on("GET", path, Reply(200, {"value": []}))
    far.on("GET", f"/v1.0/servicePrincipals/{APP}/appRoleAssignedTo/$count", Reply(200, 3))
    far.on("POST", f"{base}/{JOB}/schema/parseExpression", Reply(401, {"error": {"code": "UnknownError"}}))
    probes = try_all(tenant.graph, at_step("live"), candidate())
    assert {each.operation: each.finding for each in probes} == {
        **dict.fromkeys(TRIED, Finding.WORKS),
        "change provisioning": Finding.ROLE_MISSING,
    }


def test_lets_an_odd_answer_cost_one_operation_alone(tenant, far):
    far.on("GET", "/v1.0/organization", Reply(418, {"error": {"code": "Teapot"}}))
    far.on("GET", f"/v1.0/servicePrincipals(appId='{GRAPH_ID}')", Reply(200, {"id": "graph", "appId": GRAPH_ID}))
    for path in ("/v1.0/users", "/v1.0/groups", "/v1.0/auditLogs/provisioning"):
        far.on("GET", path, Reply(200, {"value": []}))
    found = {each.operation: each.finding for each in try_all(tenant.graph, at_step("readiness"), None)}
    assert found.pop("read the organization") is Finding.NOT_TOLD
    assert {found[name] for name in ("find applications", "find people", "read the provisioning log")} == {
        Finding.WORKS
    }


def test_asks_for_no_log_that_no_consent_covers(tenant, far):
    test_tries_the_chosen_application_and_our_job(tenant, far)
    assert not any("directoryAudits" in asked.path for asked in far.asked)
