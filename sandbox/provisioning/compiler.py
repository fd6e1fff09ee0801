"""From a syntax tree to a Python function of the source object."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeAlias

from . import texts
from .grammar import Attribute, Call, Comparison, Constant, Node, SyntaxRefused, attributes, parse
from .library import FUNCTIONS, Function
from .values import EvaluationRefused, Value, as_truth, compare, is_empty

Evaluator: TypeAlias = Callable[[Any], Value]
"""From the source object to the value. Raises EvaluationRefused."""

Accessor: TypeAlias = Callable[[str], Evaluator]
"""From an attribute's name to what reads it."""


def of_mapping(name: str) -> Evaluator:
    """The accessor for source objects that are plain dicts."""
    return lambda subject: subject.get(name)


@dataclass(frozen=True)
class EvaluationContext:
    """What an expression takes from outside its object: attributes, the time, chance, and what the target holds."""

    accessor: Accessor = of_mapping
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    chance: random.Random = field(default_factory=random.Random)
    is_taken: Callable[[Value], bool] = lambda _value: False


@dataclass(frozen=True)
class Expression:
    """A compiled expression."""

    node: Node
    attributes: frozenset[str]
    evaluate: Evaluator

    @property
    def unique(self) -> bool:
        """Whether it is SelectUniqueValue, which the target has a say in."""
        return isinstance(self.node, Call) and self.node.name == "SelectUniqueValue"


def compile_text(text: str, context: EvaluationContext | None = None) -> Expression:
    """Compile an expression. Raises SyntaxRefused."""
    node = parse(text)
    check(node)
    return Expression(node, frozenset(attributes(node)), _compile(node, context or EvaluationContext()))


def check(node: Node, *, nested: bool = False) -> None:
    """Names and numbers of arguments. Raises SyntaxRefused."""
    if isinstance(node, Comparison):
        if not nested:
            raise SyntaxRefused("A comparison may only stand inside a function, such as the condition of IIF.")
        check(node.left, nested=True)
        check(node.right, nested=True)
    if not isinstance(node, Call):
        return
    _check_call(node, nested)
    for argument in node.arguments:
        if argument is not None:
            check(argument, nested=True)


def _check_call(call: Call, nested: bool) -> None:
    function = FUNCTIONS.get(call.name)
    if function is None:
        alike = [name for name in FUNCTIONS if name.lower() == call.name.lower()]
        hint = f" Did you mean '{alike[0]}'? Names are case-sensitive." if alike else ""
        raise SyntaxRefused(f"There is no function '{call.name}'.{hint}")
    count = len(call.arguments)
    if count < function.least or (function.most is not None and count > function.most):
        raise SyntaxRefused(f"{call.name} takes {_allowed(function)}; {count} were given.")
    if call.name == "Switch" and count % 2:
        raise SyntaxRefused(f"Switch takes an even number of parameters; {count} were given.")
    if call.name == "SelectUniqueValue" and nested:
        raise SyntaxRefused("SelectUniqueValue must be at the top level.")
    for parameter, argument in zip(function.parameters, call.arguments, strict=False):
        if argument is None and parameter.required:
            raise SyntaxRefused(f"The parameter '{parameter.name}' of {call.name} is required.")


def _allowed(function: Function) -> str:
    if function.most is None:
        return f"at least {function.least} parameters"
    if function.least == function.most:
        return f"{function.least} parameters"
    return f"{function.least} to {function.most} parameters"


def _compile(node: Node | None, context: EvaluationContext) -> Evaluator:
    if node is None:
        return lambda _subject: None
    if isinstance(node, Attribute):
        return context.accessor(node.name)
    if isinstance(node, Constant):
        constant = node.value
        return lambda _subject: constant
    if isinstance(node, Comparison):
        operator, left, right = node.operator, _compile(node.left, context), _compile(node.right, context)
        return lambda subject: compare(operator, left(subject), right(subject))
    special = _SPECIAL.get(node.name)
    if special is not None:
        return special(node, context)
    apply, arguments = FUNCTIONS[node.name].apply, [_compile(each, context) for each in node.arguments]
    return lambda subject: apply(*[argument(subject) for argument in arguments])


def _iif(call: Call, context: EvaluationContext) -> Evaluator:
    """A condition over an empty attribute fails, whatever it says (the reference's known limitation)."""
    condition, yes, no = (_compile(each, context) for each in call.arguments)
    read = [context.accessor(name) for name in sorted(attributes(call.arguments[0]))]

    def evaluate(subject: Any) -> Value:
        if any(is_empty(one(subject)) for one in read):
            return no(subject)
        return yes(subject) if as_truth(condition(subject)) else no(subject)

    return evaluate


def _random_string(call: Call, context: EvaluationContext) -> Evaluator:
    arguments = [_compile(each, context) for each in call.arguments]
    return lambda subject: texts.random_string(context.chance, *[argument(subject) for argument in arguments])


def _unique(call: Call, context: EvaluationContext) -> Evaluator:
    """The first value that nobody at the target has; a value that is empty is none."""
    rules = [_compile(each, context) for each in call.arguments]

    def evaluate(subject: Any) -> Value:
        tried = 0
        for rule in rules:
            value = rule(subject)
            if is_empty(value):
                continue
            if not context.is_taken(value):
                return value
            tried += 1
        if tried:
            raise EvaluationRefused(f"SelectUniqueValue: each of the {tried} values is taken in the target.")
        return None

    return evaluate


_SPECIAL: dict[str, Callable[[Call, EvaluationContext], Evaluator]] = {
    "IIF": _iif,
    "Now": lambda _call, context: lambda _subject: context.now(),
    "Guid": lambda _call, context: lambda _subject: str(uuid.UUID(int=context.chance.getrandbits(128), version=4)),
    "RandomString": _random_string,
    "SelectUniqueValue": _unique,
}
