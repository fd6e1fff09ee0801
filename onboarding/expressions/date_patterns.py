"""Patterns of dates as .NET writes them, in its invariant culture: read a text by one, write a moment by one.

https://learn.microsoft.com/dotnet/standard/base-types/custom-date-and-time-format-strings
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

MONTHS = tuple(calendar.month_name)[1:]  # in English: nothing here sets a locale
DAYS = tuple(calendar.day_name)
TOKEN = re.compile(
    r"'(?P<quoted>[^']*)'|\\(?P<escaped>.)|(?P<date>y+|M+|d+|H+|h+|m+|s+|f+|t+|z+|K)|(?P<sign>.)", re.DOTALL
)
RESERVED = frozenset('Fg%"')
"""Signs that .NET reads as something of its own, and this module does not."""
OFFSET = r"(?P<offset>[+-]\d{2}:\d{2})"
READ = {
    "yyyy": r"(?P<year>\d{4})",
    "MM": r"(?P<month>\d{2})",
    "M": r"(?P<month>\d{1,2})",
    "MMM": rf"(?P<month_name>{'|'.join(name[:3] for name in MONTHS)})",
    "MMMM": rf"(?P<month_name>{'|'.join(MONTHS)})",
    "dd": r"(?P<day>\d{2})",
    "d": r"(?P<day>\d{1,2})",
    "HH": r"(?P<hour>\d{2})",
    "H": r"(?P<hour>\d{1,2})",
    "hh": r"(?P<hour_of_half>\d{2})",
    "h": r"(?P<hour_of_half>\d{1,2})",
    "mm": r"(?P<minute>\d{2})",
    "m": r"(?P<minute>\d{1,2})",
    "ss": r"(?P<second>\d{2})",
    "s": r"(?P<second>\d{1,2})",
    "tt": r"(?P<half>AM|PM)",
    "zzz": OFFSET,
    "K": rf"(?:{OFFSET}|(?P<utc>Z))?",
    **{"f" * digits: rf"(?P<fraction>\d{{{digits}}})" for digits in range(1, 8)},
}


class NotAPattern(ValueError):
    """The pattern has something that is not known here."""


class NotADate(ValueError):
    """The text is no date of that pattern."""


@dataclass(frozen=True)
class Moment:
    """A date as it was written; `offset` is None where the text names none."""

    wall: datetime
    offset: timedelta | None = None

    @property
    def utc(self) -> datetime:
        """In UTC; what names no offset is taken as UTC."""
        return self.wall.replace(tzinfo=timezone(self.offset or timedelta())).astimezone(UTC).replace(tzinfo=None)


def read(text: str, pattern: str) -> Moment:
    """The date that `text` is. Raises `NotAPattern` or `NotADate`."""
    parts = [_read_part(kind, part) for kind, part in _tokens(pattern)]
    try:
        found = re.fullmatch("".join(parts), text.strip(), re.ASCII)
    except re.error:
        raise NotAPattern(pattern) from None
    if found is None:
        raise NotADate(text)
    return moment_of({name: part for name, part in found.groupdict().items() if part is not None}, text)


def _read_part(kind: str, part: str) -> str:
    if kind != "date":
        return re.escape(part)
    if part not in READ:
        raise NotAPattern(part)
    return READ[part]


def moment_of(found: dict[str, str], text: str) -> Moment:
    """The date whose parts are `found`. Raises `NotADate` where there is none, and where its day is not told."""
    try:
        wall = datetime(int(found["year"]), _month(found), int(found["day"]), _hour(found), _part(found, "minute"))  # noqa: DTZ001 - the offset stands beside it
        wall += timedelta(seconds=_second(found), microseconds=int(found.get("fraction", "0").ljust(7, "0")) // 10)
        offset = timedelta() if "utc" in found else _offset(found.get("offset", ""))
        moment = Moment(wall, offset)
        moment.utc  # noqa: B018 - raises where the date leaves the calendar in UTC
    except (KeyError, ValueError, OverflowError):
        raise NotADate(text) from None
    return moment


def _part(found: dict[str, str], name: str) -> int:
    return int(found.get(name, "0"))


def _second(found: dict[str, str]) -> int:
    if (second := _part(found, "second")) > 59:
        raise ValueError(second)
    return second


def _month(found: dict[str, str]) -> int:
    if "month_name" in found:
        return [name[:3] for name in MONTHS].index(found["month_name"][:3]) + 1
    return int(found["month"])


def _hour(found: dict[str, str]) -> int:
    if "hour_of_half" not in found:
        return _part(found, "hour")
    hour = int(found["hour_of_half"])
    if not 1 <= hour <= 12:
        raise ValueError(hour)
    return hour % 12 + (12 if found["half"] == "PM" else 0)


def _offset(text: str) -> timedelta | None:
    if not text:
        return None
    size = timedelta(hours=int(text[1:3]), minutes=int(text[4:6]))
    return -size if text.startswith("-") else size


def write(moment: datetime, pattern: str, offset: timedelta | None = None) -> str:
    """The date written by the pattern. Raises `NotAPattern`."""
    return "".join(_written(part, moment, offset) if kind == "date" else part for kind, part in _tokens(pattern))


def _written(part: str, at: datetime, offset: timedelta | None) -> str:
    half = at.hour % 12 or 12
    names = {"MMM": MONTHS[at.month - 1][:3], "MMMM": MONTHS[at.month - 1]}
    names |= {"ddd": DAYS[at.weekday()][:3], "dddd": DAYS[at.weekday()], "tt": "PM" if at.hour >= 12 else "AM"}
    numbers = {"y": at.year, "M": at.month, "d": at.day, "H": at.hour, "h": half, "m": at.minute, "s": at.second}
    if part in names:
        return names[part]
    if part in ("yyyy", "yy"):
        return f"{at.year:04}" if part == "yyyy" else f"{at.year % 100:02}"
    if part[0] in numbers and part[0] != "y" and len(part) <= 2:
        return str(numbers[part[0]]).zfill(len(part))
    if part[0] == "f" and len(part) <= 7:
        return f"{at.microsecond * 10:07}"[: len(part)]
    if part == "zzz" and offset is not None:
        return _offset_text(offset)
    raise NotAPattern(part)


def _offset_text(offset: timedelta) -> str:
    minutes = abs(offset) // timedelta(minutes=1)
    return f"{'-' if offset < timedelta() else '+'}{minutes // 60:02}:{minutes % 60:02}"


def _tokens(pattern: str) -> Iterator[tuple[str, str]]:
    """Kind and text of each part. A pattern of one sign is a standard form of .NET's, and none that is known here."""
    if len(pattern) < 2:
        raise NotAPattern(pattern)
    for found in TOKEN.finditer(pattern):
        kind = found.lastgroup or ""
        if kind == "sign" and found[kind] in RESERVED:
            raise NotAPattern(found[kind])
        yield ("date" if kind == "date" else "sign"), found[kind]
