from datetime import timedelta

import pytest

from onboarding.domain.verdicts import Asking, Broken, Court, Done, Waiting
from onboarding.steps.consent.step import Consent, Facts
from tests.graphclient.graph_stub import Reply
from tests.graphclient.samples import ORGANIZATION
from tests.narrow import present
from tests.steps.facts import NOW, TENANT, ago, consent_seen, desired, link, organization

assess = Consent().assess
SILENT, FORBIDDEN, ANSWERS = Facts(), Facts(permission_missing=True), Facts(organization())
LONG_AGO = consent_seen(granted_at=ago(minutes=16))

NOBODY_YET = [
    (None, None, "no_link", Court.CS, "Send the customer's admin"),
    (link(expires_at=NOW - timedelta(minutes=1)), None, "link_expired", Court.CS, "expired"),
    (link(), None, "link_sent", Court.CUSTOMER, "has not opened"),
    (link(seen_at=ago(hours=1)), None, "link_sent", Court.CUSTOMER, "not approved yet"),
    (link(), consent_seen(granted_at=None, error="declined"), "declined", Court.CUSTOMER, "declined"),
    (link(), consent_seen(granted_at=None, error="not_allowed"), "not_allowed", Court.CUSTOMER, "Global Administrator"),
    (link(), consent_seen(granted_at=None, error="wrong_tenant"), "wrong_tenant", Court.CS, "another tenant"),
    (link(), consent_seen(granted_at=None, error="strange"), "strange", Court.CUSTOMER, "ended the consent"),
]


@pytest.mark.parametrize(("sent", "seen", "code", "court", "says"), NOBODY_YET)
def test_says_whom_it_waits_for_until_somebody_has_consented(sent, seen, code, court, says):
    verdict = assess(desired(link=sent, consent=seen), SILENT)
    assert isinstance(verdict, Asking)
    assert (verdict.code, verdict.court) == (code, court)
    assert says in str(verdict.question)


def test_binds_when_every_proof_agrees():
    verdict = assess(desired(), ANSWERS)
    assert isinstance(verdict, Done)
    assert verdict.evidence == {
        "tenant_id": TENANT,
        "tenant_name": "Nordwind GmbH",
        "verified_domain": "nordwind.example",
        "admin_name": "Eva Berg",
        "admin_object_id": "oid-1",
    }


@pytest.mark.parametrize("facts", [SILENT, FORBIDDEN])
def test_waits_a_quarter_of_an_hour_for_the_consent_to_spread(facts):
    assert isinstance(assess(desired(consent=consent_seen(granted_at=ago(minutes=14))), facts), Waiting)


@pytest.mark.parametrize(
    ("facts", "proved", "code", "says"),
    [
        (SILENT, None, "consent_missing", "never arrived"),
        (FORBIDDEN, None, "consent_missing", "lacks permissions"),
        (SILENT, desired().proved, "access_lost", "lost access"),
    ],
)
def test_asks_the_customer_when_it_has_not_spread_by_then(facts, proved, code, says):
    verdict = assess(desired(consent=LONG_AGO, proved=proved), facts)
    assert isinstance(verdict, Asking)
    assert (verdict.court, verdict.code) == (Court.CUSTOMER, code)
    assert says in str(verdict.question)


def test_never_binds_what_a_stranger_signed_in_to():
    verdict = assess(desired(consent=consent_seen(signed_in_tenant="another")), ANSWERS)
    assert isinstance(verdict, Asking)
    assert verdict.code == "wrong_tenant"


def test_never_binds_when_graph_answers_for_another_tenant():
    verdict = assess(desired(expected_tenant="another", consent=consent_seen(signed_in_tenant="another")), ANSWERS)
    assert isinstance(verdict, Broken)
    assert verdict.court is Court.HAIILO


def test_never_binds_a_tenant_without_one_of_the_customers_domains():
    verdict = assess(desired(), Facts(organization(domains=("stranger.example",))))
    assert isinstance(verdict, Asking)
    assert (verdict.code, verdict.court) == ("domain_mismatch", Court.CS)


def test_asks_graph_nothing_before_a_consent_came_back(tenant, far):
    assert Consent().read(tenant, desired(consent=None)) == SILENT
    assert far.asked == []


@pytest.mark.parametrize(
    ("reply", "facts"),
    [
        (Reply(200, {"value": [ORGANIZATION]}), None),
        (Reply(403, {"error": {"code": "Authorization_RequestDenied", "message": "no"}}), FORBIDDEN),
        (Reply(401, {"error": {"code": "Authorization_IdentityNotFound", "message": "who?"}}), SILENT),
    ],
)
def test_reads_the_organization_with_a_token_of_that_tenant(tenant, far, reply, facts):
    far.on("GET", "/v1.0/organization", reply)
    read = Consent().read(tenant, desired())
    assert read == facts if facts else present(read.organization).display_name == "Nordwind GmbH"


def test_names_what_is_missing_as_far_as_it_may_be_seen():
    facts = Facts(permission_missing=True, missing=("Organization.Read.All",))
    verdict = assess(desired(consent=LONG_AGO), facts)
    assert isinstance(verdict, Asking)
    assert (verdict.code, verdict.court) == ("permissions_missing", Court.CUSTOMER)
    assert verdict.offers == {"missing": ["Organization.Read.All"]}
    assert "Organization.Read.All" in str(verdict.question)
