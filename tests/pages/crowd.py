"""Several people at the same moment: threads with connections of their own, all let go when each stands at the door."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any

from django.db import connection, connections, transaction
from django.db.models import QuerySet

from devtools.stack.processes import wait_until

PATIENCE = 10.0  # seconds
WAITING = "SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted"


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each act returned, or the exception it raised; each thread gives its database connection back."""
    with ThreadPoolExecutor(len(acts)) as pool:
        return [_outcome(future) for future in [pool.submit(_alone, act) for act in acts]]


def behind(rows: QuerySet[Any], *acts: Callable[[], Any]) -> list[Any]:
    """The same, one after the other, with nobody able to write these rows until each act has come so far as to wait."""
    with ThreadPoolExecutor(len(acts)) as pool:
        with transaction.atomic():
            assert list(rows.select_for_update())
            futures = []
            for number, act in enumerate(acts, start=1):
                futures.append(pool.submit(_alone, act))
                assert wait_until(partial(_wait, number), PATIENCE), f"number {number} does not wait"
        return [_outcome(future) for future in futures]


def _alone(act: Callable[[], Any]) -> Any:
    try:
        return act()
    finally:
        connections.close_all()


def _outcome(future: Future[Any]) -> Any:
    return future.exception() or future.result()


def _wait(number: int) -> bool:
    """Whether so many wait for a lock."""
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return int(cursor.fetchone()[0]) >= number
