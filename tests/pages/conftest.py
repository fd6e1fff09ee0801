"""Who looks at the pages: alice and bob of the portfolio, charlie who is a stranger to it, and a customer's admin."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django import Settings

from onboarding.models import Onboarding
from tests import builders
from tests.fixtures.graph_access import fresh_graph_access
from tests.graphclient.entra import CLIENT, Entra, our_certificate
from tests.graphclient.graph_stub import GraphStub

from .visitor import Invitation, Visitor, invited


@pytest.fixture
def alice(db: None) -> Client:
    """Signed in, member of the portfolio."""
    return builders.signed_in("alice")


@pytest.fixture
def bob(db: None) -> Client:
    """Signed in, member of alice's portfolio."""
    return builders.signed_in("bob")


@pytest.fixture
def charlie(db: None) -> Client:
    """Signed in, member of another portfolio."""
    return builders.signed_in("charlie", "Another team")


@pytest.fixture
def customer(alice: Client) -> Onboarding:
    """A customer of alice's."""
    return builders.onboarding()


@pytest.fixture
def same_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """No minute begins while the test runs: what an open page has seen changes with each."""
    monkeypatch.setattr("onboarding.web.refreshing.time", lambda: 1_800_000_000.0)


@pytest.fixture
def far(far: GraphStub, settings: Settings) -> Iterator[GraphStub]:
    """Microsoft's stand-in, as the one that our settings lead to."""
    certificate = our_certificate()
    settings.SANDBOX_URL, settings.ENTRA_CLIENT_ID = far.url, CLIENT
    settings.ENTRA_PRIVATE_KEY = certificate.private_key_pem
    settings.ENTRA_CERTIFICATE = certificate.certificate_pem
    with fresh_graph_access():
        yield far


@pytest.fixture
def invitation(db: None) -> Invitation:
    """A customer of alice's whose admin has a link and has not opened it."""
    return invited()


@pytest.fixture
def visitor(entra: Entra) -> Visitor:
    """The admin's browser, which has not been here."""
    return Visitor(entra)
