"""Values of the expression language: None (null), str, bool, int, float, datetime, or a list of them (multi-valued)."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeAlias

Value: TypeAlias = Any


class Ignore:
    """The attribute is to be left out of the flow (IgnoreFlowIfNullOrEmpty)."""

    def __repr__(self) -> str:
        return "IGNORE"

    def __bool__(self) -> bool:
        return False


IGNORE = Ignore()


class Redacted(str):
    """A text that the provisioning log must not show."""

    __slots__ = ()


class EvaluationRefused(ValueError):
    """The expression is well formed but has no value for this object; the message says why."""


def is_empty(value: Value) -> bool:
    """Null, an empty string, an empty list, or to be ignored."""
    return value is None or value is IGNORE or value == "" or value == []


def as_text(value: Value) -> str:
    """As .NET writes it: True/False, M/d/yyyy h:mm:ss tt; null is empty."""
    if value is None or value is IGNORE:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, datetime):
        return write_date(value)
    if isinstance(value, list):
        if len(value) == 1:
            return as_text(value[0])
        raise EvaluationRefused("A multi-valued attribute was given where a single value is needed.")
    return str(value)


def write_date(moment: datetime) -> str:
    """Write a date as M/d/yyyy h:mm:ss tt."""
    hour = moment.hour % 12 or 12
    half = "AM" if moment.hour < 12 else "PM"
    return f"{moment.month}/{moment.day}/{moment.year} {hour}:{moment.minute:02}:{moment.second:02} {half}"


def as_number(value: Value, what: str) -> int:
    """An integer. Raises EvaluationRefused."""
    try:
        return int(value) if not isinstance(value, str) else int(value.strip(), 10)
    except (TypeError, ValueError):
        raise EvaluationRefused(f"{what} must be a whole number, not '{value}'.") from None


def as_truth(value: Value) -> bool:
    """True for a true Boolean, a non-zero number and the string "True" in any case."""
    if isinstance(value, str):
        text = value.strip().lower()
        if text in ("true", "false", ""):
            return text == "true"
        try:
            return float(text) != 0
        except ValueError:
            raise EvaluationRefused(f"'{value}' is neither true nor false.") from None
    return bool(value)


def as_list(value: Value) -> list[Value]:
    """All values of an attribute; null has none."""
    if value is None or value is IGNORE:
        return []
    return value if isinstance(value, list) else [value]


def compare(operator: str, left: Value, right: Value) -> bool:
    """The comparison operators of a condition: numbers as numbers, everything else as text, case-sensitive."""
    first, second = _comparable(left), _comparable(right)
    if not (isinstance(first, float) and isinstance(second, float)):
        first, second = as_text(left), as_text(right)
    return {
        "=": first == second,
        "<>": first != second,
        "<": first < second,  # type: ignore[operator]
        "<=": first <= second,  # type: ignore[operator]
        ">": first > second,  # type: ignore[operator]
        ">=": first >= second,  # type: ignore[operator]
    }[operator]


def _comparable(value: Value) -> float | str:
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, datetime):
        return value.timestamp()
    try:
        return float(value)
    except (TypeError, ValueError):
        return as_text(value)
