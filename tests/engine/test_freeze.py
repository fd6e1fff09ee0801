"""While our application owns more in a tenant than the one application, nothing is written there, approved or not."""

from __future__ import annotations

import pytest
from django.utils import timezone

from devtools.stack.keys import SCOPED_CLIENT_ID
from graphclient import GraphClient
from onboarding.customers import answers, base
from onboarding.domain.sentences import say
from onboarding.domain.verdicts import Todo
from onboarding.engine import holds, ledger, reconcile
from onboarding.models import Onboarding, StepState
from onboarding.steps import STEPS
from onboarding.steps.shared.owner_causes import OWNS_TOO_MUCH
from tests import builders

from .conftest import answer_all, as_own_application, look
from .test_sizes import admin_of, payroll_of, scoped_customer


def by_hand(far):
    """Somebody at the customer who may change provisioning."""
    client_id = "0ad30000-0000-4000-8000-000000000003"
    permissions = ("Synchronization.ReadWrite.All", "Application.Read.All")
    return GraphClient(as_own_application(far, client_id, "The portal", *permissions))


def stopped(far, made):
    """A live customer whose job somebody stopped: its restart is planned and waits for a yes."""
    job = far.jobs()[0]
    by_hand(far).synchronization.pause(far["service_principal_id"], job["id"])
    ledger.make_stale(made.pk)
    look(made)
    state = builders.state(made, "enable")
    assert state.kind == "todo"
    return state


@pytest.mark.django_db
def test_carries_out_no_approved_plan_until_the_ownership_is_given_back(registered, far):
    made = scoped_customer(far)
    far.own(SCOPED_CLIENT_ID)
    made = answer_all(made, far)
    plan = stopped(far, made).plan
    payroll_of(far)
    ledger.make_stale(made.pk)
    # the yes was given a moment before the ownership was noticed
    answers.approve_plan(made, "enable", actor=builders.owner_of(made), fingerprint=plan["fingerprint"])
    before = len(far.graph_calls("POST", "/start"))
    look(made)
    assert holds.owns_too_much(made.pk) is not None
    assert len(far.graph_calls("POST", "/start")) == before
    with pytest.raises(base.Refused):
        answers.approve_plan(made, "enable", actor=builders.owner_of(made), fingerprint=plan["fingerprint"])
    (extra,) = builders.state(made, "readiness").offers["owned_beside"]
    method, _space, address = extra["request"].partition(" ")
    admin_of(far).send(method, address.removeprefix("https://graph.microsoft.com/v1.0"))
    ledger.make_stale(made.pk)
    look(made)
    assert holds.owns_too_much(made.pk) is None
    assert len(far.graph_calls("POST", "/start")) == before + 1


@pytest.mark.django_db
def test_applies_nothing_by_itself_either(registered, far):
    made = answer_all(scoped_customer(far), far, until="readiness")
    visit = reconcile.Reconciliation(_lease(made))
    state = StepState.objects.get(onboarding=made, key="readiness")
    connection = next(step for step in STEPS if step.key == "connection")
    todo = Todo(say("x"), [], say("x"))
    visit.live = False
    assert visit._permit(connection, todo)
    StepState.objects.filter(pk=state.pk).update(code=OWNS_TOO_MUCH.code)
    assert not visit._permit(connection, todo)


def _lease(made):
    Onboarding.objects.filter(pk=made.pk).update(next_run_at=timezone.now())
    return builders.claimed(made.pk)
