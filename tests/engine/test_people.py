"""Two people at one step, one after the other: both are kept, or the second is told what the first said."""

from __future__ import annotations

import pytest

from onboarding.customers import answers, records
from onboarding.customers.base import Refused
from onboarding.domain.verdicts import Done
from onboarding.models import CustomerSecret, Onboarding
from onboarding.models.onboarding import LeaseLost
from tests import builders

pytestmark = pytest.mark.django_db


def customer():
    made = builders.onboarding()
    builders.portfolio(builders.person("bob"))
    return made


def says(made, name, *, shown=None, key="sso_application", secrets=None, **answer):
    answers.answer(made, key, actor=builders.person(name), answer=answer, secrets=secrets, shown=shown)


def test_keeps_what_two_people_said_of_different_things():
    made = customer()
    says(made, "alice", shown="", app_id="a-1")
    says(made, "bob", shown="", existing_job="adopt")
    assert builders.state(made, "sso_application").answer == {"app_id": "a-1", "existing_job": "adopt"}


def test_tells_the_second_person_what_the_first_said():
    made = customer()
    says(made, "alice", shown="", app_id="a-1")
    with pytest.raises(Refused) as refused:
        says(made, "bob", shown="", app_id="b-2")
    assert str(refused.value.sentence).startswith("alice has just answered “a-1” here.")
    assert builders.state(made, "sso_application").answer == {"app_id": "a-1"}


def test_takes_the_second_answer_from_whoever_has_seen_the_first():
    made = customer()
    says(made, "alice", shown="", app_id="a-1")
    says(made, "bob", shown=builders.state(made, "sso_application").answered_when, app_id="b-2")
    assert builders.state(made, "sso_application").answer == {"app_id": "b-2"}


def test_takes_what_the_same_person_says_anew():
    made = customer()
    says(made, "alice", shown="", app_id="a-1")
    says(made, "alice", shown="", app_id="b-2")
    assert builders.state(made, "sso_application").answer == {"app_id": "b-2"}


def test_takes_the_same_answer_twice():
    made = customer()
    for name in ("alice", "bob"):
        says(made, name, shown="", app_id="a-1")
    assert builders.state(made, "sso_application").answered_by == builders.person("bob")


def test_takes_an_answer_to_a_step_that_was_never_read():
    made = customer()
    made.steps.all().delete()
    says(made, "alice", shown="", app_id="a-1")
    assert builders.state(made, "sso_application").answer == {"app_id": "a-1"}


def test_takes_another_answer_than_that_of_somebody_who_has_left():
    made = customer()
    says(made, "bob", shown="", app_id="b-2")
    builders.person("bob").delete()
    says(made, "alice", shown="", app_id="a-1")
    assert builders.state(made, "sso_application").answer == {"app_id": "a-1"}


def test_does_not_take_another_customers_answer_for_this_ones():
    says(customer(), "bob", app_id="b-2")
    made = customer()
    says(made, "alice", shown="", app_id="a-1")
    assert builders.state(made, "sso_application").answer == {"app_id": "a-1"}


def test_does_not_take_an_answer_to_another_step_for_this_one():
    made = customer()
    says(made, "bob", key="pilot", app_id="b-2")
    says(made, "alice", shown="", app_id="a-1")
    assert builders.state(made, "sso_application").answer == {"app_id": "a-1"}


def test_asks_nobody_who_was_shown_nothing():
    made = customer()
    says(made, "alice", app_id="a-1")
    says(made, "bob", app_id="b-2")
    assert builders.state(made, "sso_application").answer == {"app_id": "b-2"}


def test_tells_the_second_person_that_there_is_a_token():
    made = customer()
    says(made, "alice", shown="", key="connection", secrets={"scim_token": "one"}, token_saved=True)
    with pytest.raises(Refused) as refused:
        says(made, "bob", shown="", key="connection", secrets={"scim_token": "two"}, token_saved=True)
    assert str(refused.value.sentence).startswith("alice has just answered here.")
    assert CustomerSecret.objects.get().open(made.customer.haiilo_host).reveal() == "one"


@pytest.mark.parametrize("act", ["pause", "answer", "record"])
def test_ends_the_run_that_is_under_way(act):
    made = customer()
    lease = builders.claimed(made.pk)
    owner = builders.owner_of(made)
    if act == "pause":
        records.pause(made, actor=owner)
    elif act == "answer":
        says(made, "alice", app_id="a-1")
    else:
        records.update_customer(made, actor=owner, haiilo_host="another.smarpshare.com")
    assert not Onboarding.objects.renew(lease)
    assert (Onboarding.objects.claim(made.pk) is not None) is (act != "pause")
    with pytest.raises(LeaseLost):
        builders.found(lease, "mappings", Done())
