"""What a start does to each person, for every way in which somebody can stand; and that the counts follow the rows."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from django.db import transaction

from onboarding.domain.prospects import Prospect, Prospects, prospect
from onboarding.domain.standings import InHaiilo, Known, Last, Scope, Told
from onboarding.models import Onboarding, Person, clock
from onboarding.people import roster
from onboarding.people.outcome import FROM_OTHERS
from tests import builders

WAYS = list(itertools.product(Scope, Told, InHaiilo, (False, True)))
ACCOUNTS = {
    (Told.NOTHING, InHaiilo.UNTOLD): "untold",
    (Told.ACCOUNT, InHaiilo.UNTOLD): "there",
    (Told.REMOVED, InHaiilo.UNTOLD): "absent",
    **{(told, InHaiilo.ABSENT): "absent" for told in Told},
    **{(told, word): "there" for told in Told for word in (InHaiilo.ACTIVE, InHaiilo.INACTIVE)},
    # Of two accounts Microsoft knows the one that it wrote; else its search finds both, and links none.
    (Told.NOTHING, InHaiilo.TWICE): "twice",
    (Told.ACCOUNT, InHaiilo.TWICE): "there",
    (Told.REMOVED, InHaiilo.TWICE): "twice",
}
LOST = {**ACCOUNTS, (Told.ACCOUNT, InHaiilo.UNTOLD): "untold", (Told.ACCOUNT, InHaiilo.TWICE): "twice"}
"""Where the account that Microsoft knew is gone."""


@pytest.mark.parametrize("scope", Scope)
@pytest.mark.parametrize("last", Last)
def test_has_one_prospect_for_each_way_to_stand(scope, last):
    """“Default Access” alone is provisioned; disabled, nested, filtered and unassigned people are not."""
    accounts = LOST if last is Last.ACCOUNT_GONE else ACCOUNTS
    for told, word, fails, newer in itertools.product(Told, InHaiilo, (False, True), (False, True)):
        known = Known(scope, told, last, newer, word)
        rightly = accounts[told, word] + ("_fails" if fails else "") if scope in (Scope.IN, Scope.NO_ACCESS) else ""
        assert prospect(known, certain_to_fail=fails) == rightly, known


def row_of(made: Onboarding, number: int, scope: Scope, told: Told, word: InHaiilo, *, fails: bool) -> Person:
    at = clock.now() - timedelta(hours=1)
    seen = {Told.ACCOUNT: {"last": "created", "created": 1.0}, Told.REMOVED: {"last": "removed", "removed": 1.0}}
    return Person(
        onboarding=made,
        source_id=f"p{number}",
        at=at,
        scope=scope,
        scope_at=at,
        result={Told.ACCOUNT: "created", Told.REMOVED: "removed"}.get(told, ""),
        seen=seen.get(told, {}),
        in_haiilo=word,
        in_haiilo_at=clock.now() if word else None,
        certain_to_fail=fails,
    )


@pytest.mark.django_db
def test_counts_everybody_once_and_follows_each_change():
    made = builders.onboarding()
    columns = ["at", "result", "seen", *FROM_OTHERS]
    rows = {
        each.source_id: each
        for number, (scope, told, word, fails) in enumerate(WAYS)
        for each in [row_of(made, number, scope, told, word, fails=fails)]
    }
    with transaction.atomic():
        roster.write(Onboarding.objects.lock(made.pk), {}, rows, columns)
    made.refresh_from_db()
    counted = Prospects(made.prospects)
    in_scope = [way for way in WAYS if way[0] in (Scope.IN, Scope.NO_ACCESS)]
    there = [way for way in in_scope if ACCOUNTS[way[1], way[2]] == "there"]
    ambiguous = [way for way in in_scope if ACCOUNTS[way[1], way[2]] == "twice"]
    failing = [way for way in in_scope if way[3]]
    assert counted.in_scope == len(in_scope)
    assert counted.there == len(there)
    assert counted.there_failing == len([way for way in there if way[3]])
    assert counted.ambiguous == len(ambiguous) > 0
    assert counted.ambiguous_failing == len([way for way in ambiguous if way[3]])
    created = [way for way in in_scope if way not in there + ambiguous + failing]
    assert counted.of(Prospect.ABSENT, Prospect.UNTOLD) == len(created)
    assert len(created) > len(in_scope) - len(there) - len(failing), "who is there and fails is taken off once"
    with transaction.atomic():
        held = Onboarding.objects.lock(made.pk)
        before = roster.rows_of(held, rows)
        after = {
            key: row_of(made, int(key[1:]), Scope.OUT, *way[1:3], fails=way[3])
            for key, way in zip(rows, WAYS, strict=True)
        }
        roster.write(held, before, after, columns)
    made.refresh_from_db()
    assert made.prospects == {}
