"""Waits that grow: after a fault of our own, and for a tenant that does not answer in time.

A database, disk or broker of ours that fails says nothing about a customer, so it is never a verdict on one: the run
ends, and the next is due a little later each time.
"""

from __future__ import annotations

from datetime import timedelta

from django import db
from kombu.exceptions import OperationalError as BrokerError

OUR_FAULTS = (db.OperationalError, db.InterfaceError, db.InternalError, BrokerError, OSError)
"""Errors of what we run ourselves. Those of the way to Microsoft are a `GraphError` by the time they come here."""
MOST_COUNTED = 100
_FIRST_AFTER_FAULT, _LONGEST_AFTER_FAULT = timedelta(seconds=5), timedelta(minutes=5)
_FIRST_UNREADABLE, _LONGEST_UNREADABLE = timedelta(seconds=30), timedelta(minutes=15)
_FIRST_AFTER_TIME_OUT, _LONGEST_AFTER_TIME_OUT = timedelta(seconds=30), timedelta(minutes=15)


def after_our_faults(before: int) -> timedelta:
    """The wait after a fault of ours that `before` others came before, in a row."""
    return _doubled(_FIRST_AFTER_FAULT, before, _LONGEST_AFTER_FAULT)


def after_time_outs(in_a_row: int) -> timedelta:
    """The wait after so many runs that ended because the tenant did not answer in time, the last one included."""
    return _doubled(_FIRST_AFTER_TIME_OUT, max(in_a_row - 1, 0), _LONGEST_AFTER_TIME_OUT)


def after_unreadable(in_a_row: int) -> timedelta:
    """The wait after so many looks in a row that met an answer which cannot be read, the last one included."""
    return _doubled(_FIRST_UNREADABLE, max(in_a_row - 1, 0), _LONGEST_UNREADABLE)


def _doubled(first: timedelta, times: int, longest: timedelta) -> timedelta:
    return min(first * (1 << min(times, 10)), longest)
