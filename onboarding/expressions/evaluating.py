"""Work an expression out for one person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from typing import Any

from onboarding.expressions import choices, dates, lists, replacing, texts
from onboarding.expressions.arguments import Arguments, Function
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
from onboarding.expressions.values import NotEvaluated, Person, Plain, Unknown, Value, Why, plain_of

FUNCTIONS: Mapping[str, Function] = {
    **texts.FUNCTIONS,
    **choices.FUNCTIONS,
    **lists.FUNCTIONS,
    **dates.FUNCTIONS,
    **replacing.FUNCTIONS,
}
NOW = "Now"
AT_MOMENTS_OF_ITS_OWN = frozenset({NOW, "Guid", "RandomString", "SelectUniqueValue"})
"""Functions that come to something else each time they are worked out."""
TRUTH = {"True": True, "False": False, "true": True, "false": False}


def evaluate(expression: Expression, person: Person, now: datetime | None = None) -> Value:
    """What `expression` comes to for `person`; `now` is what the function Now gives, which is not known without.

    Never raises, and never guesses: where a value is not known, it is a `NotEvaluated` that says why.
    """
    try:
        return _work_out(expression, person, now)
    except Unknown as problem:
        return problem.told


def names_of(expression: Expression) -> frozenset[str]:
    """The attributes that the expression names, in whatever branch."""
    if isinstance(expression, Attribute):
        return frozenset({expression.name})
    if isinstance(expression, Comparison):
        return names_of(expression.left) | names_of(expression.right)
    inside = expression.arguments if isinstance(expression, Call) else ()
    return frozenset().union(*map(names_of, inside))


def functions_of(expression: Expression) -> frozenset[str]:
    """The functions that the expression names, in whatever branch."""
    if isinstance(expression, Comparison):
        return functions_of(expression.left) | functions_of(expression.right)
    if not isinstance(expression, Call):
        return frozenset()
    return frozenset({expression.function}).union(*map(functions_of, expression.arguments))


def _work_out(node: Expression, person: Person, now: datetime | None) -> Value:
    again: Callable[[Expression], Value] = partial(_work_out, person=person, now=now)
    match node:
        case Attribute():
            return _attribute(node, person)
        case Comparison():
            return choices.compare(node, again)
        case Call():
            return _call(node, again, now)
        case _:
            return _constant(node)


def _constant(node: Text | Number | Word | Omitted) -> Plain:
    match node:
        case Text():
            if node.value is None:
                raise Unknown(Why.NOT_DOCUMENTED, str(node))
            return node.value
        case Number():
            return node.value
        case Word() if node.name in TRUTH:
            return TRUTH[node.name]
        case Word() if node.name in texts.COMPARE:
            return node.name
        case Word():
            raise Unknown(Why.UNKNOWN_WORD, node.name)
        case Omitted():
            return None


def _attribute(node: Attribute, person: Person) -> Plain:
    value: Any = person
    for name in (node.name, *node.path):
        if value is None:
            return None
        if not isinstance(value, Mapping) or name not in value:
            raise Unknown(Why.NOT_READ, str(node))
        value = value[name]
    return plain_of(value, str(node))


def _call(node: Call, work_out: Callable[[Expression], Value], now: datetime | None) -> Value:
    if node.function == NOW and not node.arguments:
        return _now(now)
    if node.function not in FUNCTIONS:
        raise Unknown(Why.UNKNOWN_FUNCTION, node.function)
    return FUNCTIONS[node.function](Arguments(node.function, node.arguments, work_out))


def _now(now: datetime | None) -> Value:
    if now is None:
        raise Unknown(Why.ONLY_AT_MICROSOFT, NOW)
    return dates.written(now.astimezone(UTC).replace(tzinfo=None))


__all__ = ["FUNCTIONS", "NotEvaluated", "evaluate", "functions_of", "names_of"]
