"""The saved token of each live customer is tested at times of its own, and whoever looks again at Live tests it now."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from onboarding.customers import answers
from onboarding.engine import freshness
from onboarding.engine.load_desired import Rows
from onboarding.models import Onboarding, StepState, clock
from onboarding.steps.connection.step import Connection
from onboarding.steps.enable.step import Enable
from tests import builders

from .conftest import answer_all, look, set_up_long_ago

pytestmark = pytest.mark.django_db
REFUSED = "SystemForCrossDomainIdentityManagementCredentialValidationFailure"
NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)
CONNECTION = Connection()
PERIOD = Connection.fresh_for


@dataclass
class Seen:
    """What freshness is judged by."""

    onboarding: Onboarding
    states: dict[str, StepState] = field(default_factory=dict)


def until(pk: int, at: datetime, step: Any = CONNECTION, *, live: bool = True) -> datetime:
    """Until when what was seen `at` that time is believed."""
    row = Onboarding(pk=pk, live_at=NOON - timedelta(days=9) if live else None)
    return freshness._believed_until(cast(Rows, Seen(row)), step, at)


def test_comes_back_at_the_same_times_of_the_day():
    at = until(7, NOON)
    for _time in range(5):
        following = until(7, at + timedelta(seconds=40))
        assert following - at == PERIOD
        at = following


def test_spreads_those_who_were_all_seen_at_once():
    times = Counter(int((until(pk, NOON) - NOON) / (PERIOD / 12)) for pk in range(1, 1201))
    assert len(times) == 12
    assert max(times.values()) - min(times.values()) <= 3


@pytest.mark.parametrize("pk", range(1, 40))
def test_believes_it_for_a_while_and_not_for_long(pk):
    assert PERIOD / 12 <= until(pk, NOON) - NOON <= PERIOD * 13 / 12


def test_leaves_alone_who_is_not_live_and_what_is_not_spread():
    assert until(7, NOON, live=False) == until(7, NOON, Enable()) == NOON + PERIOD


@pytest.fixture
def live(consented, far):
    made = answer_all(consented, far)
    assert made.state == "live"
    return made


def test_knows_of_a_revoked_token_before_a_sync_fails(live, far):
    """The job runs, and nothing was tried with the token since it was revoked."""
    set_up_long_ago(live)
    far.switch(F9=True)
    made = look(live)
    assert (made.current_key, made.current_kind) == ("live", "done")
    longest = timedelta(seconds=1) + PERIOD * 13 / 12
    StepState.objects.filter(onboarding=made, key="connection").update(checked_at=clock.now() - longest)
    made = look(made)
    assert (made.current_key, builders.state(made, "connection").code) == ("connection", REFUSED)
    assert builders.state(made, "live").kind == "done"


def test_tests_the_token_when_somebody_looks_again_at_live(live, far):
    set_up_long_ago(live)
    far.switch(F9=True)
    answers.recheck(live, actor=builders.owner_of(live), step_key="live")
    made = look(live)
    assert (made.current_key, builders.state(made, "connection").code) == ("connection", REFUSED)


def test_asks_microsoft_for_no_test_at_an_ordinary_look(live, far):
    set_up_long_ago(live)
    tests = len(far.graph_calls("POST", "/validateCredentials"))
    StepState.objects.filter(onboarding=live, key="live").update(checked_at=None)
    look(live)
    assert len(far.graph_calls("POST", "/validateCredentials")) == tests
