"""OData's $filter as Graph takes it: parsed, checked against what a collection can filter by, made a predicate.

What may be filtered how: docs/graph-facts.md, "Paging and batch", "Provisioning log".
Directory values compare without regard to case, logs with.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .exchange import Refused

Getter = Callable[[Any, str], Any]
Predicate = Callable[[Any], bool]

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<moment>\d{4}-\d\d-\d\d(?:T[\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?)"
    r"|(?P<guid>[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})"
    r"|(?P<number>-?\d+(?:\.\d+)?)|(?P<word>[A-Za-z_@][\w./]*)|(?P<sign>[(),:]))"
)
_TEXT_FUNCTIONS: dict[str, Callable[[str, str], bool]] = {
    "startswith": lambda text, part: text.startswith(part),
    "endswith": lambda text, part: text.endswith(part),
    "contains": lambda text, part: part in text,
}
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}
MOST_IN = 15
MANY_IN = "in, more than fifteen"
ADVANCED = frozenset({"ne", "not", "endswith", MANY_IN})


@dataclass(frozen=True)
class Filterable:
    """Property → operators that Graph allows there (`any/eq` for collections). `folded`: case does not count."""

    properties: Mapping[str, frozenset[str]]
    folded: bool = True


def ops(text: str) -> frozenset[str]:
    """The operators of a space-separated list."""
    return frozenset(text.split())


@dataclass
class Compiled:
    """A predicate, the operators that were used, and `equal`: the value that one property must have, if that is all."""

    test: Predicate
    used: set[str]
    equal: tuple[str, Any] | None = None


def compile_filter(text: str, allowed: Filterable, get: Getter) -> Compiled:
    """Raises Refused: 400 BadRequest for bad syntax, 400 Request_UnsupportedQuery for what is not supported."""
    parser = _Parser(text, allowed, get)
    test = parser.disjunction()
    if parser.peek() is not None:
        raise parser.wrong()
    return Compiled(test, parser.used, parser.only)


class _Parser:
    def __init__(self, text: str, allowed: Filterable, get: Getter) -> None:
        self.text, self.allowed, self.get = text, allowed, get
        self.tokens = _tokens(text)
        self.at = 0
        self.used: set[str] = set()
        self.only: tuple[str, Any] | None = None

    def peek(self) -> tuple[str, str] | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def take(self) -> tuple[str, str]:
        token = self.peek()
        if token is None:
            raise self.wrong()
        self.at += 1
        return token

    def expect(self, sign: str) -> None:
        if self.take()[1] != sign:
            raise self.wrong()

    def wrong(self) -> Refused:
        return Refused(400, "BadRequest", f"Invalid filter clause: Syntax error in '{self.text[:200]}'.")

    def _word(self, word: str) -> bool:
        token = self.peek()
        if token is not None and token == ("word", word):
            self.at += 1
            return True
        return False

    def disjunction(self) -> Predicate:
        tests = [self.conjunction()]
        while self._word("or"):
            tests.append(self.conjunction())
        if len(tests) == 1:
            return tests[0]
        self.only = None
        return lambda row: any(test(row) for test in tests)

    def conjunction(self) -> Predicate:
        tests = [self.factor()]
        while self._word("and"):
            tests.append(self.factor())
        if len(tests) == 1:
            return tests[0]
        self.only = None
        return lambda row: all(test(row) for test in tests)

    def factor(self) -> Predicate:
        if self._word("not"):
            self.used.add("not")
            inner = self.factor()
            self.only = None
            return lambda row: not inner(row)
        if self.peek() == ("sign", "("):
            self.take()
            inner = self.disjunction()
            self.expect(")")
            return inner
        return self.comparison()

    def comparison(self) -> Predicate:
        kind, name = self.take()
        if kind != "word":
            raise self.wrong()
        lower = name.lower()
        if self.peek() == ("sign", "("):
            if lower in ("startswith", "endswith", "contains"):
                return self._text_function(lower)
            if lower.endswith("/any"):
                return self._any(name[:-4])
            if lower in ("tolower", "toupper"):
                return self._folded()
            raise self.wrong()
        return self._compared(name)

    def _compared(self, name: str) -> Predicate:
        sign = self.take()[1].lower()
        if sign == "in":
            return self._in(name)
        if sign not in _COMPARE:
            raise self.wrong()
        self._allow(name, sign)
        compare, wanted = _COMPARE[sign], self._fold(self._literal())
        if sign == "eq":
            self.only = (name, wanted)
        return lambda row: _safely(compare, self._fold(self.get(row, name)), wanted, sign)

    def _in(self, name: str) -> Predicate:
        self._allow(name, "in")
        self.expect("(")
        wanted = [self._fold(self._literal())]
        while self.peek() == ("sign", ","):
            self.take()
            wanted.append(self._fold(self._literal()))
        self.expect(")")
        if len(wanted) > MOST_IN:
            self.used.add(MANY_IN)
        return lambda row: self._fold(self.get(row, name)) in wanted

    def _folded(self) -> Predicate:
        """Read tolower(property) eq 'text'."""
        self.expect("(")
        name = self.take()[1]
        self.expect(")")
        sign = self.take()[1].lower()
        if sign not in _COMPARE:
            raise self.wrong()
        self._allow(name, sign)
        compare, wanted = _COMPARE[sign], str(self._literal()).lower()
        return lambda row: compare(str(self.get(row, name) or "").lower(), wanted)

    def _text_function(self, function: str) -> Predicate:
        self.expect("(")
        name, folded = self.take()[1], False
        if name.lower() in ("tolower", "toupper") and self.peek() == ("sign", "("):
            self.take()
            name, folded = self.take()[1], True
            self.expect(")")
        self.expect(",")
        wanted = str(self._literal())
        self.expect(")")
        self._allow(name, function)
        method = _TEXT_FUNCTIONS[function]
        fold = folded or self.allowed.folded
        if fold:
            wanted = wanted.lower()

        def test(row: Any) -> bool:
            value = self.get(row, name)
            if not isinstance(value, str):
                return False
            return bool(method(value.lower() if fold else value, wanted))

        return test

    def _any(self, name: str) -> Predicate:
        """Read tags/any(t:t eq 'x')."""
        self.expect("(")
        variable = self.take()[1]
        self.expect(":")
        if self.take()[1] != variable:
            raise self.wrong()
        sign = self.take()[1].lower()
        self._allow(name, f"any/{sign}")
        wanted = self._fold(self._literal())
        self.expect(")")
        compare = _COMPARE[sign]
        return lambda row: any(compare(self._fold(each), wanted) for each in self.get(row, name) or ())

    def _literal(self) -> Any:
        kind, text = self.take()
        if kind == "text":
            return text[1:-1].replace("''", "'")
        if kind == "number":
            return float(text) if "." in text else int(text)
        if kind == "word":
            known = {"true": True, "false": False, "null": None}
            if text not in known:
                raise self.wrong()
            return known[text]
        return text

    def _fold(self, value: Any) -> Any:
        return value.lower() if self.allowed.folded and isinstance(value, str) else value

    def _allow(self, name: str, sign: str) -> None:
        self.used.add(sign)
        known = self.allowed.properties.get(name)
        if known is None or sign not in known:
            raise Refused(
                400,
                "Request_UnsupportedQuery",
                f"Unsupported or invalid query filter clause specified for property '{name}' of resource.",
            )


def _safely(compare: Callable[[Any, Any], bool], value: Any, wanted: Any, sign: str) -> bool:
    if value is None and sign not in ("eq", "ne"):
        return False
    try:
        return bool(compare(value, wanted))
    except TypeError:
        return False


def _tokens(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    at = 0
    while at < len(text.rstrip()):
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise Refused(400, "BadRequest", f"Invalid filter clause: Syntax error at position {at} in '{text[:200]}'.")
        found.append((match.lastgroup, match[match.lastgroup]))
        at = match.end()
    return found
