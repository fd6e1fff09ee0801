"""What an expression is made of. ``str()`` of a node is text that parses to an equal node."""

from __future__ import annotations

import re
from dataclasses import dataclass

ESCAPED = re.compile(r'\\(["\\])|""')
ODD_ESCAPE = re.compile(r'(?:[^\\]|\\["\\])*\\[^"\\]', re.DOTALL)


@dataclass(frozen=True)
class Attribute:
    """An attribute of the person, `name` as it stands in the brackets; `path` leads on into a referenced object."""

    name: str
    path: tuple[str, ...] = ()

    def __str__(self) -> str:
        return ".".join((f"[{self.name}]", *(f"[{part}]" for part in self.path)))


@dataclass(frozen=True)
class Text:
    """A constant text; `written` is what stands between the quotes, with its escapes."""

    written: str

    @classmethod
    def of(cls, value: str) -> Text:
        """The constant whose value is `value`."""
        return cls(value.replace("\\", "\\\\").replace('"', '\\"'))

    @property
    def value(self) -> str | None:
        """The text meant. None where a backslash stands before another sign, which the reference does not define."""
        if ODD_ESCAPE.match(self.written):
            return None
        return ESCAPED.sub(lambda found: found[1] or '"', self.written)

    def __str__(self) -> str:
        return f'"{self.written}"'


@dataclass(frozen=True)
class Number:
    """A number as it is written: decimal, or hexadecimal after ``&H``."""

    written: str

    @property
    def value(self) -> int | float:
        """What it amounts to."""
        if self.written.upper().startswith("&H"):
            return int(self.written[2:], 16)
        return float(self.written) if "." in self.written else int(self.written)

    def __str__(self) -> str:
        return self.written


@dataclass(frozen=True)
class Word:
    """A bare word: True, False, or the name of an option such as vbTextCompare."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Omitted:
    """The place of an optional argument that is left empty."""

    def __str__(self) -> str:
        return ""


@dataclass(frozen=True)
class Comparison:
    """Two operands and one of ``= <> > >= < <=``."""

    left: Expression
    operator: str
    right: Expression

    def __str__(self) -> str:
        return f"{self.left} {self.operator} {self.right}"


@dataclass(frozen=True)
class Call:
    """A function with its arguments."""

    function: str
    arguments: tuple[Expression, ...] = ()

    def __str__(self) -> str:
        return f"{self.function}({', '.join(map(str, self.arguments))})"


Expression = Attribute | Text | Number | Word | Omitted | Comparison | Call
