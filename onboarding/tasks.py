"""Celery's entry: one task for each thing that a worker is woken for. Each calls one function."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from celery import shared_task
from celery.signals import (
    beat_init,
    task_postrun,
    task_prerun,
    task_received,
    worker_process_init,
    worker_ready,
    worker_shutting_down,
)
from django.db import close_old_connections
from kombu.exceptions import OperationalError

from onboarding.engine import hands, heartbeats, pulse, queue
from onboarding.engine import reconcile as engine_reconcile
from onboarding.engine.lease_keeper import keeper
from onboarding.engine.pulse import Kind
from onboarding.mail import checks, delivery
from onboarding.models import Heartbeat, clock
from onboarding.privacy import retention

log = logging.getLogger("onboarding.pulse")


def _sweep() -> None:
    try:
        queue.enqueue_due()
    except OperationalError as problem:
        log.warning("this worker takes up itself who is due: %s", problem)
        hands.take_due()


def _send_letters() -> None:
    delivery.send_released()


def _remind() -> None:
    checks.check_all(now=clock.now())


def _erase_old() -> None:
    retention.erase_old(clock.now())
    heartbeats.forget_the_dead()


def _round(kind: str, work: Callable[[], None]) -> Callable[[], None]:
    """`work`, and the sign that it came to its end."""

    def done() -> None:
        work()
        Heartbeat.objects.done(kind)

    return done


ROUNDS: Mapping[str, Callable[[], None]] = {
    Kind.SWEEP: _round(Kind.SWEEP, _sweep),
    Kind.MAIL: _round(Kind.MAIL, _send_letters),
    Kind.REMINDERS: _round(Kind.REMINDERS, _remind),
    Kind.ERASURE: _round(Kind.ERASURE, _erase_old),
}


@shared_task(name=queue.RECONCILE)
def reconcile(pk: int) -> None:
    """Run through the steps of this onboarding, if it is due."""
    engine_reconcile.reconcile(pk)


@shared_task(name="onboarding.tasks.sweep")
def sweep() -> None:
    """Wake a worker for each onboarding that is due; once in a while, however often it is rung."""
    if Heartbeat.objects.begin(Kind.SWEEP, not_within=pulse.period(Kind.SWEEP) / 2):
        ROUNDS[Kind.SWEEP]()


@shared_task(name=queue.SEND_LETTERS)
def send_letters() -> None:
    """Send each letter that is released."""
    ROUNDS[Kind.MAIL]()


@shared_task(name="onboarding.tasks.remind")
def remind() -> None:
    """Write the letters that are due by rule, and withdraw those whose reason is over."""
    ROUNDS[Kind.REMINDERS]()


@shared_task(name="onboarding.tasks.erase_old")
def erase_old() -> None:
    """Erase the names that are older than they may become."""
    ROUNDS[Kind.ERASURE]()


# What goes on beside the tasks

beside_the_worker = heartbeats.Worker(ROUNDS)


@worker_ready.connect
@worker_process_init.connect
def keep_leases(**_signal: Any) -> None:
    """Renew what this worker holds, and give back what one of this machine held that is gone."""
    keeper.start()


@worker_ready.connect
def live_as_worker(**_signal: Any) -> None:
    """Give signs of life, and do what nobody else does."""
    beside_the_worker.start()


@task_received.connect
def hear(**_signal: Any) -> None:
    """A message has come."""
    beside_the_worker.heard()


@task_prerun.connect
@task_postrun.connect
def tend_connections(**_signal: Any) -> None:
    """Keep this thread's connection to the database, if it is of use still: each new one takes a new server process."""
    close_old_connections()


@worker_shutting_down.connect
def drain(**_signal: Any) -> None:
    """End runs with the step that they are at."""
    keeper.drain()
    beside_the_worker.stop()
    hands.drop_all()


@beat_init.connect
def live_as_beat(**_signal: Any) -> None:
    """Give signs of life."""
    heartbeats.Beat().start()
