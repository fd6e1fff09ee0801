"""The whole directory was switched on by somebody: only whoever is assigned is sent again, by a person's yes (F25)."""

from __future__ import annotations

import json

import pytest

from onboarding.customers import answers, entered_token
from onboarding.customers.base import Refused
from onboarding.models import Approval, CustomerSecret, Event
from onboarding.steps.live.causes import Code
from onboarding.steps.scope.step import Scope
from tests import builders

from .conftest import answer_all, by_hand, look

pytestmark = pytest.mark.django_db
PUT, RESTART = "/synchronization/secrets", "/restart"


@pytest.fixture
def live(consented, far):
    """A live customer whose scope counts only after a restart, as Microsoft has it."""
    made = answer_all(consented, far)
    assert made.state == "live"
    far.switch(F25=True)
    return made


def switch(far, *, everybody, lets_through=5, restarts=True):
    """As somebody does in the portal, which saves all settings."""
    guard = {"Enabled": False, "DeleteThresholdEnabled": True, "DeleteThresholdValue": lets_through + 1}
    sync, app = by_hand(far).synchronization, far["service_principal_id"]
    values = {**sync.secrets(app), "SecretToken": far["scim_token"], "SyncAll": str(everybody).lower()}
    values["SyncNotificationSettings"] = json.dumps(guard)
    sync.put_secrets(app, values)
    [job] = far.jobs()
    if restarts:
        sync.restart(app, job["id"], "")


def a_cycle(far):
    far.control.advance_clock(minutes=41)
    far.run_cycles()


def state(made):
    return builders.state(made, "live")


def next_look(made):
    made.steps.filter(key="live").update(checked_at=None)
    return look(made)


def enter(made, far):
    owner, answer = builders.owner_of(made), {"token_saved": True}
    answers.answer(made, "connection", actor=owner, answer=answer, secrets={"scim_token": far["scim_token"]})
    return look(made)


def approve(made):
    shown = state(made).plan["fingerprint"]
    answers.approve_plan(made, "live", actor=builders.owner_of(made), fingerprint=shown)
    return look(made)


def calls(far):
    return len(far.graph_calls("PUT", PUT)), len(far.graph_calls("POST", RESTART))


def active(far):
    """Who has an account in Haiilo that is not switched off."""
    return {each["userName"] for each in far.arrived() if each["active"]}


@pytest.fixture
def whole(live, far):
    before = active(far)
    switch(far, everybody=True, lets_through=100)
    a_cycle(far)
    assert active(far) > before
    made = next_look(live)
    assert (state(made).kind, state(made).code, state(made).court) == ("broken", Code.WHOLE_DIRECTORY, "customer")
    return made


def test_offers_nothing_without_a_token_and_says_so(whole):
    assert not state(whole).plan
    assert "enter one in the step “Connection”" in " ".join(str(each["text"]) for each in state(whole).warnings)


def test_sends_only_assigned_people_again_once_it_is_approved_and_tells_when_a_sync_has_proved_it(whole, far):
    before, everybody = calls(far), active(far)
    made = enter(whole, far)
    assert (state(made).code, state(made).court, calls(far)) == (Code.SWITCH_BACK, "cs", before)
    notes = builders.state(made, "connection").warnings
    assert any("open the step “Live” first" in str(each["text"]) for each in notes)

    made = approve(made)
    assert calls(far) == (before[0] + 1, before[1] + 1)
    assert state(made).kind == "waiting"
    look(made)
    assert builders.state(made, "connection").kind == "done"
    assert not CustomerSecret.objects.filter(onboarding=made).exists(), "Microsoft has it"
    assert builders.state(made, Scope.key).evidence["sync_all"] is False

    a_cycle(far)
    made = next_look(made)
    assert state(made).kind == "done", state(made).code
    assert active(far) < everybody
    assert Event.objects.filter(onboarding=made, kind="proved", step="live").count() == 1
    made = next_look(made)
    assert calls(far) == (before[0] + 1, before[1] + 1)
    assert not Approval.objects.open().filter(onboarding=made).exists()


def test_does_nothing_where_the_customer_has_switched_it_back_meanwhile(whole, far):
    made = enter(whole, far)
    shown = state(made).plan["fingerprint"]
    switch(far, everybody=False, restarts=False)
    answers.approve_plan(made, "live", actor=builders.owner_of(made), fingerprint=shown)
    before = calls(far)
    made = look(made)
    assert (calls(far), state(made).kind) == (before, "done")
    assert not Approval.objects.open().filter(onboarding=made, step="live").exists()


def test_says_so_where_microsoft_holds_the_removals_back(whole, far):
    switch(far, everybody=True)
    made = enter(next_look(whole), far)
    lines = [line["text"] for line in state(made).plan["changes"][0]["details"]]
    assert [line["values"] for line in lines if "are held back" in line.get("several", "")] == [{"guard": 5}]
    made = approve(made)
    a_cycle(far)
    assert state(next_look(made)).code == Code.REMOVALS_HELD


def test_asks_again_where_it_is_switched_a_second_time(whole, far):
    made = approve(enter(whole, far))
    a_cycle(far)
    made = next_look(made)
    switch(far, everybody=True)
    before = calls(far)
    made = enter(next_look(made), far)
    assert (state(made).code, calls(far)) == (Code.SWITCH_BACK, before)


def test_lets_nobody_withdraw_a_token_that_is_perhaps_being_saved(whole, far):
    made = enter(whole, far)
    entered = builders.state(made, "connection").offers["entered"]["at"]
    row = state(made)
    [change] = row.plan["changes"]
    begun = {"at": entered, "tries": 1, "looks": 0, "change": change["key"], "summary": change["summary"]}
    row.intents = {**row.intents, f"{change['key']}:0": begun}
    row.save()
    with pytest.raises(Refused, match="being saved"):
        entered_token.withdraw(made, actor=builders.owner_of(made), entered_at=entered)
