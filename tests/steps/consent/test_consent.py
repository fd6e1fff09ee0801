from dataclasses import replace
from datetime import timedelta

import pytest

from graphclient import ConsentMissing, GraphClient, GraphError, NotAllowed, TokenRefused
from onboarding.causes.base import Owner
from onboarding.domain.consent_sizes import STANDARD
from onboarding.domain.verdicts import Asking, Broken, Court, Done, Waiting
from onboarding.steps.consent.causes import CAUSES, Code
from onboarding.steps.consent.evidence import ConsentEvidence
from onboarding.steps.consent.step import Consent, Facts
from tests.graphclient.graph_stub import Reply
from tests.graphclient.samples import ORGANIZATION
from tests.narrow import instance, present
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
    (
        link(),
        consent_seen(granted_at=None, error="microsoft_down"),
        "microsoft_down",
        Court.MICROSOFT,
        "did not answer",
    ),
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
        (SILENT, None, "consent_missing", "more than 15 minutes ago"),
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


EXPIRED = link(expires_at=NOW - timedelta(minutes=1))


@pytest.mark.parametrize(("sent", "expected"), [(None, TENANT), (link(), None), (EXPIRED, TENANT)])
def test_asks_graph_nothing_before_a_link_is_out_and_the_tenant_known(tenant, far, sent, expected):
    assert Consent().read(tenant, desired(consent=None, link=sent, expected_tenant=expected)) == SILENT
    assert far.asked == []


# The tenant is the truth, the callback a hint (public case 06)

NO_ANSWER = [None, consent_seen(granted_at=None, error="requested", error_code="AADSTS90095")]


@pytest.mark.parametrize("consent", NO_ANSWER)
@pytest.mark.parametrize("seen_at", [None, ago(hours=1)])
def test_finds_an_approval_that_never_came_back_and_binds_nothing(tenant, far, consent, seen_at):
    far.on("GET", "/v1.0/organization", Reply(200, {"value": [ORGANIZATION]}))
    wished = desired(consent=consent, link=link(seen_at=seen_at))
    verdict = assess(wished, Consent().read(tenant, wished))
    assert isinstance(verdict, Asking)
    assert (verdict.code, verdict.court) == ("approved_unsigned", Court.CUSTOMER)
    assert "signs in by the link" in str(verdict.question)


@pytest.mark.parametrize("reply", [Reply(500), Reply(200, body=b"<html>"), Reply(200, {"value": []}), Reply(403, {})])
def test_says_how_far_the_link_has_come_while_the_tenant_cannot_be_read(tenant, far, reply):
    far.on("GET", "/v1.0/organization", reply)
    wished = desired(consent=None, link=link())
    verdict = assess(wished, Consent().read(tenant, wished))
    assert isinstance(verdict, Asking)
    assert verdict.code == "link_sent"


def test_says_at_once_that_our_application_is_switched_off_before_anybody_has_answered():
    with pytest.raises(TokenRefused):
        Consent().read(Refusing(TokenRefused(code="AADSTS7000112")), desired(consent=None, link=link()))


@pytest.mark.parametrize(
    ("moved", "pause"),
    [
        ({"created_at": ago(seconds=5)}, timedelta(minutes=1)),
        ({"created_at": ago(minutes=20)}, timedelta(minutes=10)),
        ({"created_at": ago(hours=9)}, timedelta(minutes=30)),
        ({"created_at": ago(hours=9), "begun_at": ago(minutes=6)}, timedelta(minutes=3)),
    ],
)
def test_looks_less_often_the_longer_nothing_happens(moved, pause):
    verdict = assess(desired(consent=None, link=link(**moved)), SILENT)
    assert isinstance(verdict, Asking)
    assert verdict.recheck_in == pause


# Half a consent

HALF = Facts(permission_missing=True, missing=("User.Read.All",), has_some=True)
NOTHING = Facts(permission_missing=True, missing=("User.Read.All", "Application.Read.All"))


def test_names_what_is_missing_at_the_second_look_that_finds_it_so():
    young = {"consent": consent_seen(granted_at=ago(seconds=20))}
    first = assess(desired(**young), HALF)
    assert isinstance(first, Waiting)
    second = assess(desired(**young, seen_before={"consent": first.offers}), HALF)
    assert isinstance(second, Asking)
    assert (second.code, second.recheck_in) == ("permissions_missing", timedelta(minutes=1))
    assert isinstance(assess(desired(**young, seen_before={"consent": second.offers}), HALF), Asking)
    less = replace(HALF, missing=("Application.Read.All",))
    assert isinstance(assess(desired(**young, seen_before={"consent": first.offers}), less), Waiting)


def test_says_that_delegated_permissions_do_not_count_and_names_what_is_missing():
    """Public case 13 (Graph): the token has no roles, and every call is refused."""
    young = desired(consent=consent_seen(granted_at=ago(minutes=1)), seen_before={"consent": {"missing": ["x"]}})
    assert isinstance(assess(young, NOTHING), Waiting)
    verdict = assess(desired(consent=LONG_AGO), NOTHING)
    assert isinstance(verdict, Asking)
    assert (verdict.code, verdict.court) == ("only_delegated", Court.CUSTOMER)
    for words in ("delegated permissions do not count", "User.Read.All", "Application.Read.All"):
        assert words in str(verdict.question)


def test_gives_an_approval_in_a_sandbox_as_much_less_time_as_that_is_faster():
    young = desired(consent=consent_seen(granted_at=ago(minutes=1)))
    assert isinstance(assess(replace(young, pace=10.0), NOTHING), Waiting)
    assert instance(Asking, assess(replace(young, pace=30.0), NOTHING)).code == "only_delegated"


@pytest.mark.parametrize(
    ("roles", "missing", "has_some"),
    [
        (frozenset(), STANDARD.names, False),
        (frozenset(STANDARD.names[:1]), STANDARD.names[1:], True),
        (None, (), False),
    ],
)
def test_goes_by_the_token_where_the_tenant_may_not_be_asked(tenant, far, roles, missing, has_some):
    refused = Reply(403, {"error": {"code": "Authorization_RequestDenied", "message": "Insufficient privileges."}})
    far.on("GET", "/v1.0/organization", refused)
    far.on("GET", "/v1.0/servicePrincipals", refused)
    tenant.roles = roles
    assert Consent().read(tenant, desired()) == Facts(None, True, tuple(missing), has_some)


def test_says_what_microsoft_says_where_nobody_knows_the_code():
    said = consent_seen(
        granted_at=None, error="failed", error_code="AADSTS7654321", error_text="The moon is in the way."
    )
    verdict = assess(desired(link=link(), consent=said), SILENT)
    assert isinstance(verdict, Asking)
    assert (verdict.code, verdict.court) == ("failed_saying", Court.HAIILO)
    assert "“The moon is in the way.”" in str(verdict.question)


def test_does_not_claim_that_nothing_arrived():
    verdict = assess(desired(consent=LONG_AGO), Facts(no_principal="AADSTS700016"))
    assert isinstance(verdict, Asking)
    assert "never" not in str(verdict.question)
    assert verdict.offers == {"detail": "AADSTS700016"}


@pytest.mark.parametrize(
    ("reply", "facts"),
    [
        (Reply(200, {"value": [ORGANIZATION]}), None),
        (Reply(403, {"error": {"code": "Authorization_RequestDenied", "message": "no"}}), FORBIDDEN),
        (
            Reply(401, {"error": {"code": "Authorization_IdentityNotFound", "message": "who?"}}),
            Facts(no_principal="Authorization_IdentityNotFound"),
        ),
    ],
)
def test_reads_the_organization_with_a_token_of_that_tenant(tenant, far, reply, facts):
    far.on("GET", "/v1.0/organization", reply)
    read = Consent().read(tenant, desired())
    assert read == facts if facts else present(read.organization).display_name == "Nordwind GmbH"


def test_names_what_is_missing_as_far_as_it_may_be_seen():
    facts = Facts(permission_missing=True, missing=("Organization.Read.All",), has_some=True)
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
    found = Consent().read(Refusing(ConsentMissing(code=f"AADSTS{number}")), seen)
    assert found == Facts(no_principal=f"AADSTS{number}")


def test_lets_graphs_own_refusal_speak_once_the_approval_should_have_arrived():
    young, old = (desired(consent=consent_seen(granted_at=ago(minutes=minutes))) for minutes in (1, 16))
    assert Consent().read(Refusing(NotAllowed(code="Strange")), young) == SILENT
    with pytest.raises(NotAllowed):
        Consent().read(Refusing(NotAllowed(code="Strange")), old)
