"""Reading single fields of Graph's objects, whose dates and enums may be null, empty or missing.

What must be told is asked for with `need…`; the others give a value that says "none" or "not told", and are for fields
whose absence means that, or on which nobody decides.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from ..errors import Unreadable, storable

Json = Mapping[str, Any]

_MOMENT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:?\d\d)?", re.IGNORECASE)
_DURATION = re.compile(
    r"P(?:(?P<days>\d+(?:\.\d+)?)D)?"
    r"(?:T(?:(?P<hours>\d+(?:\.\d+)?)H)?(?:(?P<minutes>\d+(?:\.\d+)?)M)?(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?",
    re.IGNORECASE,
)
MAX_KEPT_WORD = 64  # letters of a name that is worked out once: a page of the log has the same few thousands of times
NO_CODE = frozenset({"", "none", "null"})
MAX_DURATION = timedelta(days=10_000)  # the service writes .NET's largest TimeSpan where no interval is set


def need(data: Any, key: str, what: str) -> str:
    """A required text. Raises `Unreadable`, which names the object that lacks it."""
    value = data.get(key) if isinstance(data, Mapping) else None
    if not isinstance(value, str) or not storable(value):
        raise Unreadable(f"{what} without {key}")
    return storable(value)


def need_rows(data: Any, key: str, what: str) -> list[dict[str, Any]]:
    """A required list of objects, which may be empty. Raises `Unreadable`."""
    value = data.get(key) if isinstance(data, Mapping) else None
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise Unreadable(f"{what} without {key}")
    return value


def selected_rows(data: Json, key: str, what: str) -> list[dict[str, Any]]:
    """A list of objects; empty where the field was not selected. Raises `Unreadable` for anything else under `key`."""
    return need_rows(data, key, what) if key in data else []


def selected_texts(data: Json, key: str, what: str) -> tuple[str, ...]:
    """A list of texts; empty where the field was not selected. Raises `Unreadable` for anything else under `key`."""
    value = data.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise Unreadable(f"{what} without {key}")
    return tuple(storable(item) for item in value)


def need_part(data: Any, key: str, what: str) -> dict[str, Any]:
    """A required object. Raises `Unreadable`."""
    value = data.get(key) if isinstance(data, Mapping) else None
    if not isinstance(value, dict):
        raise Unreadable(f"{what} without {key}")
    return value


def need_flag(data: Any, key: str, what: str) -> bool:
    """A required boolean. Raises `Unreadable`."""
    told = told_flag(data, key) if isinstance(data, Mapping) else None
    if told is None:
        raise Unreadable(f"{what} without {key}")
    return told


def need_word(word: str, known: Iterable[str], what: str) -> str:
    """`word`, where it is among `known`. Raises `Unreadable`: what an unknown one means nobody can say."""
    if word not in known:
        raise Unreadable(f"{what} “{word[:40]}”")
    return word


def text(data: Json, key: str) -> str:
    """A text; empty where there is none."""
    value = data.get(key)
    if isinstance(value, str):
        # What `storable` would say of nearly every text: a row of the log has twenty-five.
        return value if value.isascii() and "\0" not in value else storable(value)
    return "" if value is None else storable(str(value))


def maybe(data: Json, key: str) -> str | None:
    """A text, or None where it is missing or empty."""
    return text(data, key) or None


def flag(data: Json, key: str, default: bool = False) -> bool:
    """As `told_flag`; `default` where it is not told."""
    told = told_flag(data, key)
    return default if told is None else told


def told_flag(data: Json, key: str) -> bool | None:
    """A boolean, also as the texts "true" and "False"; None where it is not told."""
    value = data.get(key)
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.strip().lower())
    return value if isinstance(value, bool) else None


def number(data: Json, key: str) -> int | None:
    """A whole number, also as a text; None where it is not told."""
    value = data.get(key)
    if isinstance(value, str):
        text = value.strip()
        return int(text) if re.fullmatch(r"-?[0-9]{1,19}", text) else None
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 2**63:
        return None
    return int(value)


def count(data: Json, key: str) -> int | None:
    """A number of things; None where it is not told or cannot be one."""
    told = number(data, key)
    return told if told is not None and told >= 0 else None


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
    return _usual(tuple(known)).get(value.lower(), value)


@lru_cache(maxsize=256)
def _usual(known: tuple[str, ...]) -> dict[str, str]:
    """Each of the words by its spelling in lower case; of two that differ in case alone, the first."""
    return {usual.lower(): usual for usual in reversed(known)}


def error_code(error: Json) -> str:
    """The code of an ``errorInformation``; empty for Microsoft's words for "no error"."""
    code = text(error, "errorCode").strip()
    return "" if code.lower() in NO_CODE else code


def squeezed(word: str) -> str:
    """A name or code as it is compared: in lower case, without spaces and other marks."""
    return _squeezed(word) if len(word) <= MAX_KEPT_WORD else _squeezed.__wrapped__(word)


@lru_cache(maxsize=1024)
def _squeezed(word: str) -> str:
    return "".join(char for char in word.lower() if char.isalnum())


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
