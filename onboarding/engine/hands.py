"""What a worker does without being woken: while beat or the broker is silent, it takes up itself what is due."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial

from django.db import close_old_connections

from onboarding.engine import queue, reconcile

log = logging.getLogger("onboarding.pulse")

HANDS = 4  # at once in one process, beside the threads that are woken
_in_hand: set[Hashable] = set()
_lock = threading.Lock()


@cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(HANDS, thread_name_prefix="hand")


def take_due() -> None:
    """Take up who is due, the longest waiting first. Who is taken up already, here or by another worker, is not."""
    for pk in queue.due(5 * HANDS):
        do(pk, partial(reconcile.reconcile, pk))


def do(key: Hashable, work: Callable[[], None]) -> None:
    """Have `work` done by a free hand, once at a time for each key."""
    with _lock:
        if key in _in_hand:
            return
        _in_hand.add(key)
    _pool().submit(_run, key, work)


def drop_all() -> None:
    """Begin nothing more; what was begun goes on."""
    _pool().shutdown(wait=False, cancel_futures=True)


def _run(key: Hashable, work: Callable[[], None]) -> None:
    close_old_connections()
    try:
        work()
    except Exception:
        log.exception("%s could not be done", key)
    finally:
        close_old_connections()
        with _lock:
            _in_hand.discard(key)
