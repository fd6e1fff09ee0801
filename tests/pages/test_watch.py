"""While nobody looks at the customers, every page of staff says so, and since when."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from onboarding.engine.pulse import Kind
from onboarding.models import Heartbeat, clock

PAGES = ["record", "customer_edit", "people", "contacts", "questionnaire", "security_pack"]
WORDS = {"en": "Nobody is looking", "de": "Niemand sieht nach", "fi": "Kukaan ei seuraa tilannetta"}
HTMX = {"HX-Request": "true"}


def live(**ago: int) -> None:
    """Signs of life of worker and sweep, so many seconds ago."""
    for kind in (Kind.WORKER, Kind.SWEEP):
        Heartbeat.objects.beat(kind, kind, clock_offset_ms=0)
        Heartbeat.objects.filter(pk=kind).update(at=clock.after(-timedelta(seconds=ago.get(kind, 0))))


def told(answer) -> bool:
    return "standstill" in answer.content.decode()


@pytest.mark.parametrize("name", ["board", "customer_new", "outbox", *PAGES])
def test_is_on_every_page_of_staff(alice, customer, name):
    path = reverse(name, args=[customer.pk] if name in PAGES else [])
    live()
    assert not told(alice.get(path))
    live(worker=600)
    answer = alice.get(path)
    assert told(answer)
    at = Heartbeat.objects.get(pk=Kind.WORKER).at
    assert at
    assert f'<time datetime="{at.isoformat()}" data-moment>' in answer.content.decode()


@pytest.mark.parametrize("language", WORDS)
def test_speaks_the_readers_language(alice, language):
    live(sweep=600)
    assert WORDS[language] in alice.get(reverse("board"), headers={"Accept-Language": language}).content.decode()


def test_says_so_where_nobody_ever_looked(alice):
    text = alice.get(reverse("board")).content.decode()
    assert "Nobody is looking: there has been no sign of life yet." in text


def test_is_not_shown_to_strangers_nor_to_the_customers_admin(client, alice, invitation, customer):
    assert not told(client.get(reverse("sign_in")))
    assert not told(client.get(invitation.path))
    assert not told(alice.get(invitation.path))


def test_costs_one_query_whether_somebody_looks_or_not(alice, customer):
    queries = []
    for ago in (0, 600):
        live(worker=ago)
        with CaptureQueriesContext(connection) as made:
            alice.get(reverse("record", args=[customer.pk]))
        queries.append([each["sql"] for each in made if "onboarding_heartbeat" in each["sql"]])
    assert [len(each) for each in queries] == [1, 1]


def test_comes_and_goes_on_a_page_that_is_open(alice, client):
    live()
    path = reverse("watch") + "?seen=looking"
    assert alice.get(path, headers=HTMX).status_code == 204
    live(worker=600)
    answer = alice.get(path, headers=HTMX)
    assert told(answer)
    assert 'data-announce="Nobody is looking: no sign of life since' in answer.content.decode()
    again = answer.content.decode().split('hx-get="')[1].split('"')[0]
    assert alice.get(again, headers=HTMX).status_code == 204
    live()
    assert not told(alice.get(again, headers=HTMX))
    assert client.get(path, headers=HTMX).status_code == 401
