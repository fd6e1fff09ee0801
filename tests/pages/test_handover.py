"""The admin hands the token over on the progress page: once, for the host that is shown. It appears nowhere."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from onboarding.customers import handover
from onboarding.models import Customer, CustomerSecret, Event, SecretRequest, StepState, clock
from onboarding.models.link import admin_of
from tests import builders
from tests.graphclient.entra import TENANT

from .desk import TOKEN_NEEDED, stand
from .visitor import Invitation, Visitor, text_of

pytestmark = pytest.mark.django_db

CARD, FIELD = "Hand over an access token", 'name="token"'
TOKEN = "s3cret-t0ken-of-contoso"
TENANT_FOUND = {"customer": {"tenant_id": TENANT, "domain": ""}}


@pytest.fixture
def visitor(visitor: Visitor, invitation: Invitation) -> Visitor:
    """The admin, who has approved."""
    assert visitor.go_all_the_way(invitation).status_code == 302
    return visitor


@pytest.fixture
def asked(invitation: Invitation) -> SecretRequest:
    """What the admin is asked for."""
    made = stand(invitation.onboarding, "connection", TOKEN_NEEDED, **TENANT_FOUND)
    return handover.ask(made, actor=builders.owner_of(made))


def progress(visitor):
    return text_of(visitor.client.get(reverse("progress")))


def give(client, asked, token=TOKEN, **fields):
    return client.post(reverse("hand_over"), {"asked": asked.pk, "token": token, **fields}, follow=True)


def test_asks_the_admin_with_reason_and_way(visitor, asked):
    page = progress(visitor)
    for words in (CARD, FIELD, asked.host, "Settings &gt; Access tokens", "Administrator in Haiilo", "alice"):
        assert words in page, words
    assert 'type="password"' in page
    assert 'autocomplete="off"' in page
    assert ("We need something from you" in page, "your turn" in page, "do not need" in page) == (True, True, False)


def test_asks_nothing_where_nothing_was_asked(visitor, invitation):
    stand(invitation.onboarding, "connection", TOKEN_NEEDED, **TENANT_FOUND)
    page = progress(visitor)
    assert (CARD in page, FIELD in page) == (False, False)


def test_takes_the_token_once_and_shows_it_nowhere(visitor, asked, caplog):
    caplog.set_level(logging.DEBUG)
    made, quoted = asked.onboarding, f" “Bearer {TOKEN}” "
    answer = give(visitor.client, asked, quoted, expires_on="2099-01-01")
    page = text_of(answer)
    assert "Thank you. The token was handed over." in answer.content.decode()
    assert "Removed from the token" in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
    assert ("The access token was handed over" in page, FIELD in page) == (True, False)
    secret = CustomerSecret.objects.get()
    assert secret.open(asked.host).reveal() == TOKEN
    state = builders.state(made, "connection")
    assert state.answer["token_expires"] == {"at": "2099-01-01T00:00:00+00:00", "told": True}
    assert (state.checked_at, state.answered_by) == (None, None)
    line = Event.objects.filter(kind="answered").latest("pk")
    assert line.actor_name == admin_of(SecretRequest.objects.get().link_id) != ""
    assert f"{line.actor_name} has handed it over for {asked.host}" in page
    sessions = [each.get_decoded() for each in Session.objects.all()]
    rows = [*Event.objects.values(), *StepState.objects.values(), *SecretRequest.objects.values()]
    for place in (answer.content.decode(), answer.redirect_chain, sessions, rows, caplog.text, progress(visitor)):
        assert TOKEN not in str(place)
    assert secret.mark not in page


def test_refuses_beside_the_field_what_is_no_token(visitor, asked):
    for wrong, said in (("", "Paste the access token"), ("••••••", "These are only the dots"), ("x ä", "characters")):
        answer = give(visitor.client, asked, wrong)
        assert said in text_of(answer)
        assert (CARD in text_of(answer), answer["Cache-Control"]) == (True, "no-store")
        assert "x ä" not in text_of(answer)
    assert SecretRequest.objects.get().is_open
    assert not CustomerSecret.objects.exists()


def test_keeps_nothing_of_a_second_press(visitor, asked):
    give(visitor.client, asked)
    assert "was handed over already" in give(visitor.client, asked, "another").content.decode()
    assert CustomerSecret.objects.get().open(asked.host).reveal() == TOKEN


def test_keeps_nothing_for_another_host_than_was_shown(visitor, asked):
    Customer.objects.update(haiilo_host="other.smarpshare.com")
    assert FIELD not in progress(visitor)
    assert "address of your Haiilo has changed" in give(visitor.client, asked).content.decode()
    assert not CustomerSecret.objects.exists()


def test_says_that_it_is_no_longer_needed(visitor, asked):
    handover.take_back(asked.onboarding, actor=builders.owner_of(asked.onboarding), asked=asked.pk)
    page = progress(visitor)
    assert ("The access token is no longer needed" in page, FIELD in page) == (True, False)
    assert "This is no longer needed" in give(visitor.client, asked).content.decode()
    assert FIELD not in text_of(give(visitor.client, asked, ""))
    assert not CustomerSecret.objects.exists()
    SecretRequest.objects.update(taken_back_at=clock.now() - timedelta(days=8))
    assert "no longer needed" not in progress(visitor)


@pytest.mark.parametrize("asked_for", ["", "x", "0", "9" * 30])
def test_keeps_nothing_that_was_not_asked(visitor, asked, asked_for):
    visitor.client.post(reverse("hand_over"), {"asked": asked_for, "token": TOKEN})
    assert not CustomerSecret.objects.exists()


def test_is_no_page_of_its_own(visitor, asked):
    assert visitor.client.get(reverse("hand_over"))["Location"] == reverse("progress")


def test_shows_and_takes_nothing_of_a_stranger(client, visitor, asked):
    answer = give(client, asked)
    assert answer.status_code == 404
    assert (CARD in answer.content.decode(), TOKEN in answer.content.decode()) == (False, False)
    other = builders.onboarding(name="Other", haiilo_host="other.smarpshare.com")
    theirs = handover.ask(other, actor=builders.owner_of(other))
    give(visitor.client, theirs)
    assert not CustomerSecret.objects.exists()


def test_costs_one_query_where_nothing_is_asked(visitor, invitation):
    stand(invitation.onboarding, "connection", TOKEN_NEEDED, **TENANT_FOUND)
    with CaptureQueriesContext(connection) as asked:
        progress(visitor)
    assert len([each for each in asked if "secretrequest" in each["sql"]]) == 1
