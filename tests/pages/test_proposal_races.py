"""Two people decide at the same moment, or the engine binds meanwhile: one of it counts."""

from __future__ import annotations

from functools import partial

import pytest

from onboarding.consent import round_trip
from onboarding.customers import links, proposals
from onboarding.customers.base import Refused
from onboarding.domain.verdicts import Done
from onboarding.engine import tenant_binding
from onboarding.engine.working_copy import WorkingCopy
from onboarding.models import Customer, Event, Onboarding, Proposal, StepState, TenantBinding
from onboarding.models.onboarding import LeaseLost
from tests import builders
from tests.graphclient.entra import OTHER_TENANT, TENANT
from tests.stored import Stored

from .crowd import at_once, behind

EVIDENCE = {
    "tenant_id": TENANT,
    "tenant_name": "Contoso",
    "verified_domain": "contoso.example",
    "admin_object_id": "x",
    "admin_name": "Eva Berg",
}


@pytest.fixture
def proposed() -> Proposal:
    """By alice; bob and carol may decide."""
    made = builders.onboarding()
    builders.portfolio(builders.person("bob"), builders.person("carol"))
    builders.done(made, customer={"tenant_id": TENANT, "domain": "contoso.example"})
    return proposals.propose(
        made,
        Proposal.Kind.TENANT,
        {"tenant_id": OTHER_TENANT},
        actor=builders.person("alice"),
        reason="They moved.",
    )


def by(name, decide, row):
    return partial(decide, row, actor=builders.person(name))


def expected(row: Proposal) -> tuple[str, str]:
    """On the record, and for links."""
    evidence = StepState.objects.get(onboarding=row.onboarding_id, key="customer").evidence
    return Customer.objects.get(pk=row.onboarding.customer_id).tenant_hint, evidence["tenant_id"]


def claim(row: Proposal):
    return builders.claimed(row.onboarding_id)


def onboardings(row: Proposal):
    return Onboarding.objects.filter(pk=row.onboarding_id)


@pytest.mark.django_db(transaction=True)
def test_lets_one_of_twenty_approvals_count(proposed):
    acts = [by(("bob", "carol")[number % 2], proposals.approve, proposed) for number in range(20)]
    results = at_once(*acts)
    assert [each for each in results if each is not None and not isinstance(each, Refused)] == []
    assert results.count(None) == 1
    assert Event.objects.filter(kind="proposal").count() == 2
    assert expected(proposed) == (OTHER_TENANT, OTHER_TENANT)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first", ["approve", "reject"])
def test_lets_either_an_approval_or_a_rejection_count(proposed, first):
    acts = [by("bob", proposals.approve, proposed), by("carol", proposals.reject, proposed)]
    results = behind(onboardings(proposed), *(acts if first == "approve" else reversed(acts)))
    assert results.count(None) == 1
    proposed.refresh_from_db()
    wanted = (OTHER_TENANT, OTHER_TENANT) if proposed.accepted else ("", TENANT)
    assert expected(proposed) == wanted


@pytest.mark.django_db(transaction=True)
def test_binds_the_former_tenant_or_expects_the_other_but_not_both(proposed):
    lease = claim(proposed)
    results = behind(
        onboardings(proposed),
        partial(tenant_binding.bind, WorkingCopy(lease), EVIDENCE),
        by("bob", proposals.approve, proposed),
    )
    bound = TenantBinding.objects.filter(onboarding=proposed.onboarding_id).first()
    proposed.refresh_from_db()
    assert (bound is not None) is not proposed.accepted
    kinds = [type(each) for each in results]
    assert kinds == ([type(None), Refused] if bound else [LeaseLost, type(None)])


@pytest.mark.django_db
def test_takes_nothing_more_from_a_worker_that_still_expects_the_former_tenant(proposed):
    lease = claim(proposed)
    by("bob", proposals.approve, proposed)()
    former = Done(Stored({"tenant_id": TENANT, "domain": "contoso.example"}))
    for write in (
        partial(builders.found, lease, "customer", former),
        partial(tenant_binding.bind, WorkingCopy(lease), EVIDENCE),
    ):
        with pytest.raises(LeaseLost):
            write()
    assert expected(proposed) == (OTHER_TENANT, OTHER_TENANT)
    assert not TenantBinding.objects.exists()


@pytest.mark.django_db
def test_lets_another_worker_look_at_once(proposed):
    claim(proposed)
    by("bob", proposals.approve, proposed)()
    assert Onboarding.objects.due().filter(pk=proposed.onboarding_id).exists()


@pytest.mark.django_db
def test_expects_the_approved_tenant_of_a_link_at_once(proposed):
    link, _token = links.issue_link(proposed.onboarding, actor=builders.person("alice"))
    assert round_trip.expected_tenant(link) == TENANT
    by("bob", proposals.approve, proposed)()
    assert round_trip.expected_tenant(link) == OTHER_TENANT
