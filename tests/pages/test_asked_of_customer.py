"""On the record the customer is asked for the token, and the request is taken back."""

from __future__ import annotations

import pytest
from django.urls import reverse

from onboarding.domain.verdicts import Done
from onboarding.models import ConsentAttempt, Onboarding, SecretRequest, clock
from tests import builders
from tests.graphclient.entra import TENANT
from tests.narrow import present
from tests.stored import Stored

from .desk import TOKEN_NEEDED, open_record, post, read, stand

pytestmark = pytest.mark.django_db

ASK, NO_MORE = "Ask the customer for it", "Take the request back"
TOKEN = "s3cret-t0ken-of-contoso"


@pytest.fixture
def needed(customer: Onboarding) -> Onboarding:
    """At its step Connection a token is needed."""
    return stand(customer, "connection", TOKEN_NEEDED)


def test_asks_and_takes_back_on_the_record(alice, bob, needed):
    assert ASK in open_record(alice, needed).text
    page = post(alice, "ask_customer", needed.pk)
    assert "tell them to open their link" in page.text
    assert (ASK in page.text, NO_MORE in page.text) == (False, True)
    row = SecretRequest.objects.get()
    assert (present(row.asked_by).username, row.host) == ("alice", needed.customer.haiilo_host)
    post(bob, "ask_customer", needed.pk)
    page = post(bob, "ask_customer", needed.pk, take_back=row.pk)
    assert "The request was taken back." in page.text
    assert (ASK in page.text, NO_MORE in page.text) == (True, False)
    lines = needed.events.filter(kind__startswith="asked").order_by("pk")
    assert list(lines.values_list("kind", flat=True)) == ["asked", "asked_no_more"]
    assert "not asked for it any more" in post(bob, "ask_customer", needed.pk, take_back=row.pk).text


def test_asks_nothing_for_a_stranger(charlie, needed):
    address = reverse("ask_customer", args=[needed.pk])
    assert (charlie.post(address).status_code, charlie.get(address).status_code) == (404, 405)
    assert not SecretRequest.objects.exists()


def test_offers_to_ask_where_another_token_may_be_entered(alice, customer):
    connected = {"job_id": "j-1", "base_url": "https://contoso.smarpshare.com/api/scim/v2"}
    stand(customer, "live", Done(Stored({})), connection=connected)
    assert ASK not in open_record(alice, customer).text
    opened = reverse("step", args=[customer.pk, "connection"])
    assert ASK in read(alice.get(opened), opened).text
    post(alice, "ask_customer", customer.pk)
    assert NO_MORE in open_record(alice, customer).text


def test_ends_what_was_asked_when_a_colleague_enters_one(alice, bob, needed):
    post(alice, "ask_customer", needed.pk)
    form = {"token": TOKEN, "host": needed.customer.haiilo_host}
    page = post(bob, "step", needed.pk, "connection", **form)
    assert NO_MORE not in page.text
    assert not SecretRequest.objects.get().is_open
    assert "a colleague has entered one" in str(needed.events.get(kind="asked_no_more").sentence)


def test_says_on_the_record_who_handed_it_over(alice, needed):
    given = {"kind": "scim_token", "host": needed.customer.haiilo_host, "answered_at": clock.now()}
    SecretRequest.objects.create(onboarding=needed, link=builders.granted(needed, TENANT), **given)
    assert "Token handed over by Eva Berg" in open_record(alice, needed).text
    ConsentAttempt.objects.update(signed_in_name="")
    assert "Token handed over by the customer" in open_record(alice, needed).text
