"""Two people, or a person and the engine, at one step in the same moment: nobody's word is lost."""

from __future__ import annotations

from functools import partial

import pytest

from onboarding.customers import answers
from onboarding.domain.sentences import say
from onboarding.domain.verdicts import Change, Todo
from onboarding.models import CustomerSecret, Onboarding, StepState
from onboarding.models.onboarding import LeaseLost
from tests import builders
from tests.pages.crowd import at_once, behind

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
