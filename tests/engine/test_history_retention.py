"""What was told of a person goes as names do: by age, and on request; what is counted stays."""

from __future__ import annotations

from datetime import timedelta

import pytest

from onboarding.models import Person, Rollup, clock
from onboarding.people import ingest
from onboarding.people.history import moments
from onboarding.privacy import retention
from tests import builders

from .test_harvest import event

pytestmark = pytest.mark.django_db
DAY = 24 * 60  # minutes
KEPT_DAYS = 180


@pytest.fixture
def lease(settings):
    settings.RETENTION_DAYS = KEPT_DAYS
    return builders.claimed(builders.onboarding().pk)


def told() -> list[tuple[str, str]]:
    return [(each.kind, each.code) for each in moments(Person.objects.get().history)]


def test_keeps_what_was_told_longer_than_microsoft_does(lease):
    first, last = event(0), event(100 * DAY, "update", "failure", code="InvalidAnchor")
    ingest.keep(lease, [first, last])
    retention.erase_old(last.at)
    assert told() == [("created", ""), ("failed", "InvalidAnchor")]


def test_takes_what_is_older_than_names_are_kept_also_of_who_is_named_still(lease):
    first, last = event(0), event(100 * DAY, "update")
    ingest.keep(lease, [first, last])
    retention.erase_old(first.at + timedelta(days=KEPT_DAYS, minutes=1))
    assert (told(), Person.objects.get().user_name) == ([("updated", "")], "eva@nordwind.example")
    ingest.keep(lease, [first])
    assert told() == [("updated", "")]


def test_takes_all_with_the_name_and_counts_nobody_twice_after(lease):
    rows = [event(0), event(10, "update", "failure", code="InvalidAnchor")]
    ingest.keep(lease, rows)
    before = list(Rollup.objects.values())
    retention.erase_old(rows[-1].at + timedelta(days=KEPT_DAYS, minutes=1))
    assert told() == []
    ingest.keep(lease, rows)
    assert (told(), list(Rollup.objects.values())) == ([], before)


def test_keeps_no_code_of_who_was_erased_on_request(lease):
    ingest.keep(lease, [event(0)])
    retention.erase_person(lease.onboarding_id, "eva", now=clock.now())
    lease = builders.claimed(lease.onboarding_id)
    later = event(2 * DAY, "update", "failure", code="InvalidAnchor")
    for _twice in range(2):
        ingest.keep(lease, [later])
    assert told() == [("failed", "")]
    assert Rollup.objects.get(span="day", at=later.at.replace(hour=0)).failed == 1
