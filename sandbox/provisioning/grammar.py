"""Entra's expression language as a syntax tree (entra-docs: functions-for-customizing-application-data)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

MAX_CHARACTERS = 10_000
"""Characters an expression may have."""

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<attribute>\[\s*[^\[\]\s][^\[\]]*\])
    | (?P<string>"(?:[^"\\]|\\.)*")
    | (?P<number>&H[0-9A-Fa-f]+|-?\d+(?:\.\d+)?)
    | (?P<word>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<compare><>|<=|>=|=|<|>)
    | (?P<mark>[(),])
    )""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
WORDS = {"vbTextCompare": "vbTextCompare", "vbBinaryCompare": "vbBinaryCompare", "True": "True", "False": "False"}
"""Constants that are written without quotation marks."""


class SyntaxRefused(ValueError):
    """The expression cannot be read; the message says where and why."""


@dataclass(frozen=True)
class Attribute:
    """``[mail]``."""

    name: str


@dataclass(frozen=True)
class Constant:
    """``"text"``, ``7``, ``&HF``, ``vbTextCompare``; `written` is how it stands in the expression."""

    value: str | int | float
    written: str


@dataclass(frozen=True)
class Call:
    """``Name(argument, , argument)``; an argument that was left empty is None."""

    name: str
    arguments: tuple[Node | None, ...]


@dataclass(frozen=True)
class Comparison:
    """``left = right``, inside a condition."""

    operator: str
    left: Node
    right: Node


Node: TypeAlias = Attribute | Constant | Call | Comparison


def quoted(text: str) -> Constant:
    """A string constant, escaped as the language wants it."""
    return Constant(text, '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"')


def parse(expression: str) -> Node:
    """The syntax tree. Raises SyntaxRefused."""
    if len(expression) > MAX_CHARACTERS:
        raise SyntaxRefused(f"The expression has {len(expression)} characters; {MAX_CHARACTERS} are allowed.")
    reader = _Reader(list(_tokens(expression)))
    node = reader.expression()
    reader.end()
    return node


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    at: int


def _tokens(expression: str) -> Iterator[_Token]:
    position, end = 0, len(expression.rstrip())
    while position < end:
        found = _TOKEN.match(expression, position)
        if found is None:
            rest = expression[position:].lstrip()
            at = end - len(rest.rstrip()) + 1
            if rest.startswith('"'):
                raise SyntaxRefused(f"The string that begins at position {at} has no closing quotation mark.")
            if rest.startswith("["):
                raise SyntaxRefused(f"The attribute that begins at position {at} has no closing bracket or no name.")
            raise SyntaxRefused(f"Unexpected character '{rest[0]}' at position {at}.")
        kind = str(found.lastgroup)
        yield _Token(kind, found[kind], found.start(kind) + 1)
        position = found.end()


class _Reader:
    """Recursive descent over the tokens."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens, self._next = tokens, 0

    def _peek(self) -> _Token | None:
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def _is_mark(self, *marks: str) -> bool:
        token = self._peek()
        return token is not None and token.kind == "mark" and token.text in marks

    def _take(self) -> _Token:
        token = self._peek()
        if token is None:
            raise SyntaxRefused("The expression ends too early.")
        self._next += 1
        return token

    def end(self) -> None:
        token = self._peek()
        if token is not None:
            raise SyntaxRefused(f"Unexpected '{token.text}' at position {token.at}.")

    def expression(self) -> Node:
        left = self._operand()
        token = self._peek()
        if token is None or token.kind != "compare":
            return left
        self._take()
        return Comparison(token.text, left, self._operand())

    def _operand(self) -> Node:
        token = self._take()
        if token.kind == "attribute":
            return Attribute(token.text[1:-1].strip())
        if token.kind == "string":
            return Constant(_ESCAPED.sub(r"\1", token.text[1:-1]), token.text)
        if token.kind == "number":
            return Constant(_number(token.text), token.text)
        if token.kind == "word":
            return self._word(token)
        raise SyntaxRefused(f"Unexpected '{token.text}' at position {token.at}.")

    def _word(self, token: _Token) -> Node:
        if self._is_mark("("):
            self._take()
            return Call(token.text, self._arguments(token))
        if token.text in WORDS:
            return Constant(WORDS[token.text], token.text)
        raise SyntaxRefused(
            f"'{token.text}' at position {token.at} is neither a function call, an [attribute] nor a \"string\"."
        )

    def _arguments(self, function: _Token) -> tuple[Node | None, ...]:
        if self._is_mark(")"):
            self._take()
            return ()
        arguments: list[Node | None] = []
        while True:
            arguments.append(None if self._is_mark(",", ")") else self.expression())
            token = self._peek()
            if token is None:
                raise SyntaxRefused(f"The call of {function.text} at position {function.at} has no closing bracket.")
            if not self._is_mark(",", ")"):
                raise SyntaxRefused(f"Expected ',' or ')' instead of '{token.text}' at position {token.at}.")
            if self._take().text == ")":
                return tuple(arguments)


def _number(text: str) -> int | float:
    if text.startswith("&H"):
        return int(text[2:], 16)
    return float(text) if "." in text else int(text)


def write(node: Node | None) -> str:
    """The expression as text, in Entra's own spacing. parse(write(node)) equals node."""
    if node is None:
        return ""
    if isinstance(node, Attribute):
        return f"[{node.name}]"
    if isinstance(node, Constant):
        return node.written
    if isinstance(node, Comparison):
        return f"{write(node.left)} {node.operator} {write(node.right)}"
    return f"{node.name}({', '.join(write(argument) for argument in node.arguments)})"


def attributes(node: Node | None) -> set[str]:
    """The names of all source attributes that it reads."""
    if isinstance(node, Attribute):
        return {node.name}
    if isinstance(node, Comparison):
        return attributes(node.left) | attributes(node.right)
    if isinstance(node, Call):
        return set().union(*(attributes(argument) for argument in node.arguments))
    return set()


def source(node: Node, names: dict[str, list[str]]) -> dict[str, Any]:
    """As Graph's attributeMappingSource; `names` gives the parameter names of each function."""
    shown = {"expression": write(node), "parameters": []}
    if isinstance(node, Attribute):
        return {**shown, "name": node.name, "type": "Attribute"}
    if isinstance(node, Constant):
        return {**shown, "name": str(node.value), "type": "Constant"}
    if isinstance(node, Comparison):
        sides = [("left", node.left), ("right", node.right)]
        return {**shown, "name": node.operator, "type": "Function", "parameters": _pairs(sides, names)}
    keys = names.get(node.name, [])
    given = [
        (keys[min(index, len(keys) - 1)] if keys else f"parameter{index + 1}", argument)
        for index, argument in enumerate(node.arguments)
        if argument is not None
    ]
    return {**shown, "name": node.name, "type": "Function", "parameters": _pairs(given, names)}


def _pairs(given: list[tuple[str, Node]], names: dict[str, list[str]]) -> list[dict[str, Any]]:
    return [{"key": key, "value": source(value, names)} for key, value in given]
