"""What an onboarding costs in requests to Graph; the items of a batch are one request."""

from __future__ import annotations

from collections import Counter

import pytest

from onboarding.models import StepState
from tests import builders

from .conftest import answer_all, customer_of, look

pytestmark = pytest.mark.django_db

BY_HAND = (
    45  # for 200 people assigned directly and a group of six, each run on its own; the scope twice, the judge once
)


@pytest.fixture
def live(tenant_at):
    """A tenant of 206 people in scope, from consent to live, and its customer."""
    far = tenant_at(users=200, group_members=6)
    far.consent()
    made = look(customer_of(far))
    builders.granted(made, far.id)
    return far, answer_all(made, far)


def test_an_onboarding_costs_no_more_than_counted_by_hand(live):
    _far, made = live
    assert made.state == "live"
    calls = dict(StepState.objects.filter(onboarding=made).values_list("key", "graph_calls"))
    assert sum(calls.values()) <= BY_HAND, calls


def test_asks_for_jobs_and_settings_together_before_and_after_what_is_written(live):
    """Connection and start: alone, the settings are read before each writing of them, and by the steps that follow."""
    far, _made = live
    lines = [(line["method"], line["path"].rpartition("/")[2]) for line in far.journal(kind="graph")]
    begun = lines.index(("POST", "validateCredentials"))
    assert lines[begun - 3 : begun] == [("GET", "jobs"), ("GET", "secrets"), ("POST", "$batch")]
    after = lines[lines.index(("POST", "start")) + 1 :]
    assert [name for _method, name in after[1:3]] == ["secrets", "$batch"]


def test_saves_a_mapping_after_reading_it_twice_and_reads_it_back_once(live):
    far, _made = live
    lines = [line["method"] for line in far.journal(kind="graph") if line["path"].endswith("/schema")]
    assert lines == ["GET", "GET", "PUT", "GET"]


def test_asks_for_one_assignment_to_know_whether_the_pilot_is_in_scope(live):
    far, _made = live
    asked = [line["query"].get("$filter", "") for line in far.graph_calls("GET", "/appRoleAssignedTo")]
    assert sum(text.startswith("principalId eq ") for text in asked) == 1
    assert len(asked) == 4  # readiness asks for the count, scope for the list, and once more when the start is approved


def test_asks_microsoft_to_evaluate_once_although_the_scope_is_read_twice(live):
    far, made = live
    assert len(far.graph_calls("POST", "/parseExpression")) == 1
    made.refresh_from_db()
    assert list(made.scope_reading["judged"].values()) == [{}], "the same as we do"


def test_no_run_asks_the_same_twice_with_nothing_written_in_between(consented, far):
    """One look at a live customer whose steps are all stale: nothing is written, so nothing is read twice."""
    answer_all(consented, far)
    StepState.objects.filter(onboarding=consented).update(checked_at=None)
    before = len(far.journal(kind="graph"))
    look(consented)
    asked = Counter(
        (line["method"], line["path"], str(line["query"]))
        for line in far.journal(kind="graph")[before:]
        if line["method"] == "GET"
    )
    assert asked
    assert {line: times for line, times in asked.items() if times > 1} == {}
