"""What load balancers, containers and whoever watches ask."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connections
from django.urls import reverse

from devtools.stack import ports
from onboarding.engine import bell
from onboarding.engine.pulse import Kind
from onboarding.models import Heartbeat, clock
from tests.house.test_layout import ROOT

ALL = {"database", "broker", "worker", "beat", "sweep", "mail", "disk", "clock"}


@pytest.fixture
def database_gone(transactional_db):
    """The same engine at an address where nobody listens."""
    working = connections["default"]
    broken = connections.create_connection("default")
    gone = {"HOST": ports.HOST, "PORT": ports.free(), "NAME": "/nowhere/at/all", "OPTIONS": {}}
    broken.settings_dict = {**working.settings_dict, **gone}
    connections["default"] = broken
    yield
    connections["default"] = working


@pytest.fixture
def all_live(db):
    for kind in (Kind.WORKER, Kind.BEAT, Kind.SWEEP, Kind.MAIL):
        Heartbeat.objects.beat(kind, kind, clock_offset_ms=0)


@pytest.fixture
def broker_answers(broker, monkeypatch):
    monkeypatch.setenv("CELERY_BROKER_WRITE_URL", broker)
    monkeypatch.setattr(bell._Patience, "until", 0.0)


def test_lives_while_it_answers_whatever_else_is_down(client, database_gone):
    answer = client.get(reverse("healthz"))
    assert (answer.status_code, answer.json()) == (200, {"web": "ok"})
    assert "no-store" in answer["Cache-Control"]
    assert "Set-Cookie" not in answer.headers


@pytest.mark.broker
def test_is_ready_while_everything_gives_a_sign_of_life(client, all_live, broker_answers, django_assert_num_queries):
    clock.now()
    with django_assert_num_queries(1):
        answer = client.get(reverse("readyz"))
    found = answer.json()
    assert (answer.status_code, set(found)) == (200, ALL), found
    assert all(part["ok"] and part["age"] < 10 for part in found.values())
    assert found["broker"]["waiting"] == 0
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("kind", [Kind.WORKER, Kind.BEAT, Kind.SWEEP, Kind.MAIL])
def test_names_what_gives_no_sign_of_life(client, all_live, kind):
    Heartbeat.objects.filter(kind=kind).update(at=clock.after(-timedelta(minutes=10)))
    answer = client.get(reverse("readyz"))
    found = answer.json()
    assert answer.status_code == 503
    assert [name for name in ("worker", "beat", "sweep", "mail") if not found[name]["ok"]] == [kind]
    assert 600 <= found[kind]["age"] < 620


@pytest.mark.parametrize("offset", [-45_000, 45_000, 600_000])
def test_says_how_far_off_the_clock_of_a_host_is(client, all_live, offset):
    assert client.get(reverse("readyz")).json()["clock"]["ok"]
    Heartbeat.objects.beat("worker:other:1", Kind.WORKER, clock_offset_ms=offset)
    found = client.get(reverse("readyz")).json()["clock"]
    assert (found["ok"], found["offset"]) == (False, offset / 1000)


def test_says_that_the_broker_does_not_answer(client, all_live, monkeypatch):
    monkeypatch.setattr(bell._Patience, "until", 0.0)
    assert client.get(reverse("readyz")).json()["broker"] == {"ok": False, "age": None}


@pytest.mark.django_db(transaction=True)
def test_says_that_the_database_does_not_answer(client, database_gone):
    answer = client.get(reverse("readyz"))
    found = answer.json()
    assert answer.status_code == 503
    assert [name for name in ("database", "worker", "beat", "sweep", "mail") if found[name]["ok"]] == []


def test_is_explained_to_who_runs_it():
    told = (ROOT / "docs" / "runbook.md").read_text()
    assert [name for name in ALL if f"| `{name}` |" not in told] == []


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_takes_no_orders(client, path):
    assert client.post(path).status_code == 405


# Pages while the database is gone


def test_says_on_every_page_that_the_database_is_lost_and_tries_again(alice, database_gone):
    answer = alice.get(reverse("board"), headers={"Accept-Language": "de"})
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert '<meta http-equiv="refresh" content="10">' in answer.content.decode()
    assert "Wir erreichen unsere Datenbank nicht" in answer.content.decode()


def test_sends_nothing_again_by_itself(client, database_gone):
    answer = client.post(reverse("sign_in"), {"username": "alice", "password": "secret"})
    assert answer.status_code == 503
    assert "http-equiv" not in answer.content.decode()
    assert "perhaps not saved" in answer.content.decode()


def test_says_so_where_it_is_lost_outside_a_view(client, all_live, django_user_model, monkeypatch, settings):
    """What a view has changed in the session is saved after the view."""
    client.raise_request_exception = False
    settings.SESSION_SAVE_EVERY_REQUEST = True
    client.force_login(django_user_model.objects.create_user("alice"))

    def gone(*_arguments: object, **_more: object) -> None:
        from django.db import OperationalError

        raise OperationalError("no space left on device")

    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.save", gone)
    assert client.get(reverse("board")).status_code == 503
