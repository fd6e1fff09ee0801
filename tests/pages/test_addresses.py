"""Where a customer's data goes: changed by one person before a tenant is bound, by two people after it (attack S-1)."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import Http404
from django.test import Client
from django.urls import reverse

from onboarding.customers import answers, proposals, records
from onboarding.customers.base import Refused
from onboarding.domain.encryption import CannotDecrypt
from onboarding.domain.verdicts import Done
from onboarding.engine.load_desired import load_desired
from onboarding.models import Customer, CustomerSecret, Event, Onboarding, Proposal, TenantBinding
from onboarding.models.onboarding import LeaseLost
from onboarding.steps.customer.causes import ADDRESS_MISSING
from tests import builders
from tests.graphclient.entra import TENANT
from tests.narrow import present

from .desk import TOKEN_NEEDED, open_record, post, read, stand, token_of

pytestmark = pytest.mark.django_db
COLLECTOR = "collector.attacker.example"
OTHER: dict[str, Any] = {"product": "home", "haiilo_host": "contoso.haiilo.app"}
OWN = {"product": "home", "haiilo_host": "people.contoso.com"}
REASON = "Called Eva Berg on the number in the contract."


@pytest.fixture
def bound(alice: Client, customer: Onboarding) -> Onboarding:
    """A customer of alice's and bob's whose tenant is verified."""
    return bind(customer)


def bind(made: Onboarding) -> Onboarding:
    TenantBinding.objects.create(
        onboarding=made, tenant_id=TENANT, verified_domain="contoso.example", admin_object_id="x"
    )
    return made


def form_of(made, **changed):
    """The record's form as it stands, with these fields changed."""
    customer = Customer.objects.get(pk=made.customer_id)
    names = ("name", "product", "haiilo_host", "contact_name", "contact_email")
    return {**{name: getattr(customer, name) for name in names}, "domains": "contoso.example", **changed}


def address(made):
    """Product and host as they stand in the record."""
    return Customer.objects.values_list("product", "haiilo_host").get(pk=made.customer_id)


def propose(made, after=OTHER, by="alice"):
    return proposals.propose(made, Proposal.Kind.ADDRESS, after, actor=builders.person(by), reason=REASON)


def enter_token(made, token="hat_secret", **named):
    answers.answer(
        made, "connection", actor=builders.person("alice"), answer={}, secrets={"scim_token": token}, **named
    )


def newest_line(made):
    return str(Event.objects.filter(onboarding=made).order_by("-pk")[0].sentence)


# One person


@pytest.mark.parametrize("changed", [{"product": "home", "haiilo_host": COLLECTOR}, OTHER, {"product": "home"}])
def test_lets_nobody_send_the_people_of_a_bound_customer_elsewhere_alone(alice, bound, changed):
    """S-1: as a member of the portfolio without any other right, by the record's form and past it."""
    before = address(bound)
    page = post(alice, "customer_edit", bound.pk, **form_of(bound, **changed))
    assert "locked" in page.text
    with pytest.raises(Refused, match="locked"):
        records.update_customer(bound, actor=builders.person("alice"), **changed)
    assert address(bound) == before


def test_takes_no_host_of_an_attacker_before_a_tenant_is_bound_either(alice, customer):
    before = address(customer)
    page = post(alice, "customer_edit", customer.pk, **form_of(customer, product="home", haiilo_host=COLLECTOR))
    assert f"{COLLECTOR} is not an address of Haiilo Home" in page.text
    for host in (COLLECTOR, "contoso.smarpshare.com@evil.example"):
        with pytest.raises(Refused):
            records.update_customer(customer, actor=builders.person("alice"), product="home", haiilo_host=host)
    assert address(customer) == before


def test_moves_to_another_address_of_haiilos_while_no_tenant_is_bound(alice, customer):
    bind(builders.onboarding())
    post(alice, "customer_edit", customer.pk, **form_of(customer, **OTHER))
    assert address(customer) == ("home", "contoso.haiilo.app")


def test_changes_everything_else_while_the_address_is_locked(alice, bound):
    page = read(alice.get(reverse("customer_edit", args=[bound.pk])))
    assert "haiilo_host" not in page.form(having="domains").fields
    assert "Both are locked since the tenant was verified" in page.text
    post(alice, "customer_edit", bound.pk, **form_of(bound, name="Contoso Renamed"))
    assert Customer.objects.get(pk=bound.customer_id).name == "Contoso Renamed"


def test_says_before_and_after_in_the_timeline(alice, customer):
    host = customer.customer.haiilo_host
    post(alice, "customer_edit", customer.pk, **form_of(customer, **OTHER, domains="contoso.de"))
    event = Event.objects.get(onboarding=customer, kind="changed")
    for words in (f"Haiilo address: {host} → contoso.haiilo.app", "Product: advocacy → home", "→ contoso.de"):
        assert words in str(event.sentence)
    assert event.detail["changed"]["haiilo_host"] == [host, "contoso.haiilo.app"]
    assert event.actor == builders.person("alice")
    assert "Contact" not in str(event.sentence)


def test_ends_a_run_that_knows_the_former_address(customer):
    lease = builders.claimed(customer.pk)
    records.update_customer(customer, actor=builders.person("alice"), **OTHER)
    with pytest.raises(LeaseLost):
        builders.found(lease, "customer", Done())


# Two people


def test_moves_when_a_second_person_approves(alice, bob, bound):
    host = bound.customer.haiilo_host
    page = post(alice, "propose_address", bound.pk, **OTHER, reason=REASON)
    assert "A new Haiilo address is proposed" in page.text
    assert address(bound) == ("advocacy", host)
    row = Proposal.objects.get()
    seen = open_record(bob, bound).text
    for words in (REASON, f"{host} → contoso.haiilo.app", "Advocacy → Home", "Approve: data may go there"):
        assert words in seen
    post(bob, "proposal_decide", bound.pk, row.pk, decision="approve")
    assert address(bound) == ("home", "contoso.haiilo.app")
    row.refresh_from_db()
    assert (row.proposed_by, row.decided_by, row.accepted) == (builders.person("alice"), builders.person("bob"), True)
    lines = Event.objects.filter(kind="proposal").order_by("pk")
    assert [present(line.actor).username for line in lines] == ["alice", "bob"]
    assert f"Approved: Haiilo Home at contoso.haiilo.app, so far Haiilo Advocacy at {host}" in newest_line(bound)
    assert builders.state(bound, "connection").checked_at is None


def test_lets_the_author_approve_nothing(alice, bound):
    row, before = propose(bound), address(bound)
    assert "Approve: data may go there" not in open_record(alice, bound).text
    page = post(alice, "proposal_decide", bound.pk, row.pk, decision="approve")
    assert "Somebody else in your team has to approve it" in page.text
    assert address(bound) == before


def test_leaves_the_address_when_it_is_rejected(alice, bob, bound):
    row, before = propose(bound), address(bound)
    post(bob, "proposal_decide", bound.pk, row.pk, decision="reject")
    page = post(bob, "proposal_decide", bound.pk, row.pk, decision="approve")
    assert "decided already" in page.text
    assert address(bound) == before
    assert "It stays Haiilo Advocacy at" in newest_line(bound)


def test_approves_nothing_that_was_proposed_for_another_state_of_the_record(bob, customer):
    row = propose(customer)
    records.update_customer(customer, actor=builders.person("alice"), haiilo_host="meanwhile.smarpshare.com")
    with pytest.raises(Refused, match="changed since"):
        proposals.approve(row, actor=builders.person("bob"))
    assert address(customer) == ("advocacy", "meanwhile.smarpshare.com")


@pytest.mark.parametrize(
    "host", ["localhost", "metadata.google.internal", "people.contoso.com:8443", "evil-haiilo.app"]
)
def test_proposes_no_host_that_is_none(alice, bound, host):
    page = post(alice, "propose_address", bound.pk, product="home", haiilo_host=host, reason=REASON)
    assert page.form(having="haiilo_host").fields["haiilo_host"].value == host
    with pytest.raises(Refused):
        propose(bound, {"product": "home", "haiilo_host": host})
    assert not Proposal.objects.exists()


def test_proposes_nothing_without_a_reason_and_nothing_that_is_so_already(alice, bound):
    page = post(alice, "propose_address", bound.pk, **OTHER, reason="")
    assert "Say how you know" in page.text
    product, host = address(bound)
    page = post(alice, "propose_address", bound.pk, product=product, haiilo_host=host, reason=REASON)
    assert "so already" in page.text
    assert not Proposal.objects.exists()


def test_keeps_one_proposal_of_a_kind_at_a_time(alice, bob, bound):
    propose(bound)
    page = post(bob, "propose_address", bound.pk, **OWN, reason=REASON)
    assert "proposed already" in page.text
    assert Proposal.objects.count() == 1


def test_is_nothing_for_strangers(charlie, bound):
    row = propose(bound)
    assert charlie.get(reverse("propose_address", args=[bound.pk])).status_code == 404
    assert charlie.post(reverse("propose_address", args=[bound.pk]), {**OTHER, "reason": "x"}).status_code == 404
    decided = reverse("proposal_decide", args=[bound.pk, row.pk])
    assert charlie.post(decided, {"decision": "approve"}).status_code == 404
    for act in (proposals.approve, proposals.reject):
        with pytest.raises(Http404):
            act(row, actor=builders.person("charlie"))
    with pytest.raises(Http404):
        propose(bound, by="charlie")


# A customer's own address


def test_makes_a_customer_with_an_address_of_its_own_wait_for_a_colleague(alice):
    given = {
        "name": "Contoso",
        **OWN,
        "domains": "contoso.com",
        "contact_name": "Eva",
        "contact_email": "eva@contoso.com",
    }
    page = post(alice, "customer_new", **given)
    assert "is not an address of Haiilo Home" in page.text
    assert "How do you know that this address is the customer's own?" in page.text
    assert not Customer.objects.exists()
    page = post(alice, "customer_new", **given, own_address_reason=REASON)
    made = Customer.objects.get().onboarding
    assert address(made) == ("home", "")
    assert "not under a domain of Haiilo's" in page.text
    assert load_desired(made.pk).haiilo_host == ""
    builders.portfolio(builders.person("bob"))
    proposals.approve(Proposal.objects.get(), actor=builders.person("bob"))
    assert address(made) == ("home", "people.contoso.com")


def test_leaves_an_own_address_alone_when_something_else_is_changed(alice, bob, customer):
    proposals.approve(propose(customer, OWN), actor=builders.person("bob"))
    post(alice, "customer_edit", customer.pk, **form_of(customer, name="Contoso Renamed"))
    assert Customer.objects.get(pk=customer.customer_id).name == "Contoso Renamed"
    assert address(customer) == ("home", "people.contoso.com")


# One host, one customer


def test_gives_the_host_of_one_customer_to_no_other(alice, bob, bound):
    taken = builders.onboarding(None, **OTHER).customer.haiilo_host
    with pytest.raises(Refused, match="has the address"):
        propose(bound, {"product": "home", "haiilo_host": taken})
    free = builders.onboarding()
    with pytest.raises(Refused, match="has the address"):
        records.update_customer(free, actor=builders.person("alice"), product="home", haiilo_host=taken.upper())
    with pytest.raises(Refused, match="has the address"):
        builders.onboarding(None, **OTHER)


def test_approves_no_host_that_another_customer_got_meanwhile(bob, bound):
    row, before = propose(bound), address(bound)
    builders.onboarding(None, **OTHER)
    with pytest.raises(Refused, match="has the address"):
        proposals.approve(row, actor=builders.person("bob"))
    assert address(bound) == before


# The stored token


def test_keeps_the_tokens_of_two_customers_apart(customer):
    other = builders.onboarding(builders.person("alice"))
    for made, token in ((customer, "hat_1"), (other, "hat_2")):
        enter_token(made, token)
    assert [present(load_desired(made.pk).scim_token).reveal() for made in (customer, other)] == ["hat_1", "hat_2"]


def test_erases_a_stored_token_when_one_person_moves_the_customer(customer):
    enter_token(customer)
    records.update_customer(customer, actor=builders.person("alice"), haiilo_host="contoso9.smarpshare.com")
    assert not CustomerSecret.objects.exists()
    assert load_desired(customer.pk).scim_token is None


def test_erases_a_stored_token_when_two_people_move_the_customer(bob, bound):
    enter_token(bound)
    proposals.approve(propose(bound), actor=builders.person("bob"))
    assert not CustomerSecret.objects.exists()


def test_keeps_the_token_when_something_else_is_changed(customer):
    enter_token(customer)
    records.update_customer(customer, actor=builders.person("alice"), name="Contoso Renamed")
    assert present(load_desired(customer.pk).scim_token).reveal() == "hat_secret"


def test_gives_a_token_that_was_entered_for_another_host_to_no_step(customer):
    """Past all services: somebody writes into the table."""
    enter_token(customer)
    Customer.objects.filter(pk=customer.customer_id).update(haiilo_host="collector.smarpshare.com")
    desired = load_desired(customer.pk)
    assert (desired.scim_token, desired.scim_token_saved_at, desired.scim_token_misfit) == (None, None, True)
    secret = CustomerSecret.objects.get(onboarding=customer)
    secret.sealed_for = "collector.smarpshare.com"
    with pytest.raises(CannotDecrypt):
        secret.open(secret.sealed_for)


def test_takes_no_token_that_was_read_off_another_address(alice, customer):
    stand(customer, "connection", TOKEN_NEEDED)
    typed = token_of(customer, "hat_of_the_former_address")
    records.update_customer(customer, actor=builders.person("alice"), haiilo_host="contoso9.smarpshare.com")
    page = post(alice, "step", customer.pk, "connection", **typed)
    assert "The address is contoso9.smarpshare.com now" in page.text
    with pytest.raises(Refused):
        enter_token(customer, meant_for=typed["host"])
    assert not CustomerSecret.objects.exists()


def test_takes_no_token_while_there_is_nowhere_to_send_it(customer):
    Customer.objects.filter(pk=customer.customer_id).update(haiilo_host="")
    with pytest.raises(Refused, match="nowhere to send"):
        enter_token(customer)


def test_offers_to_propose_an_address_where_none_is_confirmed_or_proposed(alice, customer):
    Customer.objects.filter(pk=customer.customer_id).update(haiilo_host="")
    stand(customer, "customer", ADDRESS_MISSING.asking())
    page = open_record(alice, customer)
    assert "no address yet" in page.text
    assert reverse("propose_address", args=[customer.pk]) in page.html
    assert "Correct the domains" not in page.text
    propose(customer, OWN)
    assert "Propose an address" not in open_record(alice, customer).text
