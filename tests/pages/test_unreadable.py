"""Where an answer of Microsoft's cannot be read, customer success sees what came, and who acts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from graphclient import Unreadable
from onboarding.domain.verdicts import Waiting
from onboarding.engine.explain import explain
from tests.narrow import instance
from tests.steps.facts import desired

from .desk import open_record, stand

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("since", "says", "court"),
    [(0, "nothing is concluded from it", "Microsoft"), (2, "our engineers open a support case", "Haiilo")],
)
def test_shows_what_came_and_who_acts(alice, customer, since, says, court):
    """Public case 11."""
    error = Unreadable("Resource not found for the segment.", status=200, code="BadRequest", request_id="c1d2e3f4")
    first = instance(Waiting, explain(error, desired(now=NOW - timedelta(hours=since))))
    stand(customer, "enable", explain(error, desired(now=NOW), before=first.offers))
    page = open_record(alice, customer)
    assert says in page.text
    assert "BadRequest · HTTP 200 · c1d2e3f4" in page.text
    assert "Resource not found for the segment." in page.text
    assert f"{court} has to act" in page.text or f"Waiting for {court}" in page.text
