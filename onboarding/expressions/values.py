"""What an expression can come to, and why it sometimes comes to nothing that is known here."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard


class Why(enum.StrEnum):
    """Why a value is not known."""

    NOT_READ = "not_read"
    """The attribute is not among those that were read: neither empty nor anything else is said of it."""
    ONLY_AT_MICROSOFT = "only_at_microsoft"
    """The function draws lots, or looks at what only Microsoft's service has."""
    UNKNOWN_FUNCTION = "unknown_function"
    UNKNOWN_WORD = "unknown_word"
    WRONG_ARGUMENTS = "wrong_arguments"
    """Too few, too many, or of a kind that the function does not take."""
    NOT_DOCUMENTED = "not_documented"
    """Microsoft's reference does not say what comes of it, or says two things."""
    BAD_PATTERN = "bad_pattern"
    """A regular expression, or a pattern of dates, that is not understood here."""
    TOO_SLOW = "too_slow"
    """A regular expression that had to be stopped."""
    NOT_AN_EXPRESSION = "not_an_expression"
    """What the mapping has is no expression, or one beyond our limits. Told by those who read mappings."""


@dataclass(frozen=True)
class NotEvaluated:
    """No value: it is not known here. `what`: the function, attribute or word because of which."""

    why: Why
    what: str


@dataclass(frozen=True)
class Dropped:
    """The attribute is left out of what is written (IgnoreFlowIfNullOrEmpty)."""


DROPPED = Dropped()
Plain = str | bool | int | float | tuple[str, ...] | None
"""None is Microsoft's NULL, the absence of an attribute; ``""`` is a text without signs. They are two things.

Dates are texts of the form M/d/yyyy h:mm:ss tt in UTC, as the functions of dates give and take them.
"""
Value = Plain | Dropped | NotEvaluated


class Unknown(Exception):
    """Raised inside the room where a value is not known; `evaluating.evaluate` gives it back as a value."""

    def __init__(self, why: Why, what: str) -> None:
        super().__init__(f"{why}: {what}")
        self.told = NotEvaluated(why, what)


def plain_of(value: Any, what: str) -> Plain:
    """A value of a person as the language knows it. A list without values is the absence of the attribute.

    Raises `Unknown` of an object, whose place in an expression is not documented.
    """
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, Sequence) and all(isinstance(each, str) for each in value):
        return tuple(value) or None
    raise Unknown(Why.WRONG_ARGUMENTS, what)


def is_empty(value: Value) -> TypeGuard[str | None]:
    """Null, or a text without signs."""
    return value is None or value == ""


def text_of(value: Plain, what: str) -> str:
    """A value as text: True and False with capitals. Raises `Unknown` of null and of several values."""
    if isinstance(value, str):
        return value
    if value is None:
        raise Unknown(Why.NOT_DOCUMENTED, what)
    if isinstance(value, tuple):
        if len(value) == 1:
            return value[0]
        raise Unknown(Why.WRONG_ARGUMENTS, what)
    return str(value)


def agreed(what: str, readings: Iterable[Plain]) -> Plain:
    """The one value that all readings of the reference lead to. Raises `Unknown` where they differ."""
    found = list(readings)
    if any(each != found[0] for each in found):
        raise Unknown(Why.NOT_DOCUMENTED, what)
    return found[0]


Person = Mapping[str, Any]
"""Attributes by Entra's own names. A name that is missing was not read; a value of None is read and not there."""
