"""Signs of life: who writes them, who looks at them, and what is done where they stop.

Rows of `Heartbeat` say when each process lived and when each round (the sweep, the letters …) last came to its end, all
by the database's clock. Beat rings for the rounds. Where a round is overdue, any worker does it itself and any web
process rings for it: neither beat nor the broker is needed for anything to go on, only for it to go on at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from django.conf import settings
from django.db.models import Max

from onboarding.engine import bell
from onboarding.models import Heartbeat, clock
from onboarding.models.compiled import Values

Kind = Heartbeat.Kind
LOOKING = (Kind.WORKER, Kind.SWEEP)  # while both live, somebody looks at the customers
SILENT_AFTER = timedelta(seconds=30)  # at least; a deploy restarts a worker in less


@dataclass(frozen=True)
class Watch:
    """Whether somebody looks at the customers; if not, since when (None where nobody ever did), and what is missing."""

    looking: bool
    since: datetime | None
    missing: tuple[str, ...]


@dataclass(frozen=True)
class Sign:
    """The latest sign of life of a kind, and how far the clock of a host that lives may be off at worst."""

    at: datetime | None
    age: timedelta | None
    clock_offset: timedelta

    def within(self, limit: timedelta) -> bool:
        """Whether it is not older than `limit`."""
        return self.age is not None and self.age <= limit


def period(kind: str) -> timedelta:
    """How often a round comes; a process gives a sign of life as often as the sweep comes."""
    return timedelta(seconds=settings.ROUNDS.get(kind, settings.SWEEP_SECONDS))


def silent_after(kind: str) -> timedelta:
    """How old the latest sign of this kind may be until it is said to be silent."""
    return max(3 * period(kind), SILENT_AFTER)


def watch() -> Watch:
    """Whether somebody looks at the customers. One query."""
    latest = dict(_latest().rows())
    now, seen = clock.now(), {kind: latest.get(kind) for kind in LOOKING}
    missing = {kind: at for kind, at in seen.items() if at is None or now - at > silent_after(kind)}
    known = [at for at in missing.values() if at is not None]
    return Watch(not missing, min(known) if len(known) == len(missing) and known else None, tuple(missing))


@cache
def _latest() -> Values:
    """The latest sign of each kind of those who look."""
    return Values(Heartbeat.objects.filter(kind__in=LOOKING).order_by().values_list("kind").annotate(latest=Max("at")))


def signs() -> Mapping[str, Sign]:
    """The latest sign of each kind. One query."""
    rows, now = list(Heartbeat.objects.order_by("at")), clock.now()
    return {kind: _sign([row for row in rows if row.kind == kind], kind, now) for kind in Kind}


def _sign(rows: list[Heartbeat], kind: str, now: datetime) -> Sign:
    at = max((row.at for row in rows if row.at), default=None)
    living = [row for row in rows if row.at and now - row.at <= silent_after(kind)]
    worst = max((row.clock_offset_ms for row in living), key=abs, default=0)
    return Sign(at, max(now - at, timedelta()) if at else None, timedelta(milliseconds=worst))


def overdue() -> Iterator[tuple[str, timedelta]]:
    """Each round that is overdue, with the time within which it must not have begun. One query.

    While beat or the broker is silent, nobody waits for three rounds to fail.
    """
    rows, now = list(Heartbeat.objects.all()), clock.now()
    beats = [row.at for row in rows if row.kind == Kind.BEAT and row.at]
    rung = any(now - at <= 3 * period(Kind.BEAT) for at in beats) and not bell.is_left_alone()
    last = {row.kind: max(filter(None, (row.begun_at, row.at)), default=None) for row in rows}
    for kind in settings.ROUNDS:
        limit = 3 * period(kind) if rung else period(kind)
        at = last.get(kind)
        if at is None or now - at > limit:
            yield kind, limit
