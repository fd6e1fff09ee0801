"""Two at once hand a secret over, or one does while a colleague enters one: one is kept, the other is told."""

from __future__ import annotations

from functools import partial

import pytest

from onboarding.customers import answers, handover
from onboarding.customers.base import Refused
from onboarding.models import CustomerSecret, Event, Onboarding, SecretRequest
from tests import builders
from tests.pages.crowd import at_once, behind

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def made():
    made = builders.onboarding()
    builders.granted(made, "0f0e0d0c-0000-4000-8000-000000000002")
    builders.portfolio(builders.person("bob"))
    return made


def hands_over(made, token):
    given = {"answer": {"token_saved": True}, "secrets": {"scim_token": token}}
    return partial(handover.hand_over, made.links.get(), asked=SecretRequest.objects.latest("pk").pk, **given)


def kept(made):
    return CustomerSecret.objects.get().open(made.customer.haiilo_host).reveal()


def test_asks_once_for_two(made):
    results = at_once(*(partial(handover.ask, made, actor=builders.person(name)) for name in ("alice", "bob")))
    assert results[0] == results[1] == SecretRequest.objects.get()


def test_keeps_one_of_two_presses(made):
    handover.ask(made, actor=builders.owner_of(made))
    first, second = behind(Onboarding.objects.filter(pk=made.pk), hands_over(made, "one"), hands_over(made, "two"))
    assert (first, type(second)) == (None, Refused)
    assert kept(made) == "one"
    assert Event.objects.filter(kind="answered").count() == 1


@pytest.mark.parametrize("first", ["admin", "colleague"])
def test_ends_cleanly_where_a_colleague_enters_one_at_once(made, first):
    handover.ask(made, actor=builders.owner_of(made))
    enters = partial(
        answers.answer,
        made,
        "connection",
        actor=builders.person("bob"),
        answer={"token_saved": True},
        secrets={"scim_token": "entered"},
        shown="",
    )
    acts = [hands_over(made, "handed over"), enters]
    results = behind(Onboarding.objects.filter(pk=made.pk), *(acts if first == "admin" else reversed(acts)))
    assert (results[0], type(results[1])) == (None, Refused)
    assert kept(made) == ("handed over" if first == "admin" else "entered")
    assert not SecretRequest.objects.get().is_open
