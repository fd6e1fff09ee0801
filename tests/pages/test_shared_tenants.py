"""Several records in one tenant by a yes of two people, and several tenants of one customer (public case 14)."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from django.http import Http404
from django.test import Client
from django.urls import reverse

from onboarding.customers import contacts, links, proposals
from onboarding.customers.base import Refused
from onboarding.domain.sentences import say
from onboarding.domain.verdicts import Asking, Court
from onboarding.engine import neighbours, tenant_binding
from onboarding.engine.load_desired import load_desired
from onboarding.engine.working_copy import WorkingCopy
from onboarding.models import Customer, Event, Link, Onboarding, Proposal, TenantBinding
from onboarding.steps.customer.causes import TENANT_SHARED
from tests import builders
from tests.narrow import instance, present

from .desk import open_record, post, read, stand

pytestmark = pytest.mark.django_db

TENANT, OTHER = "11111111-2222-4333-8444-555555555555", "99999999-2222-4333-8444-555555555555"
EVIDENCE = {"tenant_id": TENANT, "domain": "contoso.example"}
REASON = "Called Eva Berg: Advocacy and Home, both theirs."
PROOF = {**EVIDENCE, "tenant_name": "Contoso", "verified_domain": "contoso.example"} | {
    "admin_object_id": "x",
    "admin_name": "Eva Berg",
}


@pytest.fixture
def first(alice: Client) -> Onboarding:
    """Contoso's record for Advocacy, with its tenant verified and its application chosen."""
    made = builders.onboarding(name="Contoso")
    builders.done(
        made, customer=EVIDENCE, sso_application={"service_principal_id": "sp-1", "app_id": "a-1", "name": "Haiilo"}
    )
    TenantBinding.objects.create(
        onboarding=made, tenant_id=TENANT, verified_domain="contoso.example", admin_object_id="x", application_id="sp-1"
    )
    return made


@pytest.fixture
def second(first: Onboarding) -> Onboarding:
    """Contoso's record for Home, whose domain leads to the same tenant."""
    made = builders.onboarding(name="Contoso Home", product="home", haiilo_host="contoso.haiilo.app")
    refused = instance(Asking, neighbours.refusal_to_expect(made.pk, EVIDENCE))
    assert refused.code == TENANT_SHARED.code
    return stand(made, "customer", refused)


def test_offers_no_link_that_would_be_refused_and_says_why_in_its_place(alice: Client, second: Onboarding) -> None:
    for path in (reverse("record", args=[second.pk]), reverse("contacts", args=[second.pk])):
        page = read(alice.get(path), path)
        assert "Create a link" not in page.text
        assert "E-mail a link" not in page.text
        assert page.text.count(str(builders.state(second, "customer").sentence)) >= 1 + ("contacts" not in path)
    stand(second, "consent", Asking(say("Send the link."), Court.CS, code="no_link"))
    for path in (reverse("record", args=[second.pk]), reverse("contacts", args=[second.pk])):
        assert "Create a link" in read(alice.get(path), path).text


@pytest.fixture
def agreed(second: Onboarding, bob: Client) -> Onboarding:
    proposals.approve(propose(second), actor=builders.person("bob"))
    return second


def propose(made, by="alice"):
    return proposals.propose(
        made, Proposal.Kind.SHARING, {"tenant_id": TENANT}, actor=builders.person(by), reason=REASON
    )


def bind(made):
    Onboarding.objects.filter(pk=made.pk).update(leased_until=None, next_run_at=made.created_at)
    return tenant_binding.bind(WorkingCopy(builders.claimed(made.pk)), PROOF)


# Said before a link goes out


def test_says_at_once_that_another_record_has_the_tenant(alice, second):
    page = open_record(alice, second)
    assert "Another record has the Microsoft tenant of contoso.example already" in page.text
    for words in ("In the same Microsoft tenant", "Contoso", "Advocacy", "application Haiilo", "verified"):
        assert words in page.text
    assert "Both records belong in this tenant" in page.text


def test_shows_each_beside_the_other(alice, first, agreed):
    assert bind(agreed) is None
    assert "Contoso Home" in open_record(alice, first).text
    assert "contoso.haiilo.app" in open_record(alice, first).text


def test_names_no_record_to_whom_may_not_see_it(charlie, first):
    theirs = builders.onboarding(builders.person("charlie"), name="Charlie's")
    builders.portfolio(builders.person("charlie"), name="Another team")
    Customer.objects.filter(pk=theirs.customer_id).update(
        portfolio=builders.portfolio(builders.person("charlie"), name="Another team")
    )
    builders.portfolio().members.remove(builders.person("charlie"))
    stand(theirs, "customer", instance(Asking, neighbours.refusal_to_expect(theirs.pk, EVIDENCE)))
    page = open_record(charlie, theirs)
    assert "One record of another team is there, too." in page.text
    assert "Contoso" not in page.text.replace("contoso.example", "")
    assert first.customer.haiilo_host not in page.html


def test_makes_no_link_before_two_people_agree(alice, second):
    with pytest.raises(Refused, match="Another record has"):
        links.issue_link(second, actor=builders.person())
    for act in (contacts.link_by_hand, contacts.link_by_letter):
        with pytest.raises(Refused, match="Another record has"):
            act(second.contacts.get(), actor=builders.person())
    assert "Another record has" in post(alice, "link_issue", second.pk).text
    page = post(alice, "contact_link", second.pk, second.contacts.get().pk)
    assert "Another record has" in page.text
    assert not Link.objects.exists()


def test_expects_no_tenant_that_another_record_found_earlier(alice):
    earlier, later = builders.onboarding(), builders.onboarding()
    builders.done(earlier, customer=EVIDENCE)
    assert neighbours.is_taken(later.pk, TENANT)
    builders.done(later, customer=EVIDENCE)
    assert not neighbours.is_taken(earlier.pk, TENANT)
    assert neighbours.is_taken(later.pk, TENANT)
    Onboarding.objects.filter(pk=earlier.pk).update(state="closed")
    assert not neighbours.is_taken(later.pk, TENANT)


# Two people


def test_lets_both_share_it_when_a_second_person_agrees(alice, bob, first, second):
    page = post(alice, "propose_sharing", second.pk, tenant_id=TENANT, reason=REASON)
    assert "Two records are to share a tenant" in page.text
    assert bind(second) is not None
    row = Proposal.objects.get()
    assert REASON in open_record(bob, second).text
    post(bob, "proposal_decide", second.pk, row.pk, decision="approve")
    assert neighbours.refusal_to_expect(second.pk, EVIDENCE) is None
    assert bind(second) is None
    assert list(TenantBinding.objects.order_by("pk").values_list("shared", flat=True)) == [False, True]
    told = Event.objects.filter(onboarding=first, kind="proposal")
    assert "two people have agreed" in str(told.get().sentence)


def test_is_nothing_for_one_person(alice, second):
    row = propose(second)
    page = post(alice, "proposal_decide", second.pk, row.pk, decision="approve")
    assert "Somebody else in your team has to approve it" in page.text
    assert present(bind(second)).code == "tenant_taken"
    assert TenantBinding.objects.count() == 1


def test_shares_nothing_when_it_is_rejected_or_for_strangers(bob, charlie, second):
    row = propose(second)
    with pytest.raises(Http404):
        proposals.approve(row, actor=builders.person("charlie"))
    proposals.reject(row, actor=builders.person("bob"))
    assert neighbours.agreed(second.pk) == ""
    assert charlie.post(reverse("propose_sharing", args=[second.pk]), {"reason": "x"}).status_code == 404


@pytest.mark.parametrize("wish", [{"tenant_id": OTHER, "reason": REASON}, {"tenant_id": TENANT, "reason": ""}])
def test_proposes_to_share_only_the_tenant_in_question_and_with_a_reason(alice, second, wish):
    post(alice, "propose_sharing", second.pk, **wish)
    assert not Proposal.objects.exists()


def test_agrees_for_one_tenant_and_for_no_other(agreed):
    TenantBinding.objects.update(tenant_id=OTHER)
    assert neighbours.is_taken(agreed.pk, OTHER)


def test_needs_the_proof_all_the_same(agreed):
    assert load_desired(agreed.pk).proved is None


# An application each


def test_gives_an_application_of_the_tenant_to_one_record(first, agreed):
    assert bind(agreed) is None
    assert load_desired(agreed.pk).taken_applications == {"sp-1": "a-1"}
    assert load_desired(first.pk).taken_applications == {}
    Onboarding.objects.filter(pk=agreed.pk).update(leased_until=None)
    copy = WorkingCopy(builders.claimed(agreed.pk))
    taken = tenant_binding.claim_application(copy, {"service_principal_id": "sp-1", "name": "Haiilo"})
    assert instance(Asking, taken).code == "application_taken"
    assert tenant_binding.claim_application(copy, {"service_principal_id": "sp-2", "name": "Haiilo Home"}) is None
    assert TenantBinding.objects.get(onboarding=agreed).application_id == "sp-2"


def test_keeps_a_tenant_for_one_record_past_all_services(first):
    other = builders.onboarding()
    with pytest.raises(IntegrityError), transaction.atomic():
        TenantBinding.objects.create(onboarding=other, tenant_id=TENANT, verified_domain="x", admin_object_id="x")


# Several tenants of one customer


def test_adds_a_record_for_another_tenant_of_the_same_customer(alice, first):
    address = reverse("customer_new") + f"?belongs_to={first.pk}"
    page = read(alice.get(address))
    assert "A further record of Contoso" in page.text
    assert page.form(having="domains").fields["contact_name"].value == "Eva Berg"
    given = {"name": "Contoso Oy", "product": "advocacy", "haiilo_host": "contoso-oy.smarpshare.com"}
    given |= {"domains": "contoso.fi", "contact_name": "Eva Berg", "contact_email": "eva@contoso.fi"}
    alice.post(address, given)
    made = Customer.objects.get(name="Contoso Oy").onboarding
    assert "Other tenants of this customer" in open_record(alice, made).text
    assert "contoso-oy.smarpshare.com" in open_record(alice, first).text
    alice.post(
        reverse("customer_new") + f"?belongs_to={made.pk}", {**given, "name": "C 3", "haiilo_host": "c3.smarpshare.com"}
    )
    assert Customer.objects.filter(belongs_to=first.customer).count() == 2


def test_adds_none_to_a_customer_of_another_team(charlie, first):
    assert charlie.get(reverse("customer_new") + f"?belongs_to={first.pk}").status_code == 404
