"""Wake-ups for the workers, sent by task name. A message carries a key at most, has no authority, and may be lost.

Who is due stands in the database; the sweep finds whoever no message was delivered for.
"""

from __future__ import annotations

import logging
from functools import partial

from django.db import transaction
from django.db.models.functions import Now
from kombu.exceptions import OperationalError

from onboarding.engine import bell
from onboarding.models import Onboarding

log = logging.getLogger(__name__)

RECONCILE = "onboarding.tasks.reconcile"
SEND_LETTERS = "onboarding.tasks.send_letters"


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
    Onboarding.objects.filter(pk=onboarding_id).update(next_run_at=Now())
    enqueue_on_commit(onboarding_id)


def enqueue_due() -> None:
    """Wake a worker for each onboarding that is due, as far as the queue has room.

    Raises `OperationalError` while the broker does not answer.
    """
    due = Onboarding.objects.due().values_list("pk", flat=True)[: bell.MAX_WAITING]
    bell.ring_each(RECONCILE, [(pk,) for pk in due])


def _send(task: str, *arguments: int) -> None:
    try:
        bell.ring(task, *arguments)
    except OperationalError:
        log.warning("the broker does not answer; %s %s is left to the sweep", task, arguments)
