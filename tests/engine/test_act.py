"""One act of a person meets another one: begun again, then refused with a sentence."""

from __future__ import annotations

import threading
from functools import partial

import pytest
from django.db import OperationalError, connection

from onboarding.customers.base import Refused, act
from onboarding.models import Onboarding
from tests import builders
from tests.pages.crowd import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def on_postgresql():
    if connection.vendor != "postgresql":
        pytest.skip("one writer at a time here")


def ended_by_the_database(code):
    with connection.cursor() as cursor:
        cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{code}'; END $$")


def test_lets_both_of_two_acts_through_that_wait_for_each_other():
    one, two = builders.onboarding(), builders.onboarding()
    both_there, tries = threading.Barrier(2), []

    @act
    def in_this_order(first, second):
        tries.append(first)
        Onboarding.objects.select_for_update().get(pk=first.pk)
        if len(tries) <= 2:
            both_there.wait(10)
        Onboarding.objects.select_for_update().get(pk=second.pk)

    assert at_once(partial(in_this_order, one, two), partial(in_this_order, two, one)) == [None, None]
    assert len(tries) >= 3


@pytest.mark.parametrize("code", ["40P01", "40001"])
def test_says_so_when_it_happens_each_time(code):
    tries = []

    @act
    def unlucky():
        tries.append(1)
        ended_by_the_database(code)

    with pytest.raises(Refused) as refused:
        unlucky()
    assert str(refused.value.sentence).startswith("Somebody else acted at the same moment.")
    assert len(tries) == 3


def test_does_not_repeat_what_failed_for_another_reason():
    tries = []

    @act
    def broken():
        tries.append(1)
        ended_by_the_database("53100")  # the disk is full

    with pytest.raises(OperationalError):
        broken()
    assert len(tries) == 1


def test_is_part_of_the_act_in_which_it_happens():
    tries = []

    @act
    def inner():
        tries.append(1)
        ended_by_the_database("40001")

    @act
    def outer():
        inner()

    with pytest.raises(Refused):
        outer()
    assert len(tries) == 3, "the whole act is begun again, not its part"
