"""Reading single fields of Graph's objects, whose dates and enums may be null, empty or missing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from ..errors import Malformed

Json = Mapping[str, Any]

_MOMENT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:?\d\d)?", re.IGNORECASE)
_DURATION = re.compile(
    r"P(?:(?P<days>\d+(?:\.\d+)?)D)?"
    r"(?:T(?:(?P<hours>\d+(?:\.\d+)?)H)?(?:(?P<minutes>\d+(?:\.\d+)?)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?",
    re.IGNORECASE,
)
MAX_DURATION = timedelta(days=10_000)  # the service writes .NET's largest TimeSpan where no interval is set


def need(data: Any, key: str, what: str) -> str:
    """A required text. Raises `Malformed`, which names the object that lacks it."""
    value = data.get(key) if isinstance(data, Mapping) else None
    if not isinstance(value, str) or not storable(value):
        raise Malformed(f"{what} without {key}")
    return storable(value)


def text(data: Json, key: str) -> str:
    """A text; empty where there is none."""
    value = data.get(key)
    return "" if value is None else storable(value if isinstance(value, str) else str(value))


def storable(value: str) -> str:
    """`value` without null characters and lone surrogates, which no database takes."""
    return value.replace("\x00", "").encode(errors="replace").decode()


def maybe(data: Json, key: str) -> str | None:
    """A text, or None where it is missing or empty."""
    return text(data, key) or None


def flag(data: Json, key: str, default: bool = False) -> bool:
    """A boolean, also as the texts "true" and "False"."""
    value = data.get(key)
    if isinstance(value, str):
        return value.strip().lower() == "true"
    return value if isinstance(value, bool) else default


def number(data: Json, key: str) -> int:
    """A whole number; 0 where there is none."""
    value = data.get(key)
    if isinstance(value, str) and value.strip().lstrip("-").isdecimal():
        return int(value)
    return int(value) if isinstance(value, int | float) and abs(value) < 2**63 else 0


def texts(data: Json, key: str) -> tuple[str, ...]:
    """The texts of a list; other items are left out."""
    value = data.get(key)
    return tuple(storable(item) for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def rows(data: Json, key: str) -> list[dict[str, Any]]:
    """The objects of a list; other items are left out."""
    value = data.get(key)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def part(data: Json, key: str) -> dict[str, Any]:
    """An object; empty where there is none."""
    value = data.get(key)
    return value if isinstance(value, dict) else {}


def word(data: Json, key: str, known: Iterable[str]) -> str:
    """A value of an enumeration in the spelling of `known`, compared regardless of case; an unknown one as it came."""
    value = text(data, key)
    return next((usual for usual in known if usual.lower() == value.lower()), value)


def moment(value: Any) -> datetime | None:
    """A point in time in UTC. None for null, "", year 1 and an unreadable value; decimals beyond six are cut."""
    found = _MOMENT.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None or found[1].startswith("0001-"):
        return None
    decimals, zone = (found[2] or "0")[:6].ljust(6, "0"), found[3] or "Z"
    try:
        read = datetime.fromisoformat(f"{found[1]}.{decimals}{'+00:00' if zone in 'Zz' else zone}")
        return read.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def duration(value: Any) -> timedelta | None:
    """An ISO 8601 duration in days and smaller units. None for null, "", unreadable values, and MAX_DURATION on."""
    found = _DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None or not any(found.groupdict().values()):
        return None
    try:
        length = timedelta(**{unit: float(amount) for unit, amount in found.groupdict().items() if amount})
    except OverflowError:
        return None
    return length if length < MAX_DURATION else None
