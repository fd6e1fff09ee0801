"""Date and time by .NET's custom format strings: reading and writing."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

from .values import EvaluationRefused

MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_PIECE = re.compile(r"y+|M+|d+|H+|h+|m+|s+|f+|F+|t+|z+|K|'[^']*'|\"[^\"]*\"|\\.|.", re.DOTALL)
_ZONE = r"Z|[+-]\d{1,2}(?::?\d{2})?"


@lru_cache(maxsize=256)
def _pieces(layout: str) -> tuple[str, ...]:
    return tuple(_PIECE.findall(layout))


def _literal(piece: str) -> str | None:
    if piece[0] in "'\"":
        return piece[1:-1]
    if piece[0] == "\\":
        return piece[1:]
    return None if piece[0] in "yMdHhmsfFtzK" else piece


# Writing


def write(moment: datetime, layout: str) -> str:
    """Write a moment in that layout."""
    return "".join(_written(piece, moment) for piece in _pieces(layout))


def _written(piece: str, moment: datetime) -> str:
    literal = _literal(piece)
    return literal if literal is not None else _WRITERS[piece[0]](moment, len(piece))


def _year(moment: datetime, length: int) -> str:
    return f"{moment.year % 100:0{length}}" if length <= 2 else f"{moment.year:0{length}}"


def _named(number: int, names: list[str], length: int) -> str:
    return names[number][:3] if length == 3 else names[number]


def _month(moment: datetime, length: int) -> str:
    return f"{moment.month:0{length}}" if length <= 2 else _named(moment.month - 1, MONTHS, length)


def _day(moment: datetime, length: int) -> str:
    return f"{moment.day:0{length}}" if length <= 2 else _named(moment.weekday(), DAYS, length)


def _offset(moment: datetime, length: int) -> str:
    minutes = int((moment.utcoffset() or timedelta()).total_seconds() // 60)
    sign, minutes = ("-", -minutes) if minutes < 0 else ("+", minutes)
    hours = f"{minutes // 60}" if length == 1 else f"{minutes // 60:02}"
    return f"{sign}{hours}" + (f":{minutes % 60:02}" if length >= 3 else "")


_WRITERS: dict[str, Callable[[datetime, int], str]] = {
    "y": _year,
    "M": _month,
    "d": _day,
    "H": lambda moment, length: f"{moment.hour:0{min(length, 2)}}",
    "h": lambda moment, length: f"{moment.hour % 12 or 12:0{min(length, 2)}}",
    "m": lambda moment, length: f"{moment.minute:0{min(length, 2)}}",
    "s": lambda moment, length: f"{moment.second:0{min(length, 2)}}",
    "f": lambda moment, length: f"{moment.microsecond * 10:07}"[:length],
    "F": lambda moment, length: f"{moment.microsecond * 10:07}"[:length].rstrip("0"),
    "t": lambda moment, length: ("AM" if moment.hour < 12 else "PM")[:length],
    "z": _offset,
    "K": lambda moment, _length: "Z" if moment.tzinfo is UTC else _offset(moment, 3),
}


# Reading


def read(text: str, layout: str) -> datetime:
    """The moment in UTC. Raises EvaluationRefused when the text is not in that layout."""
    regex, kinds = _reader(layout)
    found = regex.fullmatch(text.strip())
    if found is None:
        raise EvaluationRefused(f"'{text}' is not a date in the format '{layout}'.")
    parts = dict(zip(kinds, found.groups(), strict=True))
    try:
        return _moment(parts)
    except ValueError as problem:
        raise EvaluationRefused(f"'{text}' is not a date: {problem}.") from None


@lru_cache(maxsize=256)
def _reader(layout: str) -> tuple[re.Pattern[str], tuple[str, ...]]:
    regex, kinds = [], []
    for piece in _pieces(layout):
        literal = _literal(piece)
        if literal is not None:
            regex.append(re.escape(literal))
            continue
        regex.append(f"({_shape(piece)})")
        kinds.append(piece if len(piece) > 2 and piece[0] in "Md" else piece[0])
    return re.compile("".join(regex), re.IGNORECASE), tuple(kinds)


def _shape(piece: str) -> str:
    kind, length = piece[0], len(piece)
    if kind == "y":
        return r"\d{2}" if length <= 2 else r"\d{4}"
    if kind in "Md" and length > 2:
        names = MONTHS if kind == "M" else DAYS
        return "|".join(name[:3] if length == 3 else name for name in names)
    if kind in "MdHhms":
        return r"\d{1,2}" if length == 1 else r"\d{2}"
    if kind == "f":
        return rf"\d{{{length}}}"
    if kind == "F":
        return rf"\d{{0,{length}}}"
    return {"t": "[AP]M?", "z": _ZONE, "K": f"(?:{_ZONE})?"}[kind]


def _moment(parts: dict[str, str]) -> datetime:
    year = int(parts.get("y", "1"))
    year += 0 if len(parts.get("y", "0001")) == 4 else 2000 if year < 50 else 1900
    hour = int(parts.get("H") or parts.get("h") or 0)
    half = parts.get("t", "").upper()[:1]
    if "h" in parts and half:
        hour = hour % 12 + (12 if half == "P" else 0)
    fraction = parts.get("f") or parts.get("F") or ""
    moment = datetime(
        year,
        _month_of(parts),
        int(parts.get("d", "1")),
        hour,
        int(parts.get("m", "0")),
        int(parts.get("s", "0")),
        int(fraction.ljust(6, "0")[:6] or 0),
        tzinfo=zone(parts.get("z") or parts.get("K") or "Z"),
    )
    return moment.astimezone(UTC)


def _month_of(parts: dict[str, str]) -> int:
    for kind, value in parts.items():
        if kind.startswith("MMM"):
            return [name[: len(value)].lower() for name in MONTHS].index(value.lower()) + 1
    return int(parts.get("M", "1"))


def zone(text: str) -> timezone:
    """Read a time zone: Z, +08, +0800 or +08:00."""
    if text.upper() == "Z":
        return UTC
    digits = text[1:].replace(":", "")
    hours, minutes = (int(digits), 0) if len(digits) <= 2 else (int(digits[:-2]), int(digits[-2:]))
    span = timedelta(hours=hours, minutes=minutes)
    return timezone(-span if text[0] == "-" else span)
