"""What stands before a change in a customer's tenant. Each test makes its own rows, so that it can be asked of a
program with one check taken out (test_no_gate_is_idle.py).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import override_settings

from onboarding.customers import answers
from onboarding.customers.base import Refused
from onboarding.domain import consent_sizes
from onboarding.domain.sentences import say
from onboarding.domain.verdicts import Change, Done, Todo, Waiting, fingerprint
from onboarding.engine import approvals, gate, ledger
from onboarding.engine.gate import Held
from onboarding.engine.ledger import Cost
from onboarding.engine.load_desired import load_desired
from onboarding.engine.working_copy import WorkingCopy
from onboarding.models import Approval, Event, Onboarding, ReadOnlyMode, Stop, clock
from onboarding.steps import by_key
from onboarding.steps.shared.owner_causes import OWNS_TOO_MUCH
from tests import builders
from tests.stored import Stored

pytestmark = pytest.mark.django_db

BACK_UP = Change("back_up_mapping", say("Back it up."), payload={"basis": "1"})
WRITE = Change("write_mapping", say("Write it."), payload={"basis": "1"})
PLAN = Todo(say("To do."), [BACK_UP, WRITE], say("Write"))
OF_TWO = replace(PLAN, changes=[replace(WRITE, takes_two=True)])
OTHER = Todo(say("To do."), [replace(WRITE, payload={"basis": "2"})], say("Write"))
MAPPINGS, CONNECTION = by_key("mappings"), by_key("connection")


def customer(*, live=False):
    """Alice's and bob's."""
    made = builders.onboarding()
    builders.portfolio(builders.person("bob"))
    if live:
        Onboarding.objects.filter(pk=made.pk).update(state="live", live_at=clock.now())
    return made


def asked(made, change, approval=None, key="mappings"):
    """Whether the gate lets this change through."""
    try:
        gate.check(Onboarding.objects.get(pk=made.pk), key, change, approval)
    except Held:
        return False
    return True


def permit(made, todo, step=MAPPINGS, **desired):
    row = Onboarding.objects.get(pk=made.pk)
    wanted = replace(load_desired(made.pk), **desired)
    return gate.permit(step, todo, wanted, onboarding_id=made.pk, live=row.live_at is not None)


def approve(made, by="alice"):
    return builders.approved(made, "mappings", PLAN, by=by)


# Just before a request


def test_lets_a_customer_that_is_not_live_act_by_itself():
    assert asked(customer(), WRITE)


def test_lets_through_each_change_that_was_approved():
    made = customer(live=True)
    number = approve(made).pk
    assert asked(made, BACK_UP, number)
    assert asked(made, WRITE, number)


@pytest.mark.parametrize("state", ["paused", "closed"])
def test_holds_what_is_at_rest(state):
    made = customer()
    number = approve(made).pk
    Onboarding.objects.filter(pk=made.pk).update(state=state)
    assert not asked(made, WRITE, number)
    assert not asked(made, WRITE)


def test_holds_all_while_all_changes_are_stopped():
    made = customer()
    number = approve(made).pk
    Stop.objects.create(at=clock.now(), by="alice", reason="Something is wrong.")
    assert not asked(made, WRITE, number)
    assert not asked(made, WRITE)
    Stop.objects.update(ended_at=clock.now())
    assert asked(made, WRITE, number)


def test_holds_what_nobody_approved_on_a_live_customer():
    assert not asked(customer(live=True), WRITE)


@pytest.mark.parametrize("ended", ["used_at", "withdrawn_at"])
def test_holds_what_was_approved_once(ended):
    made = customer()
    row = approve(made)
    Approval.objects.update(**{ended: clock.now()})
    assert not asked(made, WRITE, row.pk)


def test_holds_what_was_approved_for_another_customer():
    assert not asked(customer(), WRITE, approve(customer()).pk)


def test_holds_what_was_approved_in_another_step():
    made = customer()
    assert not asked(made, WRITE, approve(made).pk, key="enable")


def test_holds_another_change_than_the_approved_one():
    made = customer()
    assert not asked(made, OTHER.changes[0], approve(made).pk)


@pytest.mark.parametrize("gone", ["off", "left", "deleted"])
def test_holds_what_somebody_approved_who_may_not_any_more(gone):
    made = customer()
    bob = builders.person("bob")
    number = approve(made, by="bob").pk
    assert asked(made, WRITE, number)
    if gone == "off":
        bob.is_active = False
        bob.save()
    elif gone == "left":
        made.customer.portfolio.members.remove(bob)
    else:
        bob.delete()
    assert not asked(made, WRITE, number)
    assert permit(made, PLAN) is None


@pytest.mark.parametrize(("proposed_by", "counts"), [(None, False), ("alice", False), ("bob", True)])
def test_holds_what_takes_two_people_unless_another_one_proposed_it(proposed_by, counts):
    made = customer()
    proposer = builders.person(proposed_by) if proposed_by else None
    number = builders.approved(made, "mappings", OF_TWO, proposed_by=proposer).pk
    assert asked(made, OF_TWO.changes[0], number) is counts
    assert (permit(made, OF_TWO) is not None) is counts


def test_lets_one_person_do_both_where_the_setting_says_so():
    made = customer()
    number = builders.approved(made, "mappings", OF_TWO, proposed_by=builders.person("alice")).pk
    with override_settings(SINGLE_APPROVER=True):
        assert asked(made, OF_TWO.changes[0], number)


def test_holds_what_somebody_proposed_who_may_not_any_more():
    made, bob = customer(), builders.person("bob")
    number = builders.approved(made, "mappings", OF_TWO, proposed_by=bob).pk
    made.customer.portfolio.members.remove(bob)
    assert not asked(made, OF_TWO.changes[0], number)


# Of a whole plan


def test_permits_by_itself_what_asks_nobody():
    assert permit(customer(), PLAN, CONNECTION) == gate.Permit((BACK_UP, WRITE))


def test_permits_what_was_approved_as_it_was_approved():
    made = customer(live=True)
    number = approve(made).pk
    assert permit(made, PLAN) == gate.Permit((BACK_UP, WRITE), number)


def test_permits_the_rest_of_a_plan_of_which_a_part_is_done():
    made = customer()
    number = approve(made).pk
    assert permit(made, replace(PLAN, changes=[WRITE])) == gate.Permit((WRITE,), number)


def test_permits_nothing_that_nobody_approved():
    assert permit(customer(), PLAN) is None
    assert permit(customer(), replace(PLAN, asks=True), CONNECTION) is None
    assert permit(customer(live=True), PLAN, CONNECTION) is None


def test_permits_no_other_plan_than_the_approved_one():
    made = customer()
    approve(made)
    assert permit(made, OTHER) is None


def test_permits_nothing_while_all_changes_are_stopped():
    made = customer()
    Stop.objects.create(at=clock.now(), by="alice", reason="Something is wrong.")
    assert permit(made, PLAN, CONNECTION) is None


def test_permits_nothing_while_we_only_watch():
    assert permit(customer(), PLAN, CONNECTION, size=consent_sizes.MONITOR) is None


def test_permits_nothing_while_we_own_too_much():
    made = customer()
    made.steps.filter(key="readiness").update(code=OWNS_TOO_MUCH.code)
    assert permit(made, PLAN, CONNECTION) is None


# How an approval ends


def look(made, verdict, **applied):
    """The engine finds `verdict`, after it has made these changes."""
    Onboarding.objects.filter(pk=made.pk).update(next_run_at=clock.now(), leased_until=None)
    copy = WorkingCopy(builders.claimed(made.pk))
    plan = copy.rows.approved["mappings"]
    for change in applied.values():
        ledger.applied(copy, "mappings", change, None)
    ledger.record(copy, "mappings", verdict, Cost())
    ledger.settle_approval(copy, "mappings", plan, verdict)


def ended(row):
    row.refresh_from_db()
    return "used" if row.used_at else "withdrawn" if row.withdrawn_at else "open"


def test_is_used_up_once_the_step_is_done():
    made = customer()
    row = approve(made)
    look(made, Done(Stored({})))
    assert ended(row) == "used"


def test_is_used_up_once_all_is_made_and_something_else_is_asked():
    made = customer()
    row = approve(made)
    look(made, OTHER, one=BACK_UP, two=WRITE)
    assert ended(row) == "used"
    assert not Event.objects.filter(kind="withdrawn").exists()


@pytest.mark.parametrize("verdict", [PLAN, Waiting(say("Soon."), timedelta(seconds=1))])
def test_stays_while_what_was_made_is_not_seen_yet(verdict):
    made = customer()
    row = approve(made)
    look(made, verdict, one=BACK_UP, two=WRITE)
    assert ended(row) == "open"


def test_is_withdrawn_when_the_plan_has_become_another_one():
    made = customer()
    row = approve(made)
    look(made, OTHER, one=BACK_UP)
    assert ended(row) == "withdrawn"
    assert Event.objects.filter(kind="withdrawn").count() == 1
    look_again = permit(made, PLAN)
    assert look_again is None, "a plan that comes back has to be approved again"


# What people are told


def planned(made, todo=PLAN):
    Onboarding.objects.filter(pk=made.pk).update(next_run_at=clock.now(), leased_until=None)
    builders.found(builders.claimed(made.pk), "mappings", todo)
    return fingerprint(todo.changes)


def yes(made, shown, by="alice"):
    answers.approve_plan(made, "mappings", actor=builders.person(by), fingerprint=shown)


def test_keeps_the_changes_as_they_were_shown():
    made = customer()
    yes(made, planned(made))
    [row] = Approval.objects.open()
    assert approvals.plan_of(row, made).changes == (BACK_UP, WRITE)
    line = Event.objects.get(kind="approved")
    assert line.detail == {"approval": row.pk, "plan": row.fingerprint}


def test_takes_the_same_yes_twice_for_once():
    made = customer()
    shown = planned(made)
    yes(made, shown)
    yes(made, shown)
    assert Approval.objects.count() == Event.objects.filter(kind="approved").count() == 1


def test_tells_the_second_person_who_has_approved_it():
    made = customer()
    shown = planned(made)
    yes(made, shown)
    with pytest.raises(Refused) as refused:
        yes(made, shown, by="bob")
    assert str(refused.value.sentence) == "alice has approved this plan already."


def test_lets_somebody_else_approve_what_stands_no_more():
    made = customer()
    shown = planned(made)
    yes(made, shown, by="bob")
    made.customer.portfolio.members.remove(builders.person("bob"))
    yes(made, shown)
    [row] = Approval.objects.open()
    assert row.approved_by == builders.person("alice")


@pytest.mark.parametrize("verdict", [OTHER, Done(Stored({})), Waiting(say("Soon."), timedelta(seconds=1))])
def test_approves_nothing_that_is_not_planned_now(verdict):
    made = customer()
    shown = planned(made)
    planned_now(made, verdict)
    with pytest.raises(Refused):
        yes(made, shown)
    assert not Approval.objects.exists()


def planned_now(made, verdict):
    Onboarding.objects.filter(pk=made.pk).update(next_run_at=clock.now(), leased_until=None)
    builders.found(builders.claimed(made.pk), "mappings", verdict)


def test_approves_no_plan_of_another_customer():
    shown = planned(customer())
    with pytest.raises(Refused):
        yes(customer(), shown)
    assert not Approval.objects.exists()


def test_approves_nothing_of_a_step_that_was_never_read():
    made = customer()
    made.steps.all().delete()
    with pytest.raises(Refused):
        yes(made, "0" * 24)


def test_approves_nothing_alone_that_takes_two_people():
    made = customer()
    shown = planned(made, OF_TWO)
    with pytest.raises(Refused):
        yes(made, shown)
    assert not Approval.objects.exists()


def test_approves_nothing_while_we_only_watch():
    made = customer()
    shown = planned(made)
    ReadOnlyMode.objects.create(onboarding=made, asked_at=clock.now(), reads_only_since=clock.now())
    with pytest.raises(Refused):
        yes(made, shown)
    assert not Approval.objects.exists()


def test_approves_nothing_while_all_changes_are_stopped():
    made = customer()
    shown = planned(made)
    Stop.objects.create(at=clock.now(), by="alice", reason="Something is wrong.")
    with pytest.raises(Refused):
        yes(made, shown)
    assert not Approval.objects.exists()
