"""Celery's entry: one task for each thing that a worker is woken for. Each calls one function."""

from __future__ import annotations

from typing import Any

from celery import shared_task
from celery.signals import worker_process_init, worker_ready, worker_shutting_down

from onboarding.engine import queue
from onboarding.engine import reconcile as engine_reconcile
from onboarding.engine.lease_keeper import keeper
from onboarding.mail import checks, delivery
from onboarding.models import clock
from onboarding.privacy import retention


@worker_ready.connect
@worker_process_init.connect
def keep_leases(**_signal: Any) -> None:
    """Renew what this worker holds, and give back what one of this machine held that is gone."""
    keeper.start()


@worker_shutting_down.connect
def drain(**_signal: Any) -> None:
    """End runs with the step that they are at."""
    keeper.drain()


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
    checks.check_all(now=clock.now())


@shared_task(name="onboarding.tasks.send_letters")
def send_letters() -> None:
    """Send each letter that is released."""
    delivery.send_released()


@shared_task(name="onboarding.tasks.erase_old")
def erase_old() -> None:
    """Erase the names that are older than they may become."""
    retention.erase_old(clock.now())
