"""The one clock: the database's. What two machines compare is never a time that a machine's own clock has told.

In SQL the database itself is asked (`Now`, ours, not Django's); where Python needs the time, `now` knows how far the
database's clock is from this process's monotonic one, which no operator and no time server ever sets.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from django.db import Error, connection, models
from django.db.models import ExpressionWrapper, functions
from django.db.models.expressions import Combinable

log = logging.getLogger("onboarding.clock")

STEP = timedelta(seconds=5)
"""How far this machine's clock may be off before somebody has to be told."""
MEASURED_FOR = 30.0  # seconds; two clocks of quartz part by a few milliseconds meanwhile
MEASURED_ANEW_AFTER = 5.0  # seconds after a database did not answer
TRIES = 3


@dataclass(frozen=True)
class _Reading:
    """The database's time at one moment of the monotonic clock, and how far this machine's clock was from it."""

    told: datetime
    at: float
    host_offset: timedelta
    good_until: float

    def now(self) -> datetime:
        return self.told + timedelta(seconds=time.monotonic() - self.at)


_reading: _Reading | None = None


class Now(functions.Now):
    """The database's time in SQL. On SQLite, where a time is a text, it is written as Django writes a `datetime`: else
    a time that was read and is compared again would be another text, and no row ever be found unchanged.
    """

    def as_sqlite(self, compiler: Any, connection: Any, **extra_context: Any) -> Any:
        """In whole milliseconds, which is all that SQLite tells; a whole second has no fraction, as in `str`."""
        told = "STRFTIME('%%%%Y-%%%%m-%%%%d %%%%H:%%%%M:%%%%f', 'NOW')"
        return self.as_sql(compiler, connection, template=f"REPLACE({told} || '000', '.000000', '')", **extra_context)


def now() -> datetime:
    """The present time in UTC by the database's clock, never ahead of it; measured anew after half a minute.

    While the database does not answer, the last measurement goes on; in a process that has none, the machine's clock.
    """
    return _database_time() if _vendor() == "sqlite" else _measured().now()


@cache
def _vendor() -> str:
    """What kind of database this process has: it has one."""
    return connection.vendor


def host_offset() -> timedelta:
    """This machine's clock minus the database's, as last measured."""
    return _measured().host_offset


def after(pause: timedelta | Combinable) -> Combinable:
    """So long from now, as an expression that the database computes."""
    return ExpressionWrapper(Now() + pause, output_field=models.DateTimeField())


def _measured() -> _Reading:
    global _reading
    before = _reading
    if before is not None and time.monotonic() < before.good_until:
        return before
    _reading = _measure(before)
    _tell(before, _reading)
    return _reading


def _measure(before: _Reading | None) -> _Reading:
    try:
        return min((_ask() for _try in range(TRIES)), key=lambda pair: pair[0])[1]
    except Error:
        at = time.monotonic()
        told, off = (before.now(), before.host_offset) if before else (datetime.now(UTC), timedelta())
        return _Reading(told, at, off, at + MEASURED_ANEW_AFTER)


def _ask() -> tuple[float, _Reading]:
    """One reading and how long it took; the shortest way is the most exact one."""
    begun = time.monotonic()
    told = _database_time()
    at = time.monotonic()
    return at - begun, _Reading(told, at, datetime.now(UTC) - told, at + MEASURED_FOR)


def _database_time() -> datetime:
    """Past Django's cursor: that the clock is read is nobody's query. SQLite has no clock but this machine's, which it
    tells in whole milliseconds: one that is told more exactly would be in its future.
    """
    if _vendor() == "sqlite":
        exact = datetime.now(UTC)
        return exact.replace(microsecond=exact.microsecond // 1000 * 1000)
    connection.ensure_connection()
    with connection.wrap_database_errors, _raw(connection.connection) as cursor:
        cursor.execute("SELECT clock_timestamp()")
        row: Sequence[Any] = cursor.fetchone()
    told: datetime = row[0]
    return told.astimezone(UTC)


def _raw(driver: Any) -> Any:
    return driver.cursor()


def _tell(before: _Reading | None, found: _Reading) -> None:
    """A line whenever this machine's clock goes wrong, and when it is right again."""
    was_off = before is not None and abs(before.host_offset) > STEP
    is_off = abs(found.host_offset) > STEP
    if is_off and not was_off:
        log.error("this machine's clock is %+.1f s off the database's", found.host_offset.total_seconds())
    elif was_off and not is_off:
        log.info("this machine's clock agrees with the database's again")
