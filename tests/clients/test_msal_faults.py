"""msal when the login service fails: what it raises, and what it repeats out of its own memory."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import msal
import pytest
import requests

from tests.clients.conftest import Application, Customer, Gateway, make_customer
from tests.clients.test_msal import LOGIN, SCOPE
from tests.clients.test_unkind import DOCUMENT
from tests.conftest import Sandbox

pytestmark = pytest.mark.clients

RAISED = {
    "truncate": json.JSONDecodeError,
    "break": requests.exceptions.ChunkedEncodingError,
    "lose": requests.exceptions.ConnectionError,
}
"""Fault of the token endpoint → what msal lets through; each stands in docs/sandbox-clients.md too."""


@pytest.fixture
def customer(sandbox: Sandbox, application: Application) -> Customer:
    return make_customer(sandbox)


@pytest.fixture
def client(
    gateway: Gateway, application: Application, customer: Customer
) -> Callable[[], msal.ConfidentialClientApplication]:
    """Make an application that has been to the tenant's discovery and has no token yet."""

    def make():
        return msal.ConfidentialClientApplication(
            application.client_id,
            client_credential=application.secret,
            authority=f"{LOGIN}/{customer.tid}",
            http_client=gateway.session(),
        )

    return make


def order(customer, how):
    order = {"method": "POST", "path_contains": "/oauth2/v2.0/token", "how": how}
    customer.tenant.chaos(lose_next=order)


def asked(customer):
    """How often the token endpoint was asked."""
    lines = customer.tenant.journal()
    return len([line for line in lines if line["path"].endswith("/oauth2/v2.0/token")])


@pytest.mark.parametrize("how", RAISED)
def test_lets_a_fault_through_and_gets_a_token_at_the_next_try(how, client, customer):
    order(customer, how)
    app = client()
    with pytest.raises(RAISED[how]):
        app.acquire_token_for_client(SCOPE)
    assert "access_token" in app.acquire_token_for_client(SCOPE)
    assert asked(customer) == 2


def test_waits_for_a_slow_answer(client, customer):
    order(customer, "slow")
    assert "access_token" in client().acquire_token_for_client(SCOPE)


def test_repeats_a_503_out_of_its_memory_without_asking(client, customer):
    order(customer, "unavailable")
    app = client()
    for _time in range(2):
        with pytest.raises(msal.exceptions.MsalServiceError, match="HTTP Error: 503"):
            app.acquire_token_for_client(SCOPE)
    assert asked(customer) == 1
    assert "access_token" in client().acquire_token_for_client(SCOPE)


def test_is_written_down_with_what_it_raises():
    found = re.findall(r"^\| `(\w+)` \|[^|]*\| `([\w.]+)` \| gets a token \|$", DOCUMENT.read_text(), re.MULTILINE)
    assert dict(found) == {how: f"{error.__module__}.{error.__name__}" for how, error in RAISED.items()}
