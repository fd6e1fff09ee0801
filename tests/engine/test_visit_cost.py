"""What a visit costs the database. The numbers are exact: whoever adds a statement to each visit says so here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from devtools.stack.sandbox_control import SandboxTenant
from onboarding.engine import reconcile
from onboarding.models import Event, Onboarding, Person, StepState, clock
from tests import builders
from tests.pages.desk import people

from .conftest import answer_all

pytestmark = pytest.mark.django_db

NOTHING_STALE, AT_MOST = 4, 12
LIVE = 5 if connection.vendor == "postgresql" else 6  # which writes verdict and end of the run in one statement


@pytest.fixture
def made(consented: Onboarding, far: SandboxTenant) -> Onboarding:
    """A live customer, everything of whom was seen a moment ago."""
    return answer_all(consented, far)


@contextmanager
def statements() -> Iterator[list[str]]:
    """What is sent to the database meanwhile; savepoints are there in a test only, which is a transaction itself."""
    sent: list[str] = []

    def note(execute: Any, sql: str, *given: Any) -> Any:
        if "SAVEPOINT" not in sql:
            sent.append(sql)
        return execute(sql, *given)

    with connection.execute_wrapper(note):
        yield sent


def visit(made: Onboarding, *stale: str) -> list[str]:
    """The statements of one run that reads these steps."""
    StepState.objects.filter(onboarding=made, key__in=stale).update(checked_at=None)
    Onboarding.objects.filter(pk=made.pk).update(next_run_at=clock.Now())
    before = set(StepState.objects.filter(onboarding=made).values_list("key", "graph_calls"))
    with statements() as sent:
        reconcile.reconcile(made.pk)
    read = set(StepState.objects.filter(onboarding=made).values_list("key", "graph_calls")) - before
    assert {key for key, _calls in read} == set(stale)
    return sent


def test_visits_a_live_customer(made):
    sent = visit(made, "live")
    assert len(sent) == LIVE, sent


def test_reads_link_and_consent_only_for_the_steps_that_go_by_them(made):
    seen = [sql for stale in ("live", "scope") for sql in visit(made, stale) if "onboarding_link" in sql]
    assert seen == []
    for stale in ("consent", "readiness"):
        assert len([sql for sql in visit(made, stale) if 'FROM "onboarding_link"' in sql]) == 1, stale


def test_finds_everything_fresh(made):
    sent = visit(made)
    assert len(sent) == NOTHING_STALE, sent


@pytest.mark.parametrize(("stale", "cost"), [(["live"], LIVE), ([], NOTHING_STALE)])
def test_costs_the_same_however_many_people_and_customers_there_are(made, stale, cost):
    people(Onboarding.objects.get(pk=made.pk), 700)
    for _other in range(5):
        people(builders.onboarding(), 50)
    assert len(visit(made, *stale)) == cost


def test_never_counts_the_people_nor_reads_them_all(made):
    counted = [sql for sql in visit(made, "live") if "COUNT(" in sql]
    assert counted == []


def test_takes_up_new_people_at_the_cost_of_few_statements_more(made):
    """With all that a visit can find at once: rows of the log that were not known, and a line that says so."""
    Person.objects.filter(onboarding=made).delete()
    Onboarding.objects.filter(pk=made.pk).update(log_watermark=None, people_counts={})
    StepState.objects.filter(onboarding=made, key="live").update(message={"text": "Another."})
    lines = Event.objects.count()
    sent = visit(made, "live")
    assert made.people.count() > 1
    assert Event.objects.count() == lines + 1
    assert len(sent) <= AT_MOST, sent


def test_takes_in_once_what_two_steps_read_of_the_log(made):
    stale = made.steps.filter(key__in=["initial_cycle", "live"])
    assert stale.update(checked_at=None) == 2
    Onboarding.objects.filter(pk=made.pk).update(next_run_at=clock.Now())
    with statements() as sent:
        reconcile.reconcile(made.pk)
    assert not stale.filter(checked_at=None).exists()
    assert len([sql for sql in sent if 'FROM "onboarding_person"' in sql]) == 1
