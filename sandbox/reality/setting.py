"""How one thing that only a real tenant can tell is declared: its values, how sure we are, and who says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from enum import StrEnum
from typing import Any


class Mark(StrEnum):
    """How sure a value is."""

    ON_THE_WIRE = "recorded"
    """The wire was seen, and published."""
    DOCUMENTED = "documented"
    """A page of Microsoft's says so, or an RFC."""
    TOLD = "told"
    """Somebody's account of what was seen."""
    UNCONFIRMED = "unconfirmed"
    """No public source says so; it may be."""


@dataclass(frozen=True)
class Value:
    """One value of a setting: what is seen then, and who says so."""

    seen: str
    mark: Mark
    source: str = ""


@dataclass(frozen=True)
class Setting:
    """`about`: the question. `values`: its answers; where there is none, the value is a whole number."""

    about: str
    values: Mapping[str, Value]
    number: Value | None = None

    def check(self, name: str, value: object) -> None:
        """Raises ValueError for what the setting cannot be."""
        if self.number is not None:
            if type(value) is not int or value < 0:
                raise ValueError(f"{name} must be a whole number")
        elif value not in self.values:
            raise ValueError(f"{name} must be one of {', '.join(self.values)}")


def recorded(seen: str, source: str) -> Value:
    """A value that was seen on a wire."""
    return Value(seen, Mark.ON_THE_WIRE, source)


def documented(seen: str, source: str) -> Value:
    """A value that a page of Microsoft's gives, or an RFC."""
    return Value(seen, Mark.DOCUMENTED, source)


def told(seen: str, source: str) -> Value:
    """A value that somebody has given an account of."""
    return Value(seen, Mark.TOLD, source)


def unconfirmed(seen: str, source: str = "") -> Value:
    """A value that no public source settles."""
    return Value(seen, Mark.UNCONFIRMED, source)


def one_of(default: str, about: str, **values: Value) -> str:
    """A field of `Reality` that takes one of the values."""
    setting = Setting(about, values)
    setting.check("the default", default)
    made: str = field(default=default, metadata={"setting": setting})
    return made


def number(about: str, value: Value, default: int = 0) -> int:
    """A field of `Reality` that takes a whole number; 0 is off."""
    made: int = field(default=default, metadata={"setting": Setting(about, {}, value)})
    return made


def settings_of(reality: type) -> dict[str, Setting]:
    """Name → setting, in the order in which they are written."""
    return {each.name: _setting(each) for each in fields(reality)}


def _setting(one: Field[Any]) -> Setting:
    setting: Setting = one.metadata["setting"]
    return setting
