"""A job that stands still on a live customer is started again by a person's yes, once it is shown that it can run."""

from __future__ import annotations

from datetime import timedelta

import pytest

from onboarding.customers import answers, stopping
from onboarding.models import Approval, Event, Onboarding, clock
from onboarding.steps.live.causes import Code
from tests import builders

from .conftest import answer_all, by_hand, delete_job, look, set_up_long_ago

pytestmark = pytest.mark.django_db


@pytest.fixture
def live(consented, far):
    made = answer_all(consented, far)
    assert made.state == "live"
    return made


def state(made):
    return builders.state(made, "live")


def a_cycle(far):
    """Microsoft syncs about every 40 minutes."""
    far.control.advance_clock(minutes=41)
    far.run_cycles()


def starts(far):
    return len(far.graph_calls("POST", "/start"))


def told(made, kind):
    return [str(each.sentence) for each in Event.objects.filter(onboarding=made, kind=kind, step="live")]


def approve(made):
    plan = state(made).plan
    answers.approve_plan(made, "live", actor=builders.owner_of(made), fingerprint=plan["fingerprint"])
    return look(made)


def next_look(made):
    made.steps.filter(key="live").update(checked_at=None)
    return look(made)


@pytest.fixture
def quarantined(live, far):
    """Haiilo refuses the token, and Microsoft's next sync puts the job into quarantine."""
    far.switch(F9=True)
    a_cycle(far)
    made = next_look(live)
    assert (state(made).kind, state(made).code) == ("broken", f"{WHY} / {REFUSED}")
    return made


WHY = "EncounteredQuarantineException"
REFUSED = "SystemForCrossDomainIdentityManagementCredentialValidationFailure"


def test_offers_no_start_while_the_token_is_refused(quarantined, far):
    assert not state(quarantined).plan
    assert ["by itself" in str(each) for each in state(quarantined).warnings] == [True, False]


def test_starts_once_it_is_approved_and_tells_when_a_sync_has_proved_it(quarantined, far):
    before = starts(far)
    far.switch(F9=False)
    made = next_look(quarantined)
    assert (state(made).kind, state(made).code) == ("broken", Code.QUARANTINE_OVER)
    assert starts(far) == before

    made = approve(made)
    assert starts(far) == before + 1
    assert told(made, "applied") == ["Start provisioning again."]

    a_cycle(far)
    made = next_look(made)
    assert state(made).kind == "done"
    assert len(told(made, "proved")) == 1
    assert starts(far) == before + 1
    made = next_look(made)
    assert len(told(made, "proved")) == 1
    assert not Approval.objects.open().filter(onboarding=made).exists()


def test_starts_nothing_where_the_token_is_refused_again_after_the_approval(quarantined, far):
    far.switch(F9=False)
    made, before = next_look(quarantined), starts(far)
    far.switch(F9=True)
    made = approve(made)
    assert starts(far) == before
    assert not state(made).plan
    far.switch(F9=False)
    made = next_look(made)
    assert (starts(far), state(made).code) == (before, Code.QUARANTINE_OVER)  # it takes another yes


def test_starts_nothing_that_sends_elsewhere_by_now(quarantined, far):
    far.switch(F9=False)
    made, before = next_look(quarantined), starts(far)
    graph, app = by_hand(far).synchronization, far["service_principal_id"]
    elsewhere = {"BaseAddress": "https://elsewhere.smarpshare.com/api/scim/v2", "SecretToken": "x"}
    graph.put_secrets(app, {**graph.secrets(app), **elsewhere})
    far.control.advance_clock(hours=1)
    made = approve(made)
    assert starts(far) == before
    assert state(made).code != Code.QUARANTINE_OVER


def test_starts_a_job_that_the_customer_has_stopped(live, far):
    [job] = far.jobs()
    by_hand(far).synchronization.pause(far["service_principal_id"], job["id"])
    made = next_look(live)
    assert (state(made).kind, state(made).code) == ("broken", Code.PAUSED)
    before = starts(far)
    approve(made)
    assert starts(far) == before + 1
    a_cycle(far)
    assert state(next_look(made)).kind == "done"


def test_waits_with_what_is_approved_while_all_changes_are_stopped(live, far):
    [job] = far.jobs()
    by_hand(far).synchronization.pause(far["service_principal_id"], job["id"])
    made, before = next_look(live), starts(far)
    plan = state(made).plan
    answers.approve_plan(made, "live", actor=builders.owner_of(made), fingerprint=plan["fingerprint"])
    stop = stopping.stop(by="alice", reason="Something is wrong.")
    look(made)
    assert starts(far) == before
    stop.delete()
    look(made)
    assert starts(far) == before + 1


def test_never_starts_unasked(live, far):
    [job] = far.jobs()
    by_hand(far).synchronization.pause(far["service_principal_id"], job["id"])
    before = starts(far)
    for _look in range(3):
        next_look(live)
    assert starts(far) == before
    assert Onboarding.objects.get(pk=live.pk).current_key == "live"


def test_has_the_step_say_the_same_whose_green_sign_it_gives_the_lie_to(quarantined, far):
    set_up_long_ago(quarantined)
    assert quarantined.next_run_at <= clock.now()  # at once
    made = look(quarantined)
    connection = builders.state(made, "connection")
    assert (connection.kind, connection.code, made.current_key) == ("asking", REFUSED, "connection")
    assert made.next_run_at > clock.now() + timedelta(minutes=20)  # and no more often than else

    far.switch(F9=False)
    made = next_look(made)
    assert (builders.state(made, "connection").kind, made.current_key) == ("done", "live")
    assert made.next_run_at > clock.now() + timedelta(minutes=20)


def test_asks_for_the_token_at_once_where_the_job_is_gone(live, far):
    delete_job(live, far)
    made = next_look(live)
    assert (state(made).code, made.next_run_at <= clock.now()) == (Code.JOB_GONE, True)
    made = look(made)
    assert (made.current_key, made.current_kind) == ("connection", "asking")
