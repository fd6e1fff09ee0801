"""A transaction that met another one is begun once more: the database has ended it because the other one went on."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection, transaction

P = ParamSpec("P")
R = TypeVar("R")

DEADLOCK, SERIALISATION = "40P01", "40001"  # PostgreSQL, "Error codes"


class MetAnother(OperationalError):
    """It met another one twice; nothing of it was kept."""


def once_more(function: Callable[P, R]) -> Callable[P, R]:
    """A transaction, begun a second time when it met another one. Within another transaction it is a part of that.

    Raises `MetAnother` the second time.
    """

    @wraps(function)
    def once(*args: P.args, **kwargs: P.kwargs) -> R:
        with transaction.atomic():
            return function(*args, **kwargs)

    @wraps(function)
    def again(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return once(*args, **kwargs)
        except OperationalError as error:
            if connection.in_atomic_block or not _met_another(error):
                raise
        try:
            return once(*args, **kwargs)
        except OperationalError as error:
            if _met_another(error):
                raise MetAnother(*error.args) from error
            raise

    return again


def _met_another(error: OperationalError) -> bool:
    """Whether another transaction was preferred: a deadlock, a serialisation fault, SQLite's lock."""
    code = getattr(error.__cause__, "sqlstate", None)
    return code in (DEADLOCK, SERIALISATION) or "database is locked" in str(error)
