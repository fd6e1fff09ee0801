"""What an earlier release kept of an approval among the answers is carried over into a row of its own, and back."""

from __future__ import annotations

import importlib

import pytest
from django.apps import apps

from onboarding.domain.sentences import say
from onboarding.domain.verdicts import Change, Todo, fingerprint
from onboarding.engine import approvals, ledger
from onboarding.models import Approval, Onboarding, StepState, clock
from tests import builders

pytestmark = pytest.mark.django_db
migration = importlib.import_module("onboarding.migrations.0015_approvals")

WRITE = Change("write_mapping", say("Write it."), payload={"basis": "1"})
PLAN = Todo(say("To do."), [WRITE], say("Write"))


@pytest.fixture
def made() -> Onboarding:
    made = builders.onboarding()
    builders.found(builders.claimed(made.pk), "mappings", PLAN)
    return made


def approved_formerly(made, of):
    StepState.objects.filter(onboarding=made, key="mappings").update(answer={"approved_plan": of, "other": 1})
    ledger.note(made.pk, "approved", say("Plan approved."), step="mappings", actor=builders.person("alice"))


def test_carries_an_open_approval_over_and_back(made):
    approved_formerly(made, fingerprint(PLAN.changes))
    migration.carry_over(apps, None)
    [row] = Approval.objects.open()
    assert approvals.plan_of(row, made).changes == (WRITE,)
    assert (row.onboarding, row.step, row.approved_by) == (made, "mappings", builders.person("alice"))
    assert builders.state(made, "mappings").answer == {"other": 1}
    migration.carry_back(apps, None)
    assert builders.state(made, "mappings").answer == {"other": 1, "approved_plan": row.fingerprint}


def test_leaves_an_approval_behind_whose_plan_is_no_more_shown(made):
    approved_formerly(made, "0" * 24)
    migration.carry_over(apps, None)
    assert not Approval.objects.exists()
    assert builders.state(made, "mappings").answer == {"other": 1}


def test_makes_live_again_who_was_live_before_a_pause(made):
    other = builders.onboarding()
    Onboarding.objects.filter(pk=made.pk).update(state="open", live_at=clock.now())
    migration.live_again(apps, None)
    assert [Onboarding.objects.get(pk=each.pk).state for each in (made, other)] == ["live", "open"]
