"""Read an expression, or say where it goes wrong and what could have stood there.

Syntax: https://learn.microsoft.com/entra/identity/app-provisioning/functions-for-customizing-application-data
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedInput, UnexpectedToken, v_args

from onboarding.expressions.tree import (
    Attribute,
    Call,
    Comparison,
    Expression,
    Number,
    Omitted,
    Text,
    Word,
)

MAX_LENGTH = 10_000
"""Signs of an expression; Entra takes no more."""
MAX_DEPTH = 64
"""Calls within calls. A limit of ours: what works expressions out calls itself."""

GRAMMAR = r"""
?start: condition
?condition: operand
    | operand OPERATOR operand -> comparison
?operand: call | attribute
    | STRING -> text
    | NUMBER -> number
    | NAME -> word
call: NAME OPEN [argument] (COMMA [argument])* CLOSE
argument: condition
attribute: BRACKETED (DOT (NAME | BRACKETED))*

OPERATOR: "<>" | ">=" | "<=" | "=" | ">" | "<"
STRING: /"(?:[^"\\]|\\.|"")*"/s
NUMBER: /&H[0-9A-F]+|-?[0-9]+(?:\.[0-9]+)?/i
NAME: /[A-Za-z_][A-Za-z0-9_]*/
BRACKETED: /\[(?:[^\[\]]|\[[^\[\]]*\])+\]/
OPEN: "("
CLOSE: ")"
COMMA: ","
DOT: "."
%ignore /\s+/
"""


class Wanted(enum.StrEnum):
    """What could have stood where an expression goes wrong."""

    FUNCTION = "function"
    ATTRIBUTE = "attribute"
    TEXT = "text"
    NUMBER = "number"
    OPERATOR = "operator"
    OPENING_PARENTHESIS = "opening_parenthesis"
    CLOSING_PARENTHESIS = "closing_parenthesis"
    COMMA = "comma"
    PATH = "path"
    END = "end"
    CLOSING_QUOTE = "closing_quote"
    CLOSING_BRACKET = "closing_bracket"
    FEWER_SIGNS = "fewer_signs"
    LESS_NESTING = "less_nesting"


BY_TERMINAL = {
    "NAME": Wanted.FUNCTION,
    "BRACKETED": Wanted.ATTRIBUTE,
    "STRING": Wanted.TEXT,
    "NUMBER": Wanted.NUMBER,
    "OPERATOR": Wanted.OPERATOR,
    "OPEN": Wanted.OPENING_PARENTHESIS,
    "CLOSE": Wanted.CLOSING_PARENTHESIS,
    "COMMA": Wanted.COMMA,
    "DOT": Wanted.PATH,
    "$END": Wanted.END,
}
UNFINISHED = {'"': Wanted.CLOSING_QUOTE, "[": Wanted.CLOSING_BRACKET}


@dataclass(frozen=True)
class Place:
    """Where in a text: `offset` in signs from 0, `line` and `column` from 1."""

    offset: int
    line: int
    column: int

    @classmethod
    def of(cls, text: str, offset: int) -> Place:
        """The place of the sign at `offset`."""
        before = text[:offset]
        return cls(offset, before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1)


class NotAnExpression(ValueError):
    """The text is no expression: `found` stands at `place` (empty at the end), where one of `wanted` could stand."""

    def __init__(self, place: Place, found: str, wanted: Iterable[Wanted]) -> None:
        self.place, self.found, self.wanted = place, found, tuple(sorted(set(wanted)))
        super().__init__(f"line {place.line}, column {place.column}: {found!r}; wanted: {', '.join(self.wanted)}")


@v_args(inline=True)
class _Builder(Transformer[Token, Expression]):
    def argument(self, condition: Expression) -> Expression:
        return condition

    def comparison(self, left: Expression, operator: Token, right: Expression) -> Expression:
        return Comparison(left, str(operator), right)

    def text(self, written: Token) -> Expression:
        return Text(str(written)[1:-1])

    def number(self, written: Token) -> Expression:
        return Number(str(written))

    def word(self, name: Token) -> Expression:
        return Word(str(name))

    def attribute(self, name: Token, *path: Token) -> Expression:
        return Attribute(_bare(name), tuple(_bare(part) for part in path if part.type != "DOT"))

    def call(self, name: Token, *parts: Token | Expression | None) -> Expression:
        inside = [part for part in parts if not isinstance(part, Token)]
        arguments = tuple(Omitted() if part is None else part for part in inside)
        return Call(str(name), () if arguments == (Omitted(),) else arguments)


def _bare(token: Token) -> str:
    return str(token)[1:-1] if token.type == "BRACKETED" else str(token)


_LARK = Lark(GRAMMAR, parser="lalr", transformer=_Builder(), maybe_placeholders=True)


def parse(text: str) -> Expression:
    """The expression that `text` is. Raises `NotAnExpression`."""
    if len(text) > MAX_LENGTH:
        raise NotAnExpression(Place.of(text, MAX_LENGTH), text[MAX_LENGTH], (Wanted.FEWER_SIGNS,))
    try:
        parsed: Expression = _LARK.parse(text)  # type: ignore[assignment]  # what the transformer makes, not a tree
    except UnexpectedInput as problem:
        raise _told(text, problem) from None
    _check_depth(text)
    return parsed


def _check_depth(text: str) -> None:
    """By the signs alone: nothing walks through a tree of any depth, the parser does not call itself either."""
    depth = 0
    for token in _LARK.lex(text):
        depth += {"OPEN": 1, "CLOSE": -1}.get(token.type, 0)
        if depth > MAX_DEPTH:
            raise NotAnExpression(Place.of(text, token.start_pos or 0), str(token), (Wanted.LESS_NESTING,))


def _told(text: str, problem: UnexpectedInput) -> NotAnExpression:
    offset, found = _culprit(text, problem)
    wanted = {UNFINISHED[found]} if found in UNFINISHED else _wanted_behind(text[:offset])
    return NotAnExpression(Place.of(text, offset), found, wanted)


def _culprit(text: str, problem: UnexpectedInput) -> tuple[int, str]:
    """Where the first sign or part stands that does not fit, and what it is."""
    if isinstance(problem, UnexpectedCharacters):
        offset = problem.pos_in_stream or 0
        return offset, text[offset]
    if isinstance(problem, UnexpectedToken) and problem.token.type != "$END":
        return problem.token.start_pos or 0, str(problem.token)
    return len(text), ""


def _wanted_behind(before: str) -> set[Wanted]:
    """What can follow on a beginning that is right so far."""
    parser = _LARK.parse_interactive(before)
    parser.exhaust_lexer()
    return {BY_TERMINAL[name] for name in parser.accepts()}  # type: ignore[no-untyped-call]  # lark leaves it bare
