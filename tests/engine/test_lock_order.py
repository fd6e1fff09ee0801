"""The order of locks is watched in every test (tests/fixtures/lock_order.py); here, that the watch sees it."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from onboarding.engine import ledger, queue
from onboarding.models import Onboarding
from tests import builders
from tests.fixtures.lock_order import LockOrder

pytestmark = pytest.mark.django_db


@pytest.fixture
def made(lock_order: LockOrder) -> Onboarding:
    if connection.vendor != "postgresql":
        pytest.skip("rows are not locked one by one here")
    return builders.onboarding()


def step_first(made):
    with transaction.atomic():
        ledger.make_stale(made.pk)
        queue.enqueue(made.pk)


def onboarding_first(made):
    with transaction.atomic():
        Onboarding.objects.lock(made.pk)
        ledger.make_stale(made.pk)
        queue.enqueue(made.pk)


def two_transactions(made):
    ledger.make_stale(made.pk)
    with transaction.atomic():
        queue.enqueue(made.pk)


def test_notices_a_step_before_the_onboarding(made, lock_order):
    step_first(made)
    assert [each.splitlines()[0] for each in lock_order.broken] == ["onboarding_stepstate then onboarding_onboarding"]
    lock_order.broken.clear()


@pytest.mark.parametrize("order", [onboarding_first, two_transactions])
def test_lets_the_one_order_pass(made, lock_order, order):
    order(made)
    assert lock_order.broken == []
