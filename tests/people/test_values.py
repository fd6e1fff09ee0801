"""Whether Haiilo keeps what the mappings make, by the rules of each field, and without a copy of what is made."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import transaction

from onboarding.domain.products import HOME, WORK
from onboarding.haiilo import HaiiloUser
from onboarding.models import Onboarding, Person, clock
from onboarding.people import haiilo_list, roster, values
from onboarding.people.outcome import FROM_OTHERS
from onboarding.people.recipe import Made, recipe_of
from onboarding.privacy import retention
from tests import builders

pytestmark = pytest.mark.django_db
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
MADE = {
    "userName": "eva.berg@x.example",
    "name.givenName": "Märta",
    "name.familyName": "O'Neil",
    'emails[type eq "work"].value': "eva@x.example",
    f"{WORK}.country": "Suomi",
    f"{ENTERPRISE}:department": "",
}
KEPT: dict[str, Any] = {
    "id": "h1",
    "user_name": "eva.berg@x.example",
    "emails": ("eva@x.example",),
    "active": True,
    "given": "Märta",
    "family": "O'Neil",
    "country": "Suomi",
}


def nothing() -> None: ...


def written(made: Onboarding, **columns: Any) -> Person:
    row = Person(onboarding=made, source_id="e1", user_name="eva@x.example", target_id="h1", at=clock.now())
    row.scope, row.scope_at, row.made_marks = "in", clock.now(), values.marks(made.pk, "e1", Made(MADE))
    for name, value in columns.items():
        setattr(row, name, value)
    with transaction.atomic():
        roster.write(Onboarding.objects.lock(made.pk), {}, {"e1": row}, ["user_name", "target_id", "at", *FROM_OTHERS])
    return made.people.get()


def listed(made: Onboarding, **kept: Any) -> Person:
    account = HaiiloUser(**KEPT | kept)
    haiilo_list.by_list(builders.claimed(made.pk), made, [account], at=clock.now(), alive=nothing)
    return made.people.get()


@pytest.mark.parametrize(
    ("kept", "differs"),
    [
        ({}, ""),
        ({"user_name": "EVA.Berg@X.example", "emails": ("other@x.example", "Eva@X.example")}, ""),  # RFC 7643, 4.1
        ({"given": "Ma\u0308rta", "family": "O'Neil "}, ""),  # composed otherwise, and a blank
        ({"given": None, "family": None, "country": None, "emails": ()}, ""),  # not told
        ({"department": "Sales"}, ""),  # of nothing, Entra sends nothing
        ({"given": "märta"}, "given"),  # a name as people read it
        ({"family": "ONeil"}, "family"),
        ({"family": "O\u2019Neil"}, "family"),
        ({"country": ""}, "country"),  # told to be empty
        ({"user_name": "eva@x.example", "given": "Eva"}, "user_name,given"),
        ({"emails": ("old@x.example",)}, "email"),
    ],
)
def test_compares_by_the_rules_of_each_field(kept, differs):
    made = builders.onboarding()
    written(made)
    found = listed(made, **kept)
    assert found.differs_in == differs
    made.refresh_from_db()
    assert made.differing == ({differs: 1} if differs else {})


def test_keeps_of_what_is_made_no_value_but_of_what_differs():
    made = builders.onboarding()
    row = written(made)
    for text in filter(None, MADE.values()):
        assert text not in json.dumps(row.made_marks, ensure_ascii=False)
    assert listed(made, given="Eva").differs == {"given": {"kept": "Eva"}}
    assert values.marks(made.pk, "e2", Made(MADE)) != row.made_marks, "nobody is found by somebody else's digest"


def test_is_not_another_value_with_a_new_key(settings):
    made = builders.onboarding()
    written(made)
    settings.ENCRYPTION_KEYS = ["k" * 32, *settings.ENCRYPTION_KEYS]
    assert listed(made).differs_in == ""


def test_shows_what_is_made_once_it_is_read_and_forgets_what_is_the_same():
    now = Made(MADE | {"name.givenName": "Eva", f"{WORK}.country": "Norge"})
    before = {"given": {"kept": "Eva"}, "country": {"kept": "Suomi"}}
    assert values.brought_up(before, now) == {"country": {"kept": "Suomi", "made": "Norge"}}
    assert values.brought_up(before, Made({})) == before, "what is not known says nothing"


def test_works_with_what_the_recipe_makes():
    told = {"userPrincipalName": "eva.berg@x.example", "givenName": "Märta", "surname": "O'Neil"}
    made = recipe_of(HOME).made_of(told | {"mail": "eva@x.example"})
    assert values.made_texts(made) == {
        "user_name": "eva.berg@x.example",
        "email": "eva@x.example",
        "given": "Märta",
        "family": "O'Neil",
    }


def test_is_erased_with_the_name(settings):
    settings.RETENTION_DAYS = 1
    made = builders.onboarding()
    written(made)
    listed(made, given="Eva")
    made.people.update(at=clock.now().replace(year=2020))
    retention.erase_old(clock.now())
    row = made.people.get()
    assert (row.differs, row.made_marks, row.differs_in) == ({}, {}, "given")
