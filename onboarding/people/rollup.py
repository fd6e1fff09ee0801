"""How many people something happened to in which hour and day: counted by what a person's history gains when it is
written, so that a row of the log that comes twice, late or out of order is counted once, in the hour that it names.

Hours are kept for some days, days for longer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from django.db.models import Q

from onboarding.models import Onboarding, Rollup
from onboarding.people.history import DAY, HOUR, Cell, History, cells
from onboarding.people.outcome import HELD_BY_THE_GUARD, Kind, plain

HOURS_KEPT = timedelta(days=2)  # less than a person's history is kept by the hour
DAYS_KEPT = timedelta(days=400)
SPANS = {HOUR: Rollup.Span.HOUR, DAY: Rollup.Span.DAY}
COUNTED_AS: Mapping[str, str] = {
    Kind.CREATED: "created",
    Kind.UPDATED: "updated",
    Kind.MATCHED: "matched",
    Kind.REMOVED: "removed",
    Kind.FAILED: "failed",
    Kind.SKIPPED: "failed",
}
"""Kind → column; what happened to nobody (not in scope, untold) is not counted."""

Gained = Counter[tuple[Rollup.Span, datetime, str]]


def gained(histories: Iterable[tuple[History, History]], now: datetime) -> Gained:
    """What people count for by these histories, before and after a change, that they did not count for before."""
    counts: Counter[Cell] = Counter()
    since = (now - HOURS_KEPT).timestamp() // HOUR * HOUR
    for before, after in histories:
        if after is not before and after != before:
            counts.update(_counted(after, since) - _counted(before, since))
    return Counter({(SPANS[length], _at(begin), column): count for (length, begin, column), count in counts.items()})


def _at(begin: int) -> datetime:
    return datetime.fromtimestamp(begin, UTC)


def _counted(history: History, since: float) -> set[Cell]:
    """The cells in which the person counts, each by the column that counts it."""
    if not history:
        return set()
    found = cells(history, by_hour_since=since, counts=_happened)
    return {(length, begin, COUNTED_AS[kind]) for length, begin, kind in found if kind in COUNTED_AS}


def _happened(code: str) -> bool:
    """Whether anything was done, or failed: nothing has where a removal is held back."""
    return not code or plain(code) not in HELD_BY_THE_GUARD


def write(held: Onboarding, counts: Gained) -> None:
    """Count them. `held` is locked by the caller's transaction. One query, none where nothing is gained."""
    rows: dict[tuple[Rollup.Span, datetime], Rollup] = {}
    for (span, at, column), count in sorted(counts.items()):
        row = rows.setdefault((span, at), Rollup(onboarding=held, span=span, at=at))
        setattr(row, column, count)
    if rows:
        Rollup.objects.add(list(rows.values()))


def let_go(now: datetime) -> None:
    """Of all that is older than it is kept, at every customer. One query."""
    hours = Q(span=Rollup.Span.HOUR, at__lt=now - HOURS_KEPT - timedelta(hours=1))
    Rollup.objects.filter(hours | Q(span=Rollup.Span.DAY, at__lt=now - DAYS_KEPT)).delete()
