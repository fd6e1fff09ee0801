"""Who looks at the pages: alice of the portfolio, charlie who is a stranger to it, and nobody."""

from __future__ import annotations

import pytest
from django.test import Client

from onboarding.models import Onboarding
from tests import builders


@pytest.fixture
def alice(db) -> Client:
    """Signed in, member of the portfolio."""
    client = Client()
    builders.portfolio(builders.person("alice"))
    client.force_login(builders.person("alice"))
    return client


@pytest.fixture
def charlie(db) -> Client:
    """Signed in, member of another portfolio."""
    client = Client()
    builders.portfolio(builders.person("charlie"), name="Another team")
    client.force_login(builders.person("charlie"))
    return client


@pytest.fixture
def customer(alice) -> Onboarding:
    """A customer of alice's."""
    return builders.onboarding()


@pytest.fixture
def same_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """No minute begins while the test runs: what an open page has seen changes with each."""
    monkeypatch.setattr("onboarding.web.refreshing.time", lambda: 1_800_000_000.0)
