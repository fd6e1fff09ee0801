"""Rare shapes of data are offered as test users, however many plain people stand before them."""

from __future__ import annotations

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from onboarding.domain.products import ADVOCACY
from onboarding.models import Onboarding, Person, clock
from onboarding.people import roster
from onboarding.people.outcome import FROM_OTHERS
from onboarding.people.prospects import Prospects
from onboarding.people.recipe import recipe_of
from onboarding.people.scope_rows import Account
from onboarding.people.suggested import suggested
from tests import builders

pytestmark = pytest.mark.django_db
PLAIN = {"displayName": "Eva Berg", "givenName": "Eva", "surname": "Berg", "country": "Suomi"}
RARE: dict[str, dict[str, str | None]] = {
    "no surname": {"surname": None},
    "no country": {"country": ""},
    "letters": {"surname": "Müller"},
    "apostrophe": {"surname": "O\u2019Neil"},
    "long": {"displayName": "x" * 65},
    "several": {"surname": "", "country": None, "displayName": "Zoë"},
}


def put(made: Onboarding, people: dict[str, dict[str, str | None]]) -> None:
    rows = {}
    for number, (name, told) in enumerate(people.items()):
        upn = {"userPrincipalName": f"u{number}@x.example"}
        row = Person(onboarding=made, source_id=name, scope="in", scope_at=clock.now(), at=clock.now())
        row.paths = [{"by": "direct"}]
        Prospects(recipe_of(ADVOCACY), [], clock.now()).tell(row, Account(told=PLAIN | upn | told))
        rows[name] = row
    with transaction.atomic():
        roster.write(Onboarding.objects.lock(made.pk), {}, rows, ["at", *FROM_OTHERS])


def test_offers_each_rare_shape_behind_many_plain_people():
    made = builders.onboarding()
    plain: dict[str, dict[str, str | None]] = {f"plain {number}": {} for number in range(30)}
    put(made, plain | RARE)
    with CaptureQueriesContext(connection) as queries:
        found = {each.id for each in suggested(made)}
    assert found >= set(RARE)
    assert len(found) == len(RARE) + 5
    assert len(queries) == 5
    made.people.update(erased_at=clock.now())
    assert suggested(made) == ()
