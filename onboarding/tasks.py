"""Doorbells. A message carries a key, has no authority, and may be lost, doubled, late or forged without harm."""

from __future__ import annotations

import logging
from functools import partial

from celery import shared_task
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from onboarding.engine import reconcile as engine
from onboarding.mail import context as standings
from onboarding.mail import delivery as mail
from onboarding.mail import letters
from onboarding.models import Onboarding
from onboarding.privacy import retention

log = logging.getLogger(__name__)

MOST_AT_ONCE = 500
EXPIRES = 30  # seconds; the next sweep rings again


@shared_task(name="onboarding.tasks.reconcile")
def reconcile(pk: int) -> None:
    """Look at this onboarding."""
    engine.reconcile(pk)


@shared_task(name="onboarding.tasks.sweep")
def sweep() -> None:
    """Ring for each onboarding that is due."""
    for pk in Onboarding.objects.due(timezone.now()).values_list("pk", flat=True)[:MOST_AT_ONCE]:
        reconcile.apply_async((pk,), expires=EXPIRES)


@shared_task(name="onboarding.tasks.remind")
def remind() -> None:
    """Write the letters that are due by rule, and withdraw those whose reason is over."""
    now = timezone.now()
    for pk in standings.with_letters_waiting():
        letters.withdraw_outdated(pk, now=now)
    for pk in standings.candidates(now):
        letters.write_due(pk, now=now)


@shared_task(name="onboarding.tasks.send_letters")
def send_letters() -> None:
    """Send each letter that is released."""
    mail.send_released()


@shared_task(name="onboarding.tasks.erase_old")
def erase_old() -> None:
    """Erase the names that are older than they may become."""
    retention.erase_old(timezone.now())


def ring_on_commit(pk: int) -> None:
    """Ring once the present transaction is committed. A broker that is down costs a wait for the sweep, no more."""
    transaction.on_commit(partial(_ring, pk))


def _ring(pk: int) -> None:
    try:
        reconcile.apply_async((pk,), expires=EXPIRES, retry=False)
    except OperationalError:
        log.warning("the broker does not answer; the sweep will look at onboarding %s", pk)


def ring_for_letters_on_commit() -> None:
    """Ring for the letters once the present transaction is committed; beat rings for them anyway."""
    transaction.on_commit(_ring_for_letters)


def _ring_for_letters() -> None:
    try:
        send_letters.apply_async((), expires=EXPIRES, retry=False)
    except OperationalError:
        log.warning("the broker does not answer; beat will ring for the letters")
