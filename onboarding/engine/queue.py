"""Wake-ups for the workers, sent by task name. A message carries a key at most, has no authority, and may be lost.

Who is due stands in the database; the sweep finds whoever no message was delivered for.
"""

from __future__ import annotations

import logging
from functools import partial

from django.db import transaction
from kombu.exceptions import OperationalError

from onboarding.engine import bell
from onboarding.models import Onboarding, clock

log = logging.getLogger(__name__)

RECONCILE = "onboarding.tasks.reconcile"
SEND_LETTERS = "onboarding.tasks.send_letters"
SLOW_SHARE = 10  # one in so many for tenants that hang, lest a thousand of them leave no message for the others


def enqueue_on_commit(pk: int) -> None:
    """Wake a worker for this onboarding once the present transaction is committed.

    A broker that is down costs a wait for the sweep, no more.
    """
    transaction.on_commit(partial(_send, RECONCILE, pk))


def enqueue_letters_on_commit() -> None:
    """Wake a worker for the letters once the present transaction is committed; beat does so anyway."""
    transaction.on_commit(partial(_send, SEND_LETTERS))


def enqueue(onboarding_id: int) -> None:
    """Make the onboarding due now, and wake a worker for it once the present transaction is committed."""
    Onboarding.objects.filter(pk=onboarding_id).update(next_run_at=clock.Now())
    enqueue_on_commit(onboarding_id)


def interrupt(onboarding_id: int) -> None:
    """As `enqueue`, and the run that may be under way ends: what it began with is no longer so."""
    Onboarding.objects.interrupt(onboarding_id)
    enqueue_on_commit(onboarding_id)


def enqueue_due() -> None:
    """Wake a worker for each onboarding that is due, as far as the queue has room.

    Raises `OperationalError` while the broker does not answer.
    """
    bell.ring_each(RECONCILE, [(pk,) for pk in due(bell.room())])


def due(room: int) -> list[int]:
    """So many keys of those that are due at most, the longest waiting first; few of those whose tenants hang."""
    keys = Onboarding.objects.due().values_list("pk", flat=True)
    slow = list(keys.exclude(time_outs=0)[: room // SLOW_SHARE])
    return [*keys.filter(time_outs=0)[: room - len(slow)], *slow]


def _send(task: str, *arguments: int) -> None:
    try:
        bell.ring(task, *arguments)
    except OperationalError:
        log.warning("the broker does not answer; %s %s is left to the sweep", task, arguments)
