"""How many people were created, updated, removed or failed over time: one picture and one table from the same rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from onboarding.models import Onboarding, Rollup, clock
from onboarding.people.rollup import HOURS_KEPT
from onboarding.web.step_view import Text

DAYS_SHOWN = timedelta(days=60)
AT_LEAST = 6  # bars, so that a first hour is no wall
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HEIGHT, WIDTH, GAP = 40, 10, 2  # units of the drawing: of all, of a bar's place, between two
LOWEST = 2  # of a bar, so that one person among thousands is seen
LABELS: dict[str, Text] = {
    "created": _("created"),
    "updated": _("updated"),
    "matched": _("was there already"),
    "removed": _("removed"),
    "failed": _("failed"),
}


@dataclass(frozen=True)
class Bar:
    """One bar in the units of the drawing; `y` is its upper end."""

    x: int
    y: float
    height: float
    width: int = WIDTH - GAP


@dataclass(frozen=True)
class Series:
    """One kind over time; `most`: of one hour or day. A sum would count a person once for each of them."""

    kind: str
    label: Text
    most: int
    bars: Sequence[Bar]


@dataclass(frozen=True)
class OverTime:
    """What happened to how many people by the hour or by the day (UTC), from the one that began at `begin` to that of
    `last`. `series`: of what there is any; `rows`: each time at which there is, with a number for each of them, the
    newest first; `most`: the tallest bar.
    """

    by_hour: bool
    begin: datetime
    last: datetime
    width: int
    most: int
    series: Sequence[Series]
    rows: Sequence[tuple[datetime, Sequence[int]]]
    height: int = HEIGHT


def over_time(onboarding: Onboarding, kinds: Sequence[str] = Rollup.KINDS) -> OverTime | None:
    """By the hour while it is a matter of two days, then by the day; None where nothing was counted. One query."""
    now = clock.now()
    hours = Q(span=Rollup.Span.HOUR, at__gte=now - HOURS_KEPT)
    days = Q(span=Rollup.Span.DAY, at__gte=now - DAYS_SHOWN)
    found = [row for row in onboarding.rollups.filter(hours | days).order_by("at") if any(_counts(row, kinds))]
    by_hour = all(row.at > now - HOURS_KEPT for row in found)
    span = Rollup.Span.HOUR if by_hour else Rollup.Span.DAY
    rows = [row for row in found if row.span == span]
    return _drawn(rows, kinds, now, by_hour=by_hour) if rows else None


def _counts(row: Rollup, kinds: Sequence[str]) -> list[int]:
    return [getattr(row, kind) for kind in kinds]


def _drawn(rows: Sequence[Rollup], kinds: Sequence[str], now: datetime, *, by_hour: bool) -> OverTime:
    step = HOUR if by_hour else DAY
    end = max(now, rows[-1].at + timedelta(seconds=1))
    places = max(-((rows[0].at - end) // step), AT_LEAST)
    begin = rows[0].at - max(0, places + (rows[0].at - end) // step) * step
    there = [kind for kind in kinds if any(getattr(row, kind) for row in rows)]
    most = max(max(_counts(row, there)) for row in rows)
    return OverTime(
        by_hour=by_hour,
        begin=begin,
        last=begin + (places - 1) * step,
        width=places * WIDTH,
        most=most,
        series=[_series(kind, rows, begin, step, most) for kind in there],
        rows=[(row.at, _counts(row, there)) for row in reversed(rows)],
    )


def _series(kind: str, rows: Sequence[Rollup], begin: datetime, step: timedelta, most: int) -> Series:
    counts = [((row.at - begin) // step, getattr(row, kind)) for row in rows if getattr(row, kind)]
    numbers = [count for _place, count in counts]
    bars = [_bar(place, max(LOWEST, round(HEIGHT * count / most, 1))) for place, count in counts]
    return Series(kind, LABELS[kind], max(numbers), bars)


def _bar(place: int, height: float) -> Bar:
    return Bar(place * WIDTH + GAP // 2, round(HEIGHT - height, 1), height)
