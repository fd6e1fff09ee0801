from dataclasses import replace
from typing import Any

import pytest

from onboarding.domain import consent_sizes
from onboarding.domain.verdicts import Asking, Court, Done, Waiting
from onboarding.steps.asks import customer_ask
from onboarding.steps.readiness.evidence import ReadinessEvidence, lacks_licence
from onboarding.steps.readiness.step import Facts, Readiness, licence
from onboarding.steps.shared.permission_causes import PERMISSIONS_MISSING, PERMISSIONS_REFUSED
from onboarding.steps.shared.permissions import GRAPH
from tests.graphclient.graph_stub import Reply
from tests.graphclient.samples import ORGANIZATION
from tests.narrow import instance, present
from tests.steps.facts import APP, P1, ago, at_step, candidate, consent_seen, evidence_of, offered, organization, texts

P2 = "eec0eb4f-6444-4f95-aba0-50c24d67f998"
ALL = frozenset(consent_sizes.STANDARD.names)
LATER = consent_seen(granted_at=ago(minutes=20))
assess = Readiness().assess


def ready(**fields):
    given: dict[str, Any] = {"organization": organization(), "candidates": (candidate(),), "assigned": 12}
    return Facts(ALL, **given | fields)


def test_is_done_when_every_permission_is_there():
    verdict = assess(at_step("readiness"), ready())
    assert isinstance(verdict, Done)
    found = instance(ReadinessEvidence, evidence_of(verdict))
    [seen] = found.applications
    assert (seen.id, seen.name, seen.usable, seen.warnings) == (APP, "Haiilo SSO", True, ())
    assert "supports provisioning" in offered(list(seen.reasons))
    assert replace(found, abilities=(), applications=()) == ReadinessEvidence(
        permissions=dict.fromkeys(consent_sizes.STANDARD.names, True),
        licence="P1",
        verified_domains=("nordwind.example",),
        candidates=1,
        assigned=12,
    )
    assert ReadinessEvidence.from_json(found.to_json()) == found
    assert not verdict.warnings


@pytest.mark.parametrize("facts", [Facts(frozenset()), Facts(ALL - {"User.Read.All"}), Facts(ALL, refused=True)])
def test_waits_while_the_permissions_may_still_be_spreading(facts):
    assert isinstance(assess(at_step("readiness"), facts), Waiting)


def test_names_the_permissions_that_are_missing_afterwards():
    verdict = assess(at_step("readiness", consent=LATER), Facts(ALL - {"User.Read.All", "ProvisioningLog.Read.All"}))
    assert isinstance(verdict, Asking)
    assert (verdict.code, verdict.court) == ("permissions_missing", Court.CUSTOMER)
    assert sorted(verdict.offers["missing"]) == ["ProvisioningLog.Read.All", "User.Read.All"]
    assert "User.Read.All" in str(verdict.question)
    for told in (PERMISSIONS_MISSING.for_customer, PERMISSIONS_MISSING.for_letter):
        assert "User.Read.All" in str(told(verdict.question.values))
        assert "the admin" not in str(told(verdict.question.values))


def test_asks_for_a_new_consent_when_all_are_listed_but_refused():
    verdict = instance(Asking, assess(at_step("readiness", consent=LATER), Facts(ALL, refused=True)))
    assert (verdict.code, verdict.offers["missing"]) == ("permissions_refused", [])
    assert "Microsoft refuses the permissions you approved" in str(PERMISSIONS_REFUSED.for_letter({}))


def test_names_the_permission_without_effect_to_each_reader():
    facts = Facts(ALL, refused=True, needed=("Synchronization.Read.All", "Synchronization.ReadWrite.All"))
    verdict = instance(Asking, assess(at_step("readiness", consent=LATER), facts))
    assert (verdict.code, verdict.court) == ("permission_void", "customer")
    asked = customer_ask("readiness", verdict.code, verdict.question, verdict.offers)
    for told in (verdict.question, asked.what, asked.letter):
        assert "Synchronization.ReadWrite.All" in str(told)
    assert [str(label) for label in asked.path][-2:] == ["Permissions (Security)", "Grant admin consent"]
    assert asked.by_link


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"organization": organization(plans=())}, "groups need P1"),
        ({"candidates": (), "assigned": 0}, "No application for Haiilo"),
        ({"candidates": (candidate(templates=()),), "assigned": 0}, "No application for Haiilo"),
        ({"assigned": 0}, "Nobody is assigned"),
    ],
)
def test_warns_of_what_does_not_hold_it_up(facts, says):
    verdict = assess(at_step("readiness"), ready(**facts))
    assert isinstance(verdict, Done)
    assert says in texts(verdict.warnings)


def test_warns_of_a_domain_that_the_tenant_has_not_verified():
    verdict = instance(Done, assess(at_step("readiness", domains=("nordwind.example", "new.example")), ready()))
    assert "new.example" in texts(verdict.warnings)


@pytest.mark.parametrize(("plans", "best"), [((), "none"), ((P1,), "P1"), ((P2,), "P2"), ((P1, P2), "P2")])
def test_tells_the_licence(plans, best):
    assert licence(organization(plans=plans)) == best


@pytest.mark.parametrize(("stored", "lacks"), [({}, False), ({"licence": "P1"}, False), ({"licence": "none"}, True)])
def test_says_of_what_was_stored_whether_the_licence_is_missing(stored, lacks):
    assert lacks_licence(at_step("scope", evidence={"readiness": stored})) is lacks
    assert not lacks_licence(at_step("readiness"))


@pytest.mark.parametrize(
    ("candidates", "says"), [((candidate(),), "1 application supported"), ((), "0 applications supported")]
)
def test_counts_the_applications_that_support_provisioning(candidates, says):
    assert says in str(assess(at_step("readiness"), ready(candidates=candidates)).note)


def granted(far, *names):
    roles = [{"id": f"id-of-{name}", "value": name} for name in consent_sizes.STANDARD.names]
    far.on(
        "GET", "/v1.0/servicePrincipals(appId='our-client-id')", Reply(200, {"id": "ours", "appId": "our-client-id"})
    )
    graph = {"id": "graph", "appId": GRAPH, "appRoles": roles}
    far.on("GET", f"/v1.0/servicePrincipals(appId='{GRAPH}')", Reply(200, graph))
    rows = [
        {"id": f"a-{name}", "appRoleId": f"id-of-{name}", "principalId": "ours", "resourceId": "graph"}
        for name in names
    ]
    far.on("GET", "/v1.0/servicePrincipals/ours/appRoleAssignments", Reply(200, {"value": rows}))


def test_reads_permissions_by_name_and_has_a_new_token_fetched_while_one_is_missing(tenant, far):
    granted(far, "User.Read.All")
    facts = Readiness().read(tenant, at_step("readiness", evidence={"readiness": {"licence": "P1"}}))
    assert facts == Facts(frozenset({"User.Read.All"}))
    assert tenant.forgotten == 1


def test_reads_the_tenant_and_its_applications_once_all_are_there(tenant, far):
    granted(far, *consent_sizes.STANDARD.names)
    far.on("GET", "/v1.0/servicePrincipals", Reply(200, {"value": []}))
    far.on("GET", "/v1.0/organization", Reply(200, {"value": [ORGANIZATION]}))
    facts = Readiness().read(tenant, at_step("readiness"))
    assert (facts.granted, facts.refused, facts.assigned) == (ALL, False, 0)
    assert present(facts.organization).has_p1


def test_takes_a_refused_request_for_a_token_that_is_too_old(tenant, far):
    granted(far, *consent_sizes.STANDARD.names)
    far.on("GET", "/v1.0/servicePrincipals", Reply(403, {"error": {"code": "Authorization_RequestDenied"}}))
    read = Readiness().read(tenant, at_step("readiness"))
    assert read == Facts(ALL, refused=True, needed=("Application.Read.All",))
    assert tenant.forgotten == 2
