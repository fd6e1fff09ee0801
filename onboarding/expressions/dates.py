"""Functions of dates. A date is a text, as Microsoft's functions give it: M/d/yyyy h:mm:ss tt, in UTC."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from datetime import datetime, timedelta

from onboarding.expressions import date_patterns
from onboarding.expressions.arguments import Arguments, Function
from onboarding.expressions.date_patterns import Moment, NotADate, NotAPattern, moment_of
from onboarding.expressions.values import Unknown, Value, Why, agreed

WRITTEN = "M/d/yyyy h:mm:ss tt"
TEXTS = (
    re.compile(
        r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})"
        r"(?:[T ](?P<hour>\d{2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.(?P<fraction>\d{1,7}))?)?)?"
        r"(?:(?P<utc>Z)|(?P<offset>[+-]\d{2}:\d{2}))?",
        re.ASCII,
    ),
    re.compile(
        r"(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4})"
        r"(?: (?P<hour_of_half>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))? (?P<half>AM|PM))?",
        re.ASCII,
    ),
)
"""ISO 8601, and the form in which the functions write; .NET takes more than is told here."""
AD_BEGINS = datetime(1601, 1, 1)  # noqa: DTZ001 - all dates of this module are in UTC
TICKS_OF_A_SECOND = 10_000_000
"""Of Active Directory's clock."""
UNITS = {
    "ww": timedelta(weeks=1),
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "n": timedelta(minutes=1),
    "s": timedelta(seconds=1),
}
MONTHS = {"m": 1, "yyyy": 12}


def written(moment: datetime) -> str:
    """A date as the functions give it."""
    return date_patterns.write(moment, WRITTEN)


def _moment(text: str, function: str) -> Moment:
    for form in TEXTS:
        if (found := form.fullmatch(text.strip())) is not None:
            parts = {name: part for name, part in found.groupdict().items() if part is not None}
            try:
                return moment_of(parts, text)
            except NotADate:
                break
    raise Unknown(Why.NOT_DOCUMENTED, function)


def _utc(arguments: Arguments, number: int) -> datetime:
    return _moment(arguments.text(number), arguments.function).utc


def _c_date(arguments: Arguments) -> Value:
    return written(_utc(arguments, 0))


def _date_add(arguments: Arguments) -> Value:
    unit, number, start = arguments.text(0), arguments.whole(1), _utc(arguments, 2)
    try:
        return written(start + number * UNITS[unit] if unit in UNITS else _months_later(start, number * MONTHS[unit]))
    except (KeyError, OverflowError, ValueError):
        raise arguments.wrong() from None


def _months_later(start: datetime, months: int) -> datetime:
    """The same day of the month, or the last one where there is none."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return start.replace(year=year, month=month + 1, day=min(start.day, calendar.monthrange(year, month + 1)[1]))


def _date_diff(arguments: Arguments) -> Value:
    """Whether bounds of the calendar or whole units are counted is not said, so the readings have to agree. The one
    example of weeks, 492.8 of them, comes to 493: whole weeks are no reading there.
    """
    unit, first, second = arguments.text(0), _utc(arguments, 1), _utc(arguments, 2)
    if unit not in _READINGS:
        raise arguments.wrong()
    return agreed("DateDiff", [reading(first, second) for reading in _READINGS[unit]])


Reading = Callable[[datetime, datetime], int]


def _whole(unit: timedelta) -> Reading:
    return lambda first, second: int((second - first) / unit)


def _bounds(unit: timedelta, zero: datetime = AD_BEGINS) -> Reading:
    return lambda first, second: (second - zero) // unit - (first - zero) // unit


def _calendar_months(size: int) -> Reading:
    return lambda first, second: (
        (second.year * 12 + second.month - 1) // size - (first.year * 12 + first.month - 1) // size
    )


def _whole_months(size: int) -> Reading:
    def count(first: datetime, second: datetime) -> int:
        if second < first:
            return -count(second, first)
        months = (second.year - first.year) * 12 + second.month - first.month
        later = (second.day, second.time()) < (first.day, first.time())
        return (months - later) // size

    return count


_SUNDAY = datetime(1601, 1, 7)  # noqa: DTZ001 - all dates of this module are in UTC
_READINGS: dict[str, tuple[Reading, ...]] = {
    **{name: (_whole(UNITS[name]), _bounds(UNITS[name])) for name in ("d", "h", "n", "s")},
    **{name: (_calendar_months(size), _whole_months(size)) for name, size in MONTHS.items()},
    "ww": (
        _bounds(UNITS["ww"], _SUNDAY),
        lambda first, second: (second - first) // UNITS["ww"],
        lambda first, second: round((second - first) / UNITS["ww"]),
    ),
}


def _date_from_num(arguments: Arguments) -> Value:
    """Of parts of a second the text of a date says nothing, and a function around this one might."""
    seconds, rest = divmod(arguments.whole(0), TICKS_OF_A_SECOND)
    if rest:
        raise arguments.undocumented()
    try:
        return written(AD_BEGINS + timedelta(seconds=seconds))
    except OverflowError:
        raise arguments.wrong() from None


def _num_from_date(arguments: Arguments) -> Value:
    return (_utc(arguments, 0) - AD_BEGINS) // timedelta(microseconds=1) * (TICKS_OF_A_SECOND // 1_000_000)


def _format(arguments: Arguments) -> Value:
    """In whose offset a text with one is written is not said: its own and UTC have to agree."""
    source = arguments.text_or_null(0)
    if arguments.option(1):
        raise arguments.undocumented()
    if source is None:
        return None
    try:
        moment = date_patterns.read(source, arguments.text(2))
        walls = {moment.wall: moment.offset, moment.utc: timedelta()}
        return agreed("FormatDateTime", [date_patterns.write(at, arguments.text(3), by) for at, by in walls.items()])
    except NotAPattern as problem:
        raise Unknown(Why.BAD_PATTERN, str(problem)) from None
    except NotADate:
        raise arguments.undocumented() from None


FUNCTIONS = {
    "CDate": Function(_c_date, 1, 1),
    "DateAdd": Function(_date_add, 3, 3),
    "DateDiff": Function(_date_diff, 3, 3),
    "DateFromNum": Function(_date_from_num, 1, 1),
    "FormatDateTime": Function(_format, 4, 4),
    "NumFromDate": Function(_num_from_date, 1, 1),
}
