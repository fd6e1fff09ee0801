"""Whoever presses Start has the people in scope counted anew, before anything is started."""

from __future__ import annotations

from typing import Any

import pytest

from devtools.stack.sandbox_control import SandboxTenant
from onboarding.customers import answers
from onboarding.engine.load_desired import load_desired
from onboarding.models import Approval, Onboarding
from onboarding.steps.enable.step import Enable
from onboarding.steps.scope.step import Scope
from tests import builders

from .conftest import answer_all, by_hand, look

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("exact_counts")]


def press_start(made: Onboarding) -> Onboarding:
    """Approve the plan as it is shown, and let the engine run once."""
    plan = builders.state(made, Enable.key).plan
    answers.approve_plan(made, Enable.key, actor=builders.owner_of(made), fingerprint=plan["fingerprint"])
    return look(made)


def assigned(far: SandboxTenant) -> list[dict[str, Any]]:
    there = far.directory()
    users = {user["id"]: user for user in there["users"]}
    return [users[each["principalId"]] for each in there["assignments"] if each["principalId"] in users]


def has_started(far: SandboxTenant) -> bool:
    return any(job["schedule"]["state"] == "Active" for job in far.jobs())


@pytest.fixture
def ready(consented: Onboarding, far: SandboxTenant) -> Onboarding:
    """Everything is done but the start, and the plan is shown."""
    return answer_all(consented, far, until=Enable.key)


def test_counts_once_more_and_starts_where_nothing_has_changed(ready, far):
    before = len(far.graph_calls("POST", "/$batch"))
    press_start(ready)
    assert len(far.graph_calls("POST", "/$batch")) > before
    assert has_started(far)


def test_shows_another_plan_where_somebody_left_since(ready, far):
    total = builders.state(ready, Scope.key).evidence["total"]
    enabled = [user for user in assigned(far) if user["accountEnabled"]]
    far.change_user(enabled[-1]["userPrincipalName"], assigned=False)
    press_start(ready)
    state = builders.state(ready, Enable.key)
    assert not has_started(far)
    assert (ready.current_key, state.kind) == (Enable.key, "todo")
    assert f"approved for {total}, and now {total - 1} people" in str(state.sentence)
    assert state.plan["changes"][0]["payload"]["people"] == total - 1
    assert "approved again" in str(ready.events.get(kind="withdrawn").sentence)
    press_start(ready)
    assert has_started(far)


def test_starts_nothing_where_everybody_was_unassigned_between_count_and_press(ready, far):
    far.switch(F12=True)
    press_start(ready)
    state = builders.state(ready, Scope.key)
    assert (ready.current_key, state.kind, state.code) == (Scope.key, "asking", "nobody_in_scope")
    assert not has_started(far)
    assert load_desired(ready.pk).approved == {}
    far.switch(F12=False)
    look(ready)
    answer_all(ready, far, until=Enable.key)
    assert not has_started(far), "who pressed did so for what was shown then"
    press_start(ready)
    assert has_started(far)


def test_counts_from_the_beginning_where_a_reading_was_under_way(ready, far):
    made = Onboarding.objects.get(pk=ready.pk)
    made.scope_reading |= {"phase": "people", "after": 10**9}
    made.save(update_fields=["scope_reading"])
    far.switch(F12=True)
    press_start(ready)
    assert builders.state(ready, Scope.key).code == "nobody_in_scope"
    assert Approval.objects.open().count() == 0


def test_lists_nobody_once_the_job_takes_the_whole_directory(ready, far):
    settings = {"SyncAll": "true", "SyncNotificationSettings": "{}"}
    stored = {"BaseAddress": far["base_url"], "SecretToken": far["scim_token"], **settings}
    by_hand(far).synchronization.put_secrets(far["service_principal_id"], stored)
    before = len(far.graph_calls("POST", "/$batch"))
    answers.recheck(ready, actor=builders.owner_of(ready), step_key=Scope.key)
    look(ready)
    state = builders.state(ready, Scope.key)
    assert (state.kind, state.evidence["sync_all"], state.evidence["total"]) == ("done", True, 0)
    assert (ready.scopes, ready.scope_reading, ready.scope_read_at) == ({}, {}, None)
    assert len(far.graph_calls("POST", "/$batch")) == before
    assert "whole directory" in str(builders.state(ready, Enable.key).sentence)


def test_starts_nothing_by_a_number_once_the_job_takes_the_whole_directory(ready, far):
    settings = {"SyncAll": "true", "SyncNotificationSettings": "{}"}
    stored = {"BaseAddress": far["base_url"], "SecretToken": far["scim_token"], **settings}
    by_hand(far).synchronization.put_secrets(far["service_principal_id"], stored)
    press_start(ready)
    said = builders.state(ready, Enable.key)
    assert not has_started(far)
    assert "now the whole directory is in scope" in str(said.sentence)
    [change] = said.plan["changes"]
    assert (change["payload"]["sync_all"], "people" in str(change["summary"]["text"])) == (True, False)
    press_start(ready)
    assert has_started(far)
