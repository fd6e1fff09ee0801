"""SCIM filters (RFC 7644 3.4.2.2): read, and tried on a resource."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from .refusals import ScimRefused

Test = Callable[[Mapping[str, Any]], bool]

_TOKEN = re.compile(
    r"""\s*(?:(?P<string>"(?:[^"\\]|\\.)*")
    | (?P<mark>[()\[\]])
    | (?P<word>[^\s()\[\]"]+))""",
    re.VERBOSE,
)
_COMPARES: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda one, other: bool(one == other),
    "ne": lambda one, other: bool(one != other),
    "co": lambda one, other: str(other) in str(one),
    "sw": lambda one, other: str(one).startswith(str(other)),
    "ew": lambda one, other: str(one).endswith(str(other)),
    "gt": lambda one, other: one > other,
    "ge": lambda one, other: one >= other,
    "lt": lambda one, other: one < other,
    "le": lambda one, other: one <= other,
}
EXACT = frozenset({"id", "externalid", "value", "$ref", "resourcetype", "location", "version"})
"""Attributes that compare with case."""


@dataclass(frozen=True)
class Filter:
    """A filter; `equals` is (attribute in lower case, value) when it is a plain ``attribute eq "value"``."""

    matches: Test
    equals: tuple[str, Any] | None = None


@lru_cache(maxsize=64)
def _operators(allowed: frozenset[str]) -> dict[str, Callable[[Any, Any], bool]]:
    return {name: test for name, test in _COMPARES.items() if name in allowed}


EVERYTHING = frozenset({*_COMPARES, "and", "or", "not", "pr"})


def read(text: str, allowed: frozenset[str] = EVERYTHING) -> Filter:
    """Raises ScimRefused (invalidFilter) for a filter that is wrong or uses what is not `allowed`."""
    parser = _Parser(_tokens(text), allowed, text)
    found = parser.either()
    parser.end()
    return found


def _tokens(text: str) -> list[tuple[str, str]]:
    found, position, end = [], 0, len(text.rstrip())
    while position < end:
        token = _TOKEN.match(text, position)
        if token is None:
            raise ScimRefused(400, f"The filter cannot be read at position {position + 1}.", "invalidFilter")
        kind = str(token.lastgroup)
        found.append((kind, token[kind]))
        position = token.end()
    return found


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]], allowed: frozenset[str], text: str) -> None:
        self._tokens, self._next, self._allowed, self._text = tokens, 0, allowed, text

    def _refuse(self, why: str) -> ScimRefused:
        return ScimRefused(400, f"{why}: {self._text}", "invalidFilter")

    def _peek(self) -> str:
        return self._tokens[self._next][1] if self._next < len(self._tokens) else ""

    def _take(self) -> tuple[str, str]:
        if self._next >= len(self._tokens):
            raise self._refuse("The filter ends too early")
        self._next += 1
        return self._tokens[self._next - 1]

    def end(self) -> None:
        if self._next < len(self._tokens):
            raise self._refuse(f"Unexpected '{self._peek()}' in the filter")

    def _joins(self, word: str) -> bool:
        if self._peek().lower() != word:
            return False
        if word not in self._allowed:
            raise self._refuse(f"The operator '{word}' is not supported")
        self._take()
        return True

    def either(self) -> Filter:
        parts = [self._both()]
        while self._joins("or"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else Filter(lambda thing: any(part.matches(thing) for part in parts))

    def _both(self) -> Filter:
        parts = [self._one()]
        while self._joins("and"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else Filter(lambda thing: all(part.matches(thing) for part in parts))

    def _one(self) -> Filter:
        if self._joins("not"):
            inner = self._one()
            return Filter(lambda thing: not inner.matches(thing))
        if self._peek() == "(":
            self._take()
            inner = self.either()
            self._close(")")
            return inner
        kind, path = self._take()
        if kind != "word":
            raise self._refuse(f"Expected an attribute instead of '{path}'")
        if self._peek() == "[":
            return self._nested(path)
        return self._comparison(path)

    def _close(self, mark: str) -> None:
        if self._take()[1] != mark:
            raise self._refuse(f"'{mark}' is missing")

    def _nested(self, path: str) -> Filter:
        """``emails[type eq "work"]``, and Entra's ``emails[type eq "work"].value eq "x"``."""
        self._take()
        inner = self.either()
        self._close("]")
        if not self._peek().startswith("."):
            return Filter(lambda thing: any(inner.matches(part) for part in values(thing, path) if _is_map(part)))
        outer = self._comparison(self._take()[1][1:])
        return Filter(
            lambda thing: any(
                inner.matches(part) and outer.matches(part) for part in values(thing, path) if _is_map(part)
            )
        )

    def _comparison(self, path: str) -> Filter:
        operator = self._take()[1].lower()
        if operator == "pr" and "pr" in self._allowed:
            return Filter(lambda thing: any(value not in (None, "", []) for value in values(thing, path)))
        compare = _operators(self._allowed).get(operator)
        if compare is None:
            raise self._refuse(f"The operator '{operator}' is not supported")
        wanted = self._value()
        return Filter(_test(path, operator, compare, wanted), (path.lower(), wanted) if operator == "eq" else None)

    def _value(self) -> Any:
        kind, text = self._take()
        try:
            return json.loads(text if kind == "string" else text.lower())
        except ValueError:
            raise self._refuse(f"'{text}' is no value") from None


def _is_map(value: Any) -> bool:
    return isinstance(value, Mapping)


def _test(path: str, operator: str, compare: Callable[[Any, Any], bool], wanted: Any) -> Test:
    exact = path.lower().rpartition(".")[2].rpartition(":")[2] in EXACT
    target = _folded(wanted, exact)

    def test(thing: Mapping[str, Any]) -> bool:
        found = list(_leaves(values(thing, path)))
        if not found:
            return operator == "ne"
        try:
            return any(compare(_folded(value, exact), target) for value in found)
        except TypeError:
            return False

    return test


def _folded(value: Any, exact: bool) -> Any:
    return value.casefold() if isinstance(value, str) and not exact else value


def _leaves(found: Iterator[Any]) -> Iterator[Any]:
    """A complex value compares by its `value`."""
    for each in found:
        yield each.get("value") if isinstance(each, Mapping) else each


def values(thing: Mapping[str, Any], path: str) -> Iterator[Any]:
    """All values at a path such as ``name.givenName``, ``emails.value`` or ``urn:…:User:department``."""
    if path.lower().startswith("urn:"):
        yield from _extension_values(thing, path)
        return
    first, _dot, rest = path.partition(".")
    value = get(thing, first)
    if value is None:
        return
    for each in value if isinstance(value, list) else [value]:
        if not rest:
            yield each
        elif isinstance(each, Mapping):
            yield from values(each, rest)


def _extension_values(thing: Mapping[str, Any], path: str) -> Iterator[Any]:
    for key, value in thing.items():
        if isinstance(value, Mapping) and path.lower().startswith(key.lower() + ":"):
            yield from values(value, path[len(key) + 1 :])
            return
    _urn, _colon, bare = path.rpartition(":")
    if not any(key.lower().startswith("urn:") and key.lower() == path.lower() for key in thing):
        yield from values({key: value for key, value in thing.items() if ":" not in key}, bare)


def get(thing: Mapping[str, Any], name: str) -> Any:
    """An attribute by its name in any case."""
    if name in thing:
        return thing[name]
    lower = name.lower()
    return next((value for key, value in thing.items() if key.lower() == lower), None)
