"""From the provisioning log into our archive: the newest outcome of each person, and how far was read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from graphclient import ProvisioningEvent
from onboarding.models import Onboarding, Person
from onboarding.models.onboarding import Lease, LeaseLost
from onboarding.people import ingest
from tests import builders

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("exact_counts")]

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def event(minute, action="create", status="success", *, person="eva", code="", kind="User", identity=""):
    return ProvisioningEvent(
        id=identity or f"{person}-{minute}-{action}",
        at=NOON + timedelta(minutes=minute),
        action=action,
        status=status,
        error_code=code,
        source_id=person,
        source_name=person.title(),
        source_user_name=f"{person}@nordwind.example",
        source_type=kind,
    )


@pytest.fixture
def lease() -> Lease:
    return builders.claimed(builders.onboarding().pk)


def results(lease):
    return dict(Person.objects.filter(onboarding=lease.onboarding_id).values_list("source_id", "result"))


STORIES = [
    ([event(0)], "created"),
    ([event(0), event(1, "update")], "created"),
    ([event(0, "update")], "updated"),
    ([event(0, status="failure", code="X"), event(1)], "created"),
    ([event(0), event(1, "update", "failure", code="X")], "failed"),
    ([event(0), event(1, "update", "skipped", code="HaiiloRedundantExport")], "created"),
    ([event(0), event(1, "other", "skipped", code="NotEffectivelyEntitled")], "skipped"),
    ([event(0, "other", "skipped", code="RedundantExport")], "matched"),
    ([event(0), event(1, "other", "skipped", code="RedundantExport")], "created"),
    ([event(0, "update"), event(1, "other", "skipped", code="Redundant Export")], "updated"),
    ([event(0, "other", "skipped", code="RedundantExport"), event(1, "update")], "updated"),
    ([event(0), event(1, "other", "skipped", code="NotEffectivelyEntitled"), event(2)], "created"),
    ([event(0), event(1, "disable"), event(2, "other", "skipped", code="NotEffectivelyEntitled")], "removed"),
    ([event(0), event(1, "disable", "skipped", code="RedundantExport")], "removed"),
    ([event(0, "other", "skipped", code="RedundantSoftDelete")], "removed"),
    ([event(0), event(1, "other", "skipped")], "created"),
    ([event(0, "other", "skipped")], "skipped"),
    ([event(0), event(1, "create", "unknownFutureValue")], "created"),
    ([event(0), event(1, "create", "skipped", code="BrandNew")], "skipped"),
    ([event(0), event(1, "disable")], "removed"),
    ([event(0), event(1, "delete")], "removed"),
]


@pytest.mark.parametrize(("story", "ends"), STORIES)
def test_keeps_the_newest_outcome_of_a_person(lease, story, ends):
    ingest.keep(lease, story)
    assert results(lease) == {"eva": ends}


@pytest.mark.parametrize(("story", "ends"), STORIES)
def test_comes_to_the_same_in_any_order_and_however_often_it_is_read(lease, story, ends):
    ingest.keep(lease, reversed(story))
    for one in story:
        ingest.keep(lease, [one])
    assert results(lease) == {"eva": ends}


def test_counts_people_only(lease):
    ingest.keep(lease, [event(0, person="sales", kind="Group"), event(0, person="")])
    assert results(lease) == {}


def test_writes_nothing_for_a_worker_that_lost_its_lease(lease):
    Onboarding.objects.filter(pk=lease.onboarding_id).update(leased_until=None)
    Onboarding.objects.claim(lease.onboarding_id)
    with pytest.raises(LeaseLost):
        ingest.keep(lease, [event(0)])
    assert results(lease) == {}
