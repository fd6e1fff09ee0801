"""Celery's entry: one task for each thing that a worker is woken for. Each calls one function."""

from __future__ import annotations

from celery import shared_task

from onboarding.engine import queue
from onboarding.engine import reconcile as engine_reconcile
from onboarding.mail import context, delivery, letters
from onboarding.models import clock
from onboarding.privacy import retention


@shared_task(name="onboarding.tasks.reconcile")
def reconcile(pk: int) -> None:
    """Run through the steps of this onboarding, if it is due."""
    engine_reconcile.reconcile(pk)


@shared_task(name="onboarding.tasks.sweep")
def sweep() -> None:
    """Wake a worker for each onboarding that is due."""
    queue.enqueue_due()


@shared_task(name="onboarding.tasks.remind")
def remind() -> None:
    """Write the letters that are due by rule, and withdraw those whose reason is over."""
    now = clock.now()
    for pk in context.with_letters_waiting():
        letters.withdraw_outdated(pk, now=now)
    for pk in context.candidates(now):
        letters.write_due(pk, now=now)


@shared_task(name="onboarding.tasks.send_letters")
def send_letters() -> None:
    """Send each letter that is released."""
    delivery.send_released()


@shared_task(name="onboarding.tasks.erase_old")
def erase_old() -> None:
    """Erase the names that are older than they may become."""
    retention.erase_old(clock.now())
