"""Another token is entered for a live customer: the saved one stays in use, and what was entered can be withdrawn."""

from __future__ import annotations

import pytest
from django.http import Http404

from onboarding.customers import answers, entered_token
from onboarding.customers.base import Refused
from onboarding.models import Approval, CustomerSecret, Event, Onboarding
from onboarding.steps.connection.rotation import offered
from tests import builders
from tests.narrow import present

from .conftest import answer_all, look, set_up_long_ago

pytestmark = pytest.mark.django_db
FAILURE = "SystemForCrossDomainIdentityManagementCredentialValidationFailure"


@pytest.fixture
def live(consented, far):
    made = answer_all(consented, far)
    assert made.state == "live"
    return made


def state(made):
    return builders.state(made, "connection")


def enter(made, token):
    owner = builders.owner_of(made)
    answers.answer(made, "connection", actor=owner, answer={"token_saved": True}, secrets={"scim_token": token})
    return look(made)


def approve(made):
    shown = state(made).plan["fingerprint"]
    answers.approve_plan(made, "connection", actor=builders.owner_of(made), fingerprint=shown)
    return look(made)


def withdraw(made, by=None, entered_at=None):
    at = entered_at or state(made).offers["entered"]["at"]
    entered_token.withdraw(made, actor=by or builders.owner_of(made), entered_at=at)
    return look(made)


def saves(far):
    return len(far.graph_calls("PUT", "/synchronization/secrets"))


def is_served(made):
    """On the board among those who are live."""
    return (made.state, made.current_key, made.current_kind) == ("live", "live", "done")


def said(made):
    return [str(each.sentence) for each in Event.objects.filter(onboarding=made, step="connection").order_by("pk")]


def notes(made):
    return " ".join(str(each["text"]) for each in state(made).warnings)


@pytest.fixture
def refused(live, far):
    """The entered token was refused, rightly not saved, and the customer waits for us."""
    before = saves(far)
    made = approve(enter(live, "wrong"))
    assert (made.current_key, state(made).kind, state(made).code) == ("connection", "asking", FAILURE)
    assert saves(far) == before
    return made


def test_says_of_a_refused_token_that_the_saved_one_stays_in_use(refused):
    assert "was not saved. The saved one stays in use" in notes(refused)
    assert present(offered(state(refused).offers)).at == CustomerSecret.objects.get(onboarding=refused).saved_at


def test_withdraws_a_refused_token_and_the_customer_is_live_again(refused, far):
    before = saves(far)
    made = withdraw(refused)
    assert is_served(made)
    assert not CustomerSecret.objects.filter(onboarding=made).exists()
    assert not Approval.objects.open().filter(onboarding=made).exists()
    assert saves(far) == before
    line = Event.objects.filter(onboarding=made, kind="token_withdrawn").get()
    assert line.actor == builders.owner_of(made)
    assert "wrong" not in str(line.message)
    assert is_served(look(made))


def test_withdraws_a_token_that_nobody_has_tried_yet(live, far):
    made = enter(live, far["scim_token"])
    assert made.current_kind == "todo"
    assert "stays in use until the new one has been tested" in notes(made)
    assert is_served(withdraw(made))
    assert "try_credentials" not in [each.detail.get("change") for each in made.events.order_by("-pk")[:4]]


def test_offers_no_withdrawal_while_the_saved_token_does_not_work(live, far):
    far.switch(F9=True)
    set_up_long_ago(live)
    made = approve(enter(live, "wrong"))
    assert state(made).code == FAILURE
    assert offered(state(made).offers) is None
    with pytest.raises(Refused):
        withdraw(made, entered_at=CustomerSecret.objects.get(onboarding=made).saved_at.isoformat())
    assert CustomerSecret.objects.filter(onboarding=made).exists()


def test_completes_the_rotation_with_a_token_that_works(refused, far):
    before = saves(far)
    made = approve(enter(refused, far["scim_token"]))
    assert saves(far) == before + 1
    for _look in range(4):
        made = look(made)
    assert is_served(made)
    assert offered(state(made).offers) is None


def test_does_no_harm_when_it_is_pressed_again(refused):
    at = state(refused).offers["entered"]["at"]
    made = withdraw(refused)
    lines = said(made)
    with pytest.raises(Refused):
        withdraw(made, entered_at=at)
    assert is_served(made)
    assert said(made) == lines


def test_does_not_withdraw_what_a_colleague_has_entered_since(refused, far):
    at = state(refused).offers["entered"]["at"]
    enter(refused, far["scim_token"])
    with pytest.raises(Refused):
        withdraw(refused, entered_at=at)
    assert CustomerSecret.objects.get(onboarding=refused).saved_at.isoformat() != at


def test_lets_no_stranger_withdraw(refused):
    with pytest.raises(Http404):
        withdraw(refused, by=builders.person("charlie"))
    assert CustomerSecret.objects.filter(onboarding=refused).exists()
    assert Onboarding.objects.get(pk=refused.pk).current_kind == "asking"


def test_knows_of_the_saved_token_when_it_expires_and_nothing_of_a_withdrawn_one(live, far):
    owner, told = builders.owner_of(live), {"at": "2099-01-01T00:00:00+00:00", "told": True}
    for token, expires in ((far["scim_token"], told), ("wrong", {"at": "2098-01-01T00:00:00+00:00", "told": True})):
        answer = {"token_saved": True, "token_expires": expires}
        answers.answer(live, "connection", actor=owner, answer=answer, secrets={"scim_token": token})
        look(live)
        approve(live)
    withdraw(live)
    assert state(live).intents["save_credentials"]["result"]["expires"] == told
