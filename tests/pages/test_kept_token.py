"""How long the token is kept: what the customer page and the security pack say, and the agreement of both sides."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.http import Http404
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localdate
from pytest_django import Settings

from onboarding.customers import kept_token
from onboarding.customers.base import Refused
from onboarding.domain.sentences import say
from onboarding.domain.verdicts import Done
from onboarding.models import Contact, CustomerSecret, KeptToken, Onboarding, clock
from tests import builders
from tests.narrow import present
from tests.stored import Stored

from .desk import open_record, stand
from .visitor import Invitation, text_of

pytestmark = pytest.mark.django_db

TODAY = localdate()


@pytest.fixture
def asked(settings: Settings) -> None:
    settings.HAIILO_ASKED = True


def contact_of(made: Onboarding) -> Contact:
    return present(made.contacts.first())


def token(made: Onboarding) -> None:
    row = CustomerSecret(onboarding=made, kind="scim_token", saved_at=clock.now())
    row.close_over("hat_secret", host=made.customer.haiilo_host)
    row.save()


def live(made: Onboarding) -> Onboarding:
    return stand(made, "live", Done(Stored({}), say("Runs.")), connection={"job_id": "j-1"})


def connected(made: Onboarding) -> Onboarding:
    return stand(made, "mappings", Done(Stored({}), say("Seen.")), connection={"job_id": "j-1"})


def agree(client: Client, made: Onboarding, **more: str) -> str:
    given = {"act": "agree", "contact": str(contact_of(made).pk), "agreed_on": TODAY.isoformat(), **more}
    return text_of(client.post(reverse("kept_token", args=[made.pk]), given, follow=True))


def record_of(client: Client, made: Onboarding) -> str:
    return text_of(client.get(reverse("record", args=[made.pk])))


@pytest.mark.usefixtures("asked")
def test_says_when_the_token_is_erased(alice, customer):
    assert "is erased at go-live" in record_of(alice, connected(customer))
    assert "was erased at go-live" in record_of(alice, live(customer))


def test_says_that_it_is_erased_at_once_where_haiilo_is_not_asked(alice, customer):
    text = record_of(alice, connected(customer))
    assert "is erased as soon as Microsoft has it" in text
    assert "Keep the token after go-live" not in text


@pytest.mark.usefixtures("asked")
def test_notes_who_agreed_for_both_sides_and_says_so_to_the_reviewer(alice, client, customer):
    connected(customer)
    name = contact_of(customer).name
    assert "Noted: the token is kept after go-live." in agree(alice, customer)
    kept = KeptToken.objects.get(onboarding=customer)
    assert (kept.contact, kept.agreed_on, present(kept.noted_by).username) == (contact_of(customer), TODAY, "alice")
    assert f"once a day: {name} agreed on" in record_of(alice, customer)
    assert f"{name} agreed to that on" in text_of(alice.get(reverse("security_pack", args=[customer.pk])))
    line = present(customer.events.order_by("-pk").first())
    assert (line.message["values"]["contact"], present(line.actor).username) == (name, "alice")


@pytest.mark.usefixtures("asked")
def test_erases_the_token_of_a_live_customer_when_the_agreement_ends(alice, customer):
    agree(alice, customer)
    token(live(customer))
    alice.post(reverse("kept_token", args=[customer.pk]), {"act": "end"})
    assert not CustomerSecret.objects.filter(onboarding=customer).exists()
    assert not KeptToken.objects.filter(onboarding=customer).exists()


@pytest.mark.usefixtures("asked")
def test_leaves_the_token_to_the_steps_when_the_agreement_ends_before_go_live(alice, customer):
    token(customer)
    agree(alice, customer)
    alice.post(reverse("kept_token", args=[customer.pk]), {"act": "end"})
    assert CustomerSecret.objects.filter(onboarding=customer).exists()


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"agreed_on": ""}, "Enter the day"),
        ({"agreed_on": (TODAY + timedelta(days=2)).isoformat()}, "still to come"),
    ],
)
def test_takes_no_agreement_without_its_day(alice, customer, given, says):
    assert says in agree(alice, customer, **given)
    assert not KeptToken.objects.exists()


@pytest.mark.usefixtures("asked")
def test_takes_no_agreement_of_another_customers_contact(alice, customer):
    other = contact_of(builders.onboarding())
    answer = alice.post(
        reverse("kept_token", args=[customer.pk]),
        {"act": "agree", "contact": str(other.pk), "agreed_on": TODAY.isoformat()},
    )
    assert answer.status_code == 404
    with pytest.raises(Refused):
        kept_token.agree(customer, actor=builders.owner_of(customer), contact=other, agreed_on=TODAY)


def test_takes_no_agreement_where_haiilo_is_not_asked(alice, customer):
    assert "Haiilo is not asked at this address" in agree(alice, customer)
    assert not KeptToken.objects.exists()


@pytest.mark.usefixtures("asked")
def test_lets_no_stranger_agree_or_end(customer):
    stranger = builders.person("charlie")
    with pytest.raises(Http404):
        kept_token.agree(customer, actor=stranger, contact=contact_of(customer), agreed_on=TODAY)
    with pytest.raises(Http404):
        kept_token.end(customer, actor=stranger)


def test_tells_the_reviewer_that_no_account_data_passes_through_us(client, invitation: Invitation):
    text = text_of(client.get(reverse("security_pack_by_link", args=[invitation.token])))
    assert text.count("ccount data does not pass through it") == 2
    assert "asks Haiilo" not in text


@pytest.mark.usefixtures("asked")
def test_tells_the_reviewer_what_is_asked_of_haiilo(client, invitation: Invitation):
    text = text_of(client.get(reverse("security_pack_by_link", args=[invitation.token])))
    host = invitation.onboarding.customer.haiilo_host
    assert f"it asks Haiilo, at {host} only, which accounts there are" in text
    assert "of all other accounts only how many there are" in text
    assert "until go-live; then it is erased" in text
    assert "ccount data does not pass through it" not in text


def test_costs_the_customer_page_two_queries_to_say_so(alice, customer, settings):
    """Who agreed, and which contacts may."""
    connected(customer)
    costs = []
    for settings.HAIILO_ASKED in (False, True):
        with CaptureQueriesContext(connection) as queries:
            open_record(alice, customer)
        costs.append(len(queries))
    assert costs[1] == costs[0] + 2
