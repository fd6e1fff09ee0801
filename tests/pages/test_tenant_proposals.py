"""After an answer from another tenant: both are shown, and only two people together change the expected one."""

from __future__ import annotations

import pytest
from django.http import Http404
from django.test import Client
from django.urls import reverse

from onboarding.customers import answers, base, links, proposals, records
from onboarding.models import Customer, Event, Onboarding, Proposal, StepState, TenantBinding
from tests import builders
from tests.graphclient.entra import CLIENT, OTHER_TENANT, TENANT, Entra

from .desk import open_record, post
from .visitor import Invitation, Visitor, text_of

pytestmark = pytest.mark.django_db

REASON = "Called Eva Berg on the number in the contract."
WISH = {"tenant_id": OTHER_TENANT, "reason": REASON}


@pytest.fixture
def made(alice: Client, visitor: Visitor, invitation: Invitation) -> Onboarding:
    """A customer of alice's and bob's, for whom another tenant answered."""
    visitor.granted({**visitor.consent(invitation), "tenant": OTHER_TENANT})
    builders.portfolio(builders.person("bob"))
    return invitation.onboarding


@pytest.fixture
def bob(made: Onboarding) -> Client:
    client = Client()
    client.force_login(builders.person("bob"))
    return client


def expected(made):
    return Customer.objects.get(pk=made.customer_id).tenant_hint


def bind(made, tenant=TENANT):
    TenantBinding.objects.create(
        onboarding=made, tenant_id=tenant, verified_domain="contoso.example", admin_object_id="x"
    )


def test_shows_both_tenants_and_how_to_remove_our_application(alice, made):
    page = open_record(alice, made)
    for words in ("Another tenant answered", TENANT, OTHER_TENANT, "Enterprise apps", CLIENT):
        assert words in page.text


def test_changes_what_is_expected_when_a_second_person_approves(alice, bob, made):
    page = post(alice, "propose_tenant", made.pk, **WISH)
    assert "Another tenant is proposed" in page.text
    assert expected(made) == ""
    row = Proposal.objects.get()
    assert REASON in open_record(bob, made).text
    page = post(bob, "proposal_decide", made.pk, row.pk, decision="approve")
    assert expected(made) == OTHER_TENANT
    assert "Another tenant answered" not in page.text
    row.refresh_from_db()
    assert (row.proposed_by, row.decided_by, row.accepted) == (
        builders.person("alice"),
        builders.person("bob"),
        True,
    )
    who = list(Event.objects.filter(kind="proposal").order_by("pk").values_list("actor__username", flat=True))
    assert who == ["alice", "bob"]


def test_never_lets_the_author_approve(alice, made):
    post(alice, "propose_tenant", made.pk, **WISH)
    row = Proposal.objects.get()
    assert "Approve: expect this tenant" not in open_record(alice, made).text
    page = post(alice, "proposal_decide", made.pk, row.pk, decision="approve")
    assert "Somebody else in your team has to approve it" in page.text
    assert expected(made) == ""


def test_lets_one_person_do_both_only_where_the_setting_says_so(alice, made, settings):
    settings.SINGLE_APPROVER = True
    post(alice, "propose_tenant", made.pk, **WISH)
    post(alice, "proposal_decide", made.pk, Proposal.objects.get().pk, decision="approve")
    assert expected(made) == OTHER_TENANT


def test_leaves_everything_as_it_is_when_rejected(alice, bob, made):
    post(alice, "propose_tenant", made.pk, **WISH)
    row = Proposal.objects.get()
    post(bob, "proposal_decide", made.pk, row.pk, decision="reject")
    assert expected(made) == ""
    assert "Another tenant answered" in open_record(alice, made).text
    page = post(bob, "proposal_decide", made.pk, row.pk, decision="approve")
    assert "decided already" in page.text
    assert expected(made) == ""


def test_never_moves_a_binding(alice, bob, made):
    post(alice, "propose_tenant", made.pk, **WISH)
    bind(made)
    post(bob, "proposal_decide", made.pk, Proposal.objects.get().pk, decision="approve")
    assert expected(made) == ""
    Proposal.objects.all().delete()
    assert "never moved" in post(alice, "propose_tenant", made.pk, **WISH).text
    assert not Proposal.objects.exists()


def test_proposes_no_tenant_of_another_customer(alice, made):
    bind(builders.onboarding(), OTHER_TENANT)
    assert "belongs to another customer" in post(alice, "propose_tenant", made.pk, **WISH).text


def test_expects_a_tenant_of_another_customer_once_two_people_let_both_share_it(alice, bob, made):
    bind(builders.onboarding(), OTHER_TENANT)
    assert "If both belong there, propose to share it first." in open_record(alice, made).text
    post(alice, "propose_sharing", made.pk, **WISH)
    post(bob, "proposal_decide", made.pk, Proposal.objects.get().pk, decision="approve")
    post(alice, "propose_tenant", made.pk, **WISH)
    post(bob, "proposal_decide", made.pk, Proposal.objects.get(kind="tenant").pk, decision="approve")
    assert expected(made) == OTHER_TENANT


def test_proposes_a_tenant_that_is_free_where_other_customers_have_theirs(alice, made):
    bind(builders.onboarding(), "1" + OTHER_TENANT[1:])
    post(alice, "propose_tenant", made.pk, **WISH)
    assert Proposal.objects.exists()


@pytest.mark.parametrize("wish", [{**WISH, "reason": ""}, {**WISH, "tenant_id": "x"}, {**WISH, "tenant_id": TENANT}])
def test_needs_a_tenant_that_differs_and_a_reason(alice, made, wish):
    post(alice, "propose_tenant", made.pk, **wish)
    assert not Proposal.objects.exists()


def test_keeps_one_proposal_at_a_time(alice, bob, made):
    post(alice, "propose_tenant", made.pk, **WISH)
    page = post(bob, "propose_tenant", made.pk, **{**WISH, "tenant_id": "1" + OTHER_TENANT[1:]})
    assert "proposed already" in page.text
    assert Proposal.objects.count() == 1


def test_is_nothing_for_strangers(charlie, made):
    row = proposals.propose(
        made, Proposal.Kind.TENANT, {"tenant_id": OTHER_TENANT}, actor=builders.person("alice"), reason=REASON
    )
    assert charlie.post(reverse("propose_tenant", args=[made.pk]), WISH).status_code == 404
    assert charlie.post(reverse("proposal_decide", args=[made.pk, row.pk]), {"decision": "approve"}).status_code == 404
    with pytest.raises(Http404):
        proposals.approve(row, actor=builders.person("charlie"))


def test_has_no_side_door_for_one_person(alice, made):
    """The record and the step's question would change the expected tenant as well."""
    actor = builders.person("alice")
    with pytest.raises(base.Refused):
        answers.answer(made, "customer", actor=actor, answer={"tenant_id": OTHER_TENANT})
    for change in ({"tenant_hint": OTHER_TENANT}, {"domains": ["evil.example"]}):
        with pytest.raises(base.Refused):
            records.update_customer(made, actor=actor, **change)
    records.update_customer(made, actor=actor, name="Contoso Renamed")
    StepState.objects.filter(onboarding=made, key="customer").update(kind="asking", court="cs", done_at=None)
    page = post(alice, "step", made.pk, "customer", tenant_id=OTHER_TENANT)
    assert "a colleague has to approve it" in page.text


def test_lets_the_link_go_on_with_the_tenant_that_was_approved(alice, bob, made, far):
    post(alice, "propose_tenant", made.pk, **WISH)
    post(bob, "proposal_decide", made.pk, Proposal.objects.get().pk, decision="approve")
    builders.done(made, customer={"tenant_id": OTHER_TENANT, "domain": ""})
    _link, token = links.issue_link(made, actor=builders.person("alice"))
    visitor = Visitor(Entra(far, tenant=OTHER_TENANT).open())
    answer = visitor.client.post(reverse("link_begin", args=[token]))
    assert f"/{OTHER_TENANT}/" in answer["Location"]
    page = visitor.signed_in(visitor.entra.visit(answer["Location"]))
    assert page.status_code == 302, text_of(page)
