"""Removals that are held back go through by the customer's word and two of us; or they end where nobody would go."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from onboarding.customers import answers, proposals, removals
from onboarding.customers.base import Refused
from onboarding.domain.standings import Standing
from onboarding.engine import approvals
from onboarding.models import Approval, Event, Link, Proposal, RemovalsAnswer, clock
from onboarding.people.leavers import leavers
from onboarding.steps.live.causes import Code
from tests import builders

from .conftest import answer_all, look

pytestmark = pytest.mark.django_db
USERS, SOME = 12, 7  # the guard lets five through
DAY = 24 * 60


@pytest.fixture
def far(tenant_at):
    return tenant_at(users=USERS)


@pytest.fixture
def bob():
    bob = builders.person("bob")
    builders.portfolio(bob)
    return bob


def next_look(made):
    made.steps.filter(key="live").update(checked_at=None)
    return look(made)


def a_cycle(far, *, minutes=41):
    """Microsoft syncs about every 40 minutes, and more seldom in quarantine."""
    far.control.advance_clock(minutes=minutes)
    far.run_cycles()


def direct(made):
    """Members who are assigned directly, and in Haiilo as they should be."""
    rows = made.people.filter(standing=Standing.ARRIVED, is_guest=False).order_by("user_name")
    return [row.user_name for row in rows if row.paths[0]["by"] == "direct"]


def assign(far, names, *, back):
    for name in names:
        far.change_user(name, assigned=back)


@pytest.fixture
def held(consented, far):
    """A live customer seven of whose twelve people were unassigned by somebody, which Microsoft holds back."""
    made = answer_all(consented, far)
    assert made.state == "live"
    assign(far, direct(made)[:SOME], back=False)
    a_cycle(far)
    made = next_look(made)
    assert state(made).code == Code.REMOVALS_HELD
    return made


def state(made):
    return builders.state(made, "live")


def link_of(made):
    return Link.objects.filter(onboarding=made).exclude(used_at=None).get()


def say(made, *, intended):
    removals.answer(link_of(made), intended=intended, whom=leavers(made).whom)
    return look(made)


def lets_through(far):
    """How often the job was restarted, which here is done to let removals through alone."""
    return len(far.graph_calls("POST", "/restart"))


def propose(made, by):
    after = {"plan": state(made).plan["fingerprint"]}
    return proposals.propose(made, Proposal.Kind.REMOVALS, after, actor=by, reason="Called Eva Berg.")


def test_lists_who_would_go(held):
    assert leavers(held).count == SOME
    assert held.standings[Standing.HELD_BACK] == SOME


def test_lets_them_through_once_the_customer_and_two_of_us_have_said_so(held, far, bob):
    alice = builders.owner_of(held)
    made = say(held, intended=True)
    assert (state(made).code, state(made).court) == (Code.REMOVALS_INTENDED, "cs")

    row = propose(made, alice)
    with pytest.raises(Refused, match="Somebody else"):
        proposals.approve(row, actor=alice)
    assert not lets_through(far)
    proposals.approve(row, actor=bob)
    made = look(made)
    assert lets_through(far) == 1

    a_cycle(far)
    made = next_look(made)
    assert state(made).kind == "done", state(made).code
    assert (made.standings.get(Standing.HELD_BACK), made.standings[Standing.GONE]) == (None, SOME)
    assert Event.objects.filter(onboarding=made, kind="proved", step="live").count() == 1
    next_look(made)
    assert lets_through(far) == 1
    assert not Approval.objects.open().filter(onboarding=made).exists()


def test_lets_nobody_approve_it_alone(held, far):
    made = say(held, intended=True)
    with pytest.raises(Refused, match="takes two people"):
        answers.approve_plan(made, "live", actor=builders.owner_of(made), fingerprint=state(made).plan["fingerprint"])
    look(made)
    assert not lets_through(far)


def test_counts_no_approval_of_one_person_wherever_it_comes_from(held, far):
    made = say(held, intended=True)
    approvals.approve(made.pk, "live", state(made).plan, actor=builders.owner_of(made))
    next_look(made)
    assert not lets_through(far)


def test_lets_nothing_through_where_the_customer_has_changed_their_mind(held, far, bob):
    made = say(held, intended=True)
    row = propose(made, builders.owner_of(made))
    proposals.approve(row, actor=bob)
    removals.answer(link_of(made), intended=False, whom=leavers(made).whom)
    made = look(made)
    assert not lets_through(far)
    assert (state(made).code, state(made).court) == (Code.REMOVALS_UNWANTED, "customer")


def test_asks_again_where_more_would_go_than_was_said(held, far, bob):
    made = say(held, intended=True)
    row = propose(made, builders.owner_of(made))
    assign(far, direct(made)[:1], back=False)
    a_cycle(far, minutes=DAY)
    made = next_look(made)
    assert leavers(made).count == SOME + 1, state(made).code
    assert state(made).code == Code.REMOVALS_HELD
    with pytest.raises(Refused, match="plan has changed"):
        proposals.approve(row, actor=bob)
    assert not lets_through(far)


def test_takes_no_answer_about_others_than_are_held_back_now(held):
    with pytest.raises(Refused, match="list has changed"):
        removals.answer(link_of(held), intended=True, whom="0" * 64)
    assert not RemovalsAnswer.objects.exists()


def test_starts_again_once_they_are_assigned_again(held, far, monkeypatch):
    gone = [person.user_name for person in held.people.filter(standing=Standing.HELD_BACK)]
    made = say(held, intended=False)
    assert state(made).code == Code.REMOVALS_UNWANTED
    assign(far, gone, back=True)
    # The sandbox's clock is ahead of ours: what is read from now on is newer than what it told.
    monkeypatch.setattr(clock, "now", lambda: timezone.now() + timedelta(days=9))
    made.steps.filter(key="scope").update(checked_at=None)
    made = next_look(made)
    assert (state(made).code, state(made).court) == (Code.REMOVALS_UNDONE, "cs")
    answers.approve_plan(made, "live", actor=builders.owner_of(made), fingerprint=state(made).plan["fingerprint"])
    made = look(made)
    assert not lets_through(far)
    monkeypatch.undo()
    a_cycle(far)
    made = next_look(made)
    assert (state(made).kind, made.standings.get(Standing.HELD_BACK)) == ("done", None)


def test_takes_no_answer_where_nothing_is_held_back(consented, far):
    made = answer_all(consented, far)
    with pytest.raises(Refused, match="does not say"):
        removals.answer(link_of(made), intended=True, whom="")
