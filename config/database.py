"""How long PostgreSQL is waited for: by its own limits, and by ours where it has stopped to keep them. How times are
read, and what is prepared.

A server that stands still enforces no ``statement_timeout``, and its kernel goes on to acknowledge what arrives. So
each connection also has a limit of this side; past it the line is given up, like one that was cut.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.models.signals import pre_migrate
from psycopg import Connection, OperationalError, adapters
from psycopg.abc import AdaptContext, Buffer
from psycopg.adapt import Loader
from psycopg.pq import Format

CONNECT_SECONDS = 5
LOCK_SECONDS = 10
IDLE_SECONDS = 60  # in an open transaction: whoever holds locks works, or is gone
SPARE_SECONDS = 5  # the server's own limit comes first
NO_LIMIT = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")


def options(seconds: int) -> dict[str, Any]:
    """What a connection to PostgreSQL is opened with, when one statement may take so many seconds."""
    limits = {
        "statement_timeout": seconds,
        "lock_timeout": min(LOCK_SECONDS, seconds),
        "idle_in_transaction_session_timeout": IDLE_SECONDS,
    }
    return {
        "connect_timeout": CONNECT_SECONDS,
        "tcp_user_timeout": (seconds + SPARE_SECONDS) * 1000,
        "prepare_threshold": 0,  # of what is sent with its values apart, which only `onboarding.models.compiled` does
        "options": " ".join(f"-c {name}={limit * 1000}" for name, limit in limits.items()),
    }


class Times(Loader):
    """Times in UTC as psycopg reads them, which is compiled; Django's own reader takes ten times as long."""

    timezone = UTC  # by which Django sees that it need not put its own in this place

    def __init__(self, oid: int, context: AdaptContext | None = None) -> None:
        super().__init__(oid, context)
        own = adapters.get_loader(oid, Format.TEXT)
        assert own is not None
        self._own = own(oid, context)

    def load(self, data: Buffer) -> datetime:
        """The time. Raises `psycopg.DataError` for one that Python has not."""
        told: datetime = self._own.load(data)
        return told


def watch_over_connections() -> None:
    """From now on each new connection has a limit of this side; a migration takes the time it needs."""
    connection_created.connect(_limit, dispatch_uid="limit")
    pre_migrate.connect(_take_time, dispatch_uid="take time")


def _limit(connection: BaseDatabaseWrapper, **_more: Any) -> None:
    if connection.vendor == "postgresql":
        driver: Any = connection.connection
        driver.wait = partial(_wait, driver)
        if connection.timezone == UTC:
            driver.adapters.register_loader("timestamptz", Times)


def _wait(driver: Connection[Any], waited_for: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
    """As psycopg's own, and the line is closed where the server did not answer in time: it is of no use any more."""
    limit = settings.DATABASE_SECONDS + SPARE_SECONDS
    try:
        return Connection.wait(driver, waited_for, interval, limit if timeout is None else timeout)
    except OperationalError as problem:
        if type(problem).__name__ == "_WaitTimeout":
            driver.pgconn.finish()
        raise


def _take_time(using: str, **_more: Any) -> None:
    connection = connections[using]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for name in NO_LIMIT:
                cursor.execute(f"SET {name} = 0")
        driver: Any = connection.connection
        driver.wait = partial(Connection.wait, driver)
