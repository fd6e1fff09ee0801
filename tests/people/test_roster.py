"""One row per person, written by several readers, and what they are counted by."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from graphclient import ProvisioningEvent
from onboarding.domain.standings import InHaiilo, Scope, Standing, standing
from onboarding.models import Onboarding, Person, clock
from onboarding.people import roster
from onboarding.people.outcome import FROM_OTHERS, outcome
from tests import builders
from tests.archive.log_server import row as log_row

pytestmark = pytest.mark.django_db
NOW = clock.now


def assigned(made: Onboarding, source_id: str = "eva", **columns: object) -> Person:
    """A person whom only the assignments tell of."""
    given = {"scope": Scope.IN, "scope_at": NOW(), "at": NOW(), "name": "Eva Müller", "user_name": "eva@x.example"}
    row = Person(onboarding=made, source_id=source_id, **{**given, **columns})
    with transaction.atomic():
        held = Onboarding.objects.lock(made.pk)
        known = roster.rows_of(held, [source_id])
        roster.write(held, known, {source_id: row}, ["name", "user_name", "at", *FROM_OTHERS])
    return made.people.get(source_id=source_id)


def test_counts_who_is_in_scope_before_anything_was_logged():
    made = builders.onboarding()
    assert assigned(made).standing == Standing.COMING
    made.refresh_from_db()
    assert (made.people_counts, made.standings, made.scopes) == ({}, {"coming": 1}, {"in": 1})


def test_keeps_name_and_scope_when_the_log_tells_of_the_person():
    made = builders.onboarding()
    before = assigned(made)
    told = ProvisioningEvent.from_json(log_row(1, "eva") | {"sourceIdentity": {"id": "eva", "identityType": "User"}})
    after = outcome(made.pk, told, before)
    assert after is not None
    roster.carry_over(before, after, FROM_OTHERS)
    assert (after.result, after.scope, after.name) == ("created", "in", "Eva Müller")


def test_believes_haiilo_from_when_it_was_asked_until_microsoft_reports_again():
    at = NOW()
    row = Person(result="created", at=at, seen={"last": "created", "created": at.timestamp()})
    row.in_haiilo, row.in_haiilo_at = InHaiilo.ABSENT, at - timedelta(minutes=1)
    assert roster.known(row).in_haiilo is InHaiilo.UNTOLD
    row.in_haiilo_at = at + timedelta(minutes=1)
    assert roster.known(row).in_haiilo is InHaiilo.ABSENT


@pytest.mark.parametrize(
    ("action", "code", "expected"),
    [
        ("stageddelete", "TooManyDeletes", Standing.HELD_BACK),
        ("delete", "InternalServerError", Standing.LEAVING),
        ("update", "InternalServerError", Standing.OUTDATED),
        ("update", "InvalidAnchor", Standing.FAILED),
        ("delete", "InvalidAnchor", Standing.GONE),
    ],
)
def test_tells_a_removal_that_is_held_back_or_failed_from_a_failed_change(action, code, expected):
    at = NOW()
    row = Person(result="failed", action=action, code=code, at=at, seen={"last": "failed", "created": 1.0})
    row.scope, row.scope_at = Scope.IN, at - timedelta(hours=1)
    assert standing(roster.known(row)) is expected
