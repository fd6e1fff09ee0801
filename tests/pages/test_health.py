"""What load balancers ask."""

from __future__ import annotations

import pytest
from django.db import connections
from django.urls import reverse

from devtools.stack import ports


@pytest.mark.django_db
def test_is_well_while_the_database_answers(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        answer = client.get(reverse("healthz"))
    assert (answer.status_code, answer.json()) == (200, {"database": "ok"})
    assert "no-store" in answer["Cache-Control"]
    assert "Set-Cookie" not in answer.headers


@pytest.mark.django_db(transaction=True)
def test_is_unwell_when_the_database_is_down(client):
    """The same engine at an address where nobody listens."""
    working = connections["default"]
    broken = connections.create_connection("default")
    gone = {"HOST": ports.HOST, "PORT": ports.free(), "NAME": "/nowhere/at/all", "OPTIONS": {}}
    broken.settings_dict = {**working.settings_dict, **gone}
    connections["default"] = broken
    try:
        answer = client.get(reverse("healthz"))
    finally:
        connections["default"] = working
    assert (answer.status_code, answer.json()) == (503, {"database": "down"})


def test_takes_no_orders(client):
    assert client.post("/healthz").status_code == 405
