"""A person's story goes back further than Microsoft's log does."""

from __future__ import annotations

from datetime import timedelta

import pytest

from graphclient import ProvisioningEvent
from onboarding.models import Person, clock
from onboarding.people import ingest
from onboarding.staff.people.past import past_of
from tests import builders
from tests.archive.log_server import row as log_row

from .test_person import story_of, told

pytestmark = pytest.mark.django_db
DAYS = 24.0


def keep(made, *rows: tuple[float, str, str, str]) -> Person:
    """Rows of the log about one person: hours ago, action, status, code."""
    lease = builders.claimed(made.pk)
    for hours_ago, action, status, code in rows:
        at = clock.now() - timedelta(hours=hours_ago)
        info = {"status": status, "errorInformation": {"errorCode": code} if code else None}
        told_row = log_row(0, "s1", action, status) | {"provisioningStatusInfo": info, "id": f"{hours_ago}"}
        ingest.keep(lease, [ProvisioningEvent.from_json(told_row | {"activityDateTime": at.isoformat()})])
    return Person.objects.get(onboarding=made)


def test_tells_what_microsofts_log_has_forgotten_with_codes_and_what_came_again_once(alice, customer):
    failures = [(DAYS * day, "update", "failure", "InvalidAnchor") for day in range(40, 60)]
    person = keep(customer, (DAYS * 90, "create", "success", ""), *failures, (1, "update", "success", ""))
    story = told(story_of(alice, person))
    assert story.count("Microsoft tried and failed. Again and again. InvalidAnchor") == 1
    assert "Microsoft created the account in Haiilo." in story
    [failed, created] = past_of(person)
    assert failed.since is not None
    assert (round((failed.at - failed.since) / timedelta(days=1)), created.since) == (19, None)


def test_folds_what_is_far_back_and_tells_the_newest_first(alice, customer):
    rows = [
        (DAYS * day + hours, did, "success", "") for day in range(4) for hours, did in ((1, "update"), (2, "delete"))
    ]
    person = keep(customer, *rows)
    assert [each.kind for each in past_of(person)] == ["removed", "updated"] * 3 + ["removed"]
    assert 'id="earlier_2"' in story_of(alice, person).html


def test_tells_what_is_known_of_somebody_from_before_histories_were_kept():
    at = clock.now()
    seen = {"last": "updated", "created": (at - timedelta(days=50)).timestamp(), "updated": at.timestamp()}
    row = Person(result="created", at=at, seen=seen)
    assert [(each.kind, each.at) for each in past_of(row)] == [("created", at - timedelta(days=50))]
