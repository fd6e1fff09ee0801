"""A transaction that met another one is begun again: the database has ended it because the other one went on."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection, transaction

P = ParamSpec("P")
R = TypeVar("R")

DEADLOCK, SERIALISATION = "40P01", "40001"  # PostgreSQL, "Error codes"

# Seconds before each further try, and up to as many more. The other one has to wake and take what this one gave back:
# begun at once, this one would be there first and end as before.
PAUSES = (0.1, 0.5)


class MetAnother(OperationalError):
    """It met another one each time; nothing of it was kept."""


def begun_again(function: Callable[P, R]) -> Callable[P, R]:
    """A transaction, begun again up to twice when it met another one. Within another transaction it is a part of that.

    Raises `MetAnother` when it did so each time.
    """

    @wraps(function)
    def once(*args: P.args, **kwargs: P.kwargs) -> R:
        with transaction.atomic():
            return function(*args, **kwargs)

    @wraps(function)
    def again(*args: P.args, **kwargs: P.kwargs) -> R:
        for pause in PAUSES:
            try:
                return once(*args, **kwargs)
            except OperationalError as error:
                if connection.in_atomic_block or not _met_another(error):
                    raise
            time.sleep(random.uniform(pause, 2 * pause))  # noqa: S311 - spreads the tries, hides nothing
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
