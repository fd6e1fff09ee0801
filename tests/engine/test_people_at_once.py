"""Two people, or a person and the engine, at one step in the same moment: nobody's word is lost."""

from __future__ import annotations

from functools import partial

import pytest

from onboarding.customers import answers
from onboarding.domain.sentences import say
from onboarding.domain.verdicts import Change, Done, Todo
from onboarding.engine import ledger
from onboarding.engine.working_copy import WorkingCopy
from onboarding.models import Approval, CustomerSecret, Onboarding, StepState
from onboarding.models.onboarding import LeaseLost
from tests import builders
from tests.pages.crowd import at_once, behind
from tests.stored import Stored

pytestmark = pytest.mark.django_db(transaction=True)

PLAN = Todo(say("To do."), [Change("write_mapping", say("Write it."), payload={"basis": "1"})], say("Write"))


@pytest.fixture
def made():
    made = builders.onboarding()
    builders.portfolio(builders.person("bob"))
    builders.found(builders.claimed(made.pk), "mappings", PLAN)
    Onboarding.objects.update(leased_until=None)
    return made


def says(made, name, key="mappings", **answer):
    return partial(answers.answer, made, key, actor=builders.person(name), answer=answer)


def step(made, key="mappings"):
    return StepState.objects.filter(onboarding=made, key=key)


def test_keeps_the_answers_of_two_people(made):
    results = behind(step(made), says(made, "alice", one=1), says(made, "bob", two=2))
    assert results == [None, None]
    assert step(made).get().answer == {"one": 1, "two": 2}


def approves(made, name):
    shown = step(made).get().plan["fingerprint"]
    return partial(answers.approve_plan, made, "mappings", actor=builders.person(name), fingerprint=shown)


@pytest.mark.parametrize("first", ["approves", "answers"])
def test_keeps_an_approval_beside_an_answer(made, first):
    acts = [approves(made, "alice"), says(made, "bob", one=1)]
    results = behind(step(made), *(acts if first == "approves" else reversed(acts)))
    assert results == [None, None]
    assert Approval.objects.open().count() == 1
    assert step(made).get().answer == {"one": 1}


def test_brings_no_approval_back_that_was_used_up_meanwhile(made):
    approves(made, "alice")()
    copy = WorkingCopy(builders.claimed(made.pk))
    plan = copy.rows.approved["mappings"]
    done = partial(ledger.settle_approval, copy, "mappings", plan, Done(Stored({})))
    assert behind(Onboarding.objects.filter(pk=made.pk), done, says(made, "bob", one=1)) == [None, None]
    assert not Approval.objects.open().exists()
    assert Approval.objects.exclude(used_at=None).count() == 1


def test_takes_two_tokens_at_once(made):
    def enter(name):
        return partial(
            answers.answer,
            made,
            "connection",
            actor=builders.person(name),
            answer={"token_saved": True},
            secrets={"scim_token": f"token of {name}"},
        )

    for _round in range(5):
        CustomerSecret.objects.all().delete()
        assert at_once(enter("alice"), enter("bob")) == [None, None]
        assert CustomerSecret.objects.count() == 1


@pytest.mark.parametrize("act", ["recheck", "answer"])
def test_does_not_lock_against_the_engine(made, act):
    Onboarding.objects.update(leased_until=None)
    lease = builders.claimed(made.pk)
    click = {
        "recheck": partial(answers.recheck, made, actor=builders.person(), step_key="mappings"),
        "answer": says(made, "alice", one=1),
    }[act]
    results = behind(step(made), click, partial(builders.found, lease, "mappings", PLAN))
    assert [each for each in results if each is not None and not isinstance(each, LeaseLost)] == []
