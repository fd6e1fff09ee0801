import pytest

from graphclient import OtherCloud, Rejected, Throttled, Unavailable, Unreadable
from onboarding.domain.verdicts import Asking, Court, Done, Waiting
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


# Clouds, and answers that cannot be read (public case 09)

GOV = OtherCloud("x", cloud="us-gov-l4")


def judge(graph, tenants, **wishes):
    wished = desired(domains=tuple(name for name in tenants if "." in name), **wishes)
    return assess(wished, CustomerRecord().read(FakeTenant(graph, tenants=tenants), wished))


@pytest.mark.parametrize("cloud", ["us-gov-l4", "us-gov-l5", "china", "other"])
def test_says_that_a_tenant_is_in_another_cloud(graph, cloud):
    verdict = instance(Asking, judge(graph, {"usgovagency.example": OtherCloud("x", cloud=cloud)}))
    assert (verdict.code, verdict.court) == ("other_cloud", Court.CS)
    assert "We cannot set it up there yet" in str(verdict.question)
    assert {"us-gov-l4": "US Government", "us-gov-l5": "Defense", "china": "China", "other": "another"}[cloud] in str(
        verdict.question
    )


def test_says_the_same_of_a_tenant_id_that_was_typed_in(graph):
    named = {"customer": {"tenant_id": OTHER}}
    verdict = instance(Asking, judge(graph, {"usgovagency.example": GOV, OTHER: GOV}, answers=named))
    assert verdict.code == "other_cloud"


def test_goes_on_with_an_ordinary_domain_beside_one_of_another_cloud(graph):
    done = instance(Done, judge(graph, {"mixedco.example": TENANT, "usgovagency.example": GOV}))
    assert evidence_of(done) == CustomerEvidence(TENANT, "mixedco.example")
    [warning] = map(str, done.warnings)
    assert "usgovagency.example" in warning
    assert "US Government" in warning


@pytest.mark.parametrize("error", [Unreadable("x"), Rejected("x"), Unavailable("x")])
def test_names_a_domain_that_cannot_be_read_and_goes_on_with_the_others(graph, error):
    done = instance(Done, judge(graph, {"nordwind.example": TENANT, "odd.example": error}))
    [warning] = map(str, done.warnings)
    assert "odd.example" in warning


@pytest.mark.parametrize("others", [{}, {"unknown.example": None}, {"usgovagency.example": GOV}])
def test_waits_for_an_answer_that_can_be_read(graph, others):
    verdict = instance(Waiting, judge(graph, {"odd.example": Unreadable("x"), **others}))
    assert verdict.court is Court.MICROSOFT
    assert "odd.example" in str(verdict.why)


def test_waits_as_long_as_microsoft_says_where_nothing_else_was_found(graph):
    with pytest.raises(Throttled):
        judge(graph, {"nordwind.example": Throttled(retry_after=9.0), "unknown.example": None})


@pytest.mark.parametrize(
    ("answer", "code"), [(None, "no_such_tenant"), (TENANT, None), (Unreadable("x"), "waiting"), (GOV, "other_cloud")]
)
def test_looks_at_a_tenant_id_as_at_a_domain(graph, answer, code):
    named = {"customer": {"tenant_id": TENANT}}
    verdict = judge(graph, {"nordwind.example": None, TENANT: answer}, answers=named)
    if code is None:
        assert isinstance(verdict, Done)
    elif code == "waiting":
        assert isinstance(verdict, Waiting)
    else:
        assert instance(Asking, verdict).code == code
