"""Who may do what with a customer."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, Permission, User

from onboarding.engine.may import TABLE, Act, may
from tests import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    made = builders.onboarding()
    builders.portfolio(builders.person("bob", sees_names=False))
    builders.portfolio(builders.person("charlie"), name="Another team")
    return made


def acts(name, made):
    return {act for act in Act if may(type(builders.person(name)).objects.get(username=name), act, made)}


def test_knows_every_act():
    assert set(TABLE) == set(Act)


def test_lets_a_member_do_everything(made):
    assert acts("alice", made) == set(Act)


def test_shows_no_names_to_a_member_who_may_not_see_them(made):
    assert acts("bob", made) == set(Act) - {Act.SEE_NAMES}


def test_goes_by_the_permission_as_the_backend_does(made):
    whom = {name: builders.person(name, sees_names=False) for name in ("dora", "emil", "frida")}
    builders.portfolio(*whom.values())
    group = Group.objects.create(name="team leads")
    group.permissions.add(Permission.objects.get(codename="see_people"))
    group.user_set.add(whom["dora"])
    User.objects.filter(username="emil").update(is_superuser=True)
    for name in whom:
        fresh = User.objects.get(username=name)
        assert may(fresh, Act.SEE_NAMES, made) == fresh.has_perm("onboarding.see_people") == (name != "frida")


def test_lets_a_stranger_do_nothing(made):
    assert acts("charlie", made) == set()


def test_lets_nobody_do_anything_whose_account_is_off(made):
    alice = builders.person("alice")
    alice.is_active = False
    alice.save()
    assert acts("alice", made) == set()
