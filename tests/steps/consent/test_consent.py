from datetime import timedelta

import pytest

from graphclient import ConsentMissing, GraphClient, GraphError, NotAllowed, TokenRefused
from onboarding.causes.base import Owner
from onboarding.domain.verdicts import Asking, Broken, Court, Done, Waiting
from onboarding.steps.consent.causes import CAUSES, Code
from onboarding.steps.consent.evidence import ConsentEvidence
from onboarding.steps.consent.step import Consent, Facts
from tests.graphclient.graph_stub import Reply
from tests.graphclient.samples import ORGANIZATION
from tests.narrow import present
from tests.steps.facts import NOW, TENANT, FakeTenant, ago, consent_seen, desired, link, organization

assess = Consent().assess
SILENT, FORBIDDEN, ANSWERS = Facts(), Facts(permission_missing=True), Facts(organization())
LONG_AGO = consent_seen(granted_at=ago(minutes=16))

NOBODY_YET = [
    (None, None, "no_link", Court.CS, "Send the customer's admin"),
    (link(expires_at=NOW - timedelta(minutes=1)), None, "link_expired", Court.CS, "expired"),
    (link(), None, "link_sent", Court.CUSTOMER, "has not opened"),
    (link(seen_at=ago(hours=1)), None, "link_opened", Court.CUSTOMER, "not approved yet"),
    (link(), consent_seen(granted_at=None, error="declined"), "declined", Court.CUSTOMER, "not accepted"),
    (link(), consent_seen(granted_at=None, error="not_allowed"), "not_allowed", Court.CUSTOMER, "may not approve"),
    (link(), consent_seen(granted_at=None, error="wrong_tenant"), "wrong_tenant", Court.CS, "another tenant"),
    (link(), consent_seen(granted_at=None, error="strange"), "failed", Court.CUSTOMER, "ended the approval"),
    (link(), consent_seen(granted_at=None, error="microsoft_down"), "microsoft_down", Court.CUSTOMER, "did not answer"),
    (link(), consent_seen(granted_at=None, error="blocked"), "blocked", Court.CUSTOMER, "that the policy allows"),
    (
        link(),
        consent_seen(granted_at=None, error="blocked", error_code="AADSTS53003"),
        "blocked",
        Court.CUSTOMER,
        "Conditional Access",
    ),
    (
        link(),
        consent_seen(granted_at=None, error="wrong_account", error_code="personal_account"),
        "wrong_account",
        Court.CUSTOMER,
        "private Microsoft account",
    ),
    (
        link(),
        consent_seen(granted_at=None, error="failed", error_code="AADSTS50011"),
        "AADSTS50011",
        Court.HAIILO,
        "not registered correctly",
    ),
    (
        link(),
        consent_seen(granted_at=None, error="failed", error_code="AADSTS7654321"),
        "failed_unexplained",
        Court.HAIILO,
        "AADSTS7654321",
    ),
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
    assert verdict.evidence == ConsentEvidence(
        tenant_id=TENANT,
        tenant_name="Nordwind GmbH",
        verified_domain="nordwind.example",
        admin_name="Eva Berg",
        admin_object_id="oid-1",
    )


@pytest.mark.parametrize("facts", [SILENT, FORBIDDEN])
def test_waits_a_quarter_of_an_hour_for_the_consent_to_spread(facts):
    assert isinstance(assess(desired(consent=consent_seen(granted_at=ago(minutes=14))), facts), Waiting)


@pytest.mark.parametrize(
    ("facts", "proved", "code", "says"),
    [
        (SILENT, None, "consent_missing", "never arrived"),
        (FORBIDDEN, None, "permissions_incomplete", "lacks permissions"),
        (FORBIDDEN, desired().proved, "permissions_incomplete", "lacks permissions"),
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
    assert (verdict.code, verdict.court) == ("other_tenant_answered", Court.HAIILO)


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


# What is told, and to whom


def test_has_one_cause_for_each_code():
    codes = [cause.code for cause in CAUSES]
    assert len(codes) == len(set(codes))
    assert set(Code) <= set(codes)


@pytest.mark.parametrize("cause", [each for each in CAUSES if each.owner is Owner.CUSTOMER], ids=lambda each: each.code)
def test_speaks_to_the_admin_and_never_about_the_admin(cause):
    values = {"names": "User.Read.All", "contact": "Eva Berg", "why": "x"}
    for told in (cause.for_customer(values), cause.for_letter(values)):
        assert "the admin" not in str(told).lower()
        assert "customer" not in str(told).lower()
        assert "link" in str(told) or "approve" in str(told)
    assert cause.by_link
    assert "Global Administrator" in str(cause.needs.role)


def test_reads_what_an_earlier_release_stored():
    assert ConsentEvidence.from_json({"tenant_id": TENANT}) == ConsentEvidence(TENANT)


# A refused token keeps its reason (public case 11)


class Refusing(FakeTenant):
    """A tenant for which Microsoft gives no token."""

    def __init__(self, error: GraphError) -> None:
        self.error, self.forgotten, self.client_id = error, 0, "our-client-id"

    @property
    def graph(self) -> GraphClient:  # type: ignore[override] # a field there
        raise self.error


@pytest.mark.parametrize("number", [7000112, 70001, 1000031, 53003, 500021, 700023, 90002, 90072])
@pytest.mark.parametrize("granted", [ago(minutes=1), ago(minutes=16), ago(hours=900)])
def test_hands_on_why_a_token_is_refused_before_and_after_go_live(number, granted):
    with pytest.raises(TokenRefused):
        Consent().read(
            Refusing(TokenRefused(code=f"AADSTS{number}")), desired(consent=consent_seen(granted_at=granted))
        )


@pytest.mark.parametrize("number", [700016, 7000229])
@pytest.mark.parametrize("granted", [ago(minutes=1), ago(minutes=16)])
def test_takes_a_missing_principal_for_what_it_is(number, granted):
    seen = desired(consent=consent_seen(granted_at=granted))
    assert Consent().read(Refusing(ConsentMissing(code=f"AADSTS{number}")), seen) == SILENT


def test_lets_graphs_own_refusal_speak_once_the_approval_should_have_arrived():
    young, old = (desired(consent=consent_seen(granted_at=ago(minutes=minutes))) for minutes in (1, 16))
    assert Consent().read(Refusing(NotAllowed(code="Strange")), young) == SILENT
    with pytest.raises(NotAllowed):
        Consent().read(Refusing(NotAllowed(code="Strange")), old)
