"""The date functions of the expression language."""

from __future__ import annotations

import calendar
import re
from datetime import UTC, datetime, timedelta

from . import datepatterns
from .values import EvaluationRefused, Value, as_number, as_text

_ISO = re.compile(
    r"(?P<date>\d{4}-\d{1,2}-\d{1,2})(?:[T ](?P<time>\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,7})?)?))?"
    r"\s?(?P<zone>Z|[+-]\d{2}:?\d{2})?"
)
_US = ("M/d/yyyy h:mm:ss tt", "M/d/yyyy h:mm tt", "M/d/yyyy HH:mm:ss", "M/d/yyyy")
_YEAR_1601 = datetime(1601, 1, 1, tzinfo=UTC)
_SPANS = {
    "d": timedelta(days=1),
    "ww": timedelta(weeks=1),
    "h": timedelta(hours=1),
    "n": timedelta(minutes=1),
    "s": timedelta(seconds=1),
}


def to_date(value: Value) -> datetime | None:
    """CDate: a moment in UTC from an ISO 8601 or US date. Raises EvaluationRefused."""
    if value is None or isinstance(value, datetime):
        return value
    text = as_text(value).strip()
    found = _ISO.fullmatch(text)
    try:
        if found is not None:
            time = found["time"] or "00:00"
            naive = datetime.fromisoformat(f"{_padded(found['date'])}T{time.zfill(5) if len(time) < 5 else time}")
            return naive.replace(tzinfo=datepatterns.zone(found["zone"] or "Z")).astimezone(UTC)
        return next(moment for layout in _US if (moment := _try(text, layout)) is not None)
    except (ValueError, StopIteration):
        raise EvaluationRefused(f"'{text}' is not a date.") from None


def _padded(date: str) -> str:
    year, month, day = date.split("-")
    return f"{year}-{month:0>2}-{day:0>2}"


def _try(text: str, layout: str) -> datetime | None:
    try:
        return datepatterns.read(text, layout)
    except EvaluationRefused:
        return None


def _needed(value: Value) -> datetime:
    moment = to_date(value)
    if moment is None:
        raise EvaluationRefused("A date is needed, and the value is empty.")
    return moment


def date_add(interval: Value, count: Value, moment: Value) -> datetime:
    """The moment so many years, months, days, weeks, hours, minutes or seconds later; months end where they end."""
    unit, number, start = as_text(interval), as_number(count, "value"), _needed(moment)
    if unit in _SPANS:
        return start + number * _SPANS[unit]
    if unit not in ("yyyy", "m"):
        raise EvaluationRefused(f"'{unit}' is no interval.")
    months = start.year * 12 + start.month - 1 + number * (12 if unit == "yyyy" else 1)
    year, month = divmod(months, 12)
    if not 1 <= year <= 9999:
        raise EvaluationRefused("The date is out of range.")
    return start.replace(year=year, month=month + 1, day=min(start.day, calendar.monthrange(year, month + 1)[1]))


def date_diff(interval: Value, first: Value, second: Value) -> int:
    """Whole intervals from the first moment to the second; weeks, months and years are those of the calendar."""
    unit, begin, end = as_text(interval), _needed(first), _needed(second)
    if unit == "yyyy":
        return end.year - begin.year
    if unit == "m":
        return (end.year - begin.year) * 12 + end.month - begin.month
    if unit == "ww":
        begin, end = (day - timedelta(days=day.isoweekday() % 7) for day in (begin, end))
        return int(int((end - begin) / _SPANS["d"]) / 7)
    if unit not in _SPANS:
        raise EvaluationRefused(f"'{unit}' is no interval.")
    return int((end - begin) / _SPANS[unit])


def date_from_num(value: Value) -> datetime | None:
    """From Active Directory's count of 100 ns since 1601."""
    return None if value is None else _YEAR_1601 + timedelta(microseconds=as_number(value, "value") // 10)


def num_from_date(value: Value) -> str | None:
    """To Active Directory's count of 100 ns since 1601."""
    moment = to_date(value)
    return None if moment is None else str((moment - _YEAR_1601) // timedelta(microseconds=1) * 10)


def format_date_time(value: Value, styles: Value = None, layout: Value = None, wanted: Value = None) -> Value:
    """From one .NET format to another; `styles` changes only how forgiving .NET reads, which this one always is."""
    if value is None:
        return None
    moment = value if isinstance(value, datetime) else datepatterns.read(as_text(value), as_text(layout))
    return datepatterns.write(moment, as_text(wanted))
