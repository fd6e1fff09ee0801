import pytest

from onboarding.domain.verdicts import Asking, Court, Done
from onboarding.steps.customer.evidence import CustomerEvidence
from onboarding.steps.customer.step import CustomerRecord, Facts
from tests.narrow import instance
from tests.steps.facts import TENANT, FakeTenant, desired, evidence_of

OTHER = "99999999-6a0f-4e0a-8c5d-0d51a4c1a001"
assess = CustomerRecord().assess


def test_expects_the_tenant_behind_the_domain():
    verdict = assess(desired(), Facts({"nordwind.example": TENANT}))
    assert isinstance(verdict, Done)
    assert evidence_of(verdict) == CustomerEvidence(TENANT, "nordwind.example")


def test_takes_one_tenant_behind_several_domains_for_one():
    verdict = assess(desired(), Facts({"nordwind.example": TENANT, "nordwind.org": TENANT, "new.example": None}))
    assert isinstance(verdict, Done)


@pytest.mark.parametrize(
    ("tenants", "says"),
    [
        ({"nordwind.example": None}, "Microsoft knows none of the domains"),
        ({"nordwind.example": TENANT, "other.example": OTHER}, "2 different Microsoft tenants"),
    ],
)
def test_asks_us_when_the_domains_do_not_lead_to_one_tenant(tenants, says):
    verdict = assess(desired(), Facts(tenants))
    assert isinstance(verdict, Asking)
    assert verdict.court is Court.CS
    assert says in str(verdict.question)


def test_waits_for_an_address_that_two_people_agree_on():
    verdict = instance(Asking, assess(desired(haiilo_host=""), Facts({"nordwind.example": TENANT})))
    assert (verdict.code, verdict.court) == ("address_missing", Court.CS)


def test_offers_the_tenants_to_choose_from():
    verdict = assess(desired(), Facts({"a.example": TENANT, "b.example": OTHER}))
    assert [offer["tenant_id"] for offer in instance(Asking, verdict).offers["tenants"]] == [TENANT, OTHER]


def test_believes_the_tenant_id_that_a_person_entered():
    told = desired(answers={"customer": {"tenant_id": OTHER.upper()}})
    verdict = assess(told, Facts({"a.example": TENANT, "b.example": OTHER}))
    assert evidence_of(verdict) == CustomerEvidence(OTHER, "b.example")


def test_asks_microsoft_about_each_domain(graph):
    tenant = FakeTenant(graph, tenants={"nordwind.example": TENANT})
    facts = CustomerRecord().read(tenant, desired(domains=("nordwind.example", "new.example")))
    assert facts.tenants == {"nordwind.example": TENANT, "new.example": None}
