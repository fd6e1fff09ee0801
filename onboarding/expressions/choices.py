"""Functions that choose, compare and ask whether something is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from onboarding.expressions.arguments import Arguments, Function
from onboarding.expressions.tree import Call, Comparison, Expression
from onboarding.expressions.values import (
    DROPPED,
    Plain,
    Unknown,
    Value,
    Why,
    agreed,
    is_empty,
    text_of,
)

ASKING = ("IsNull", "IsNullOrEmpty", "IsPresent")
TRUTH = {"true": True, "false": False}
ORDERED: dict[str, Callable[[float, float], bool]] = {
    ">": lambda left, right: left > right,
    "<": lambda left, right: left < right,
    ">=": lambda left, right: left >= right,
    "<=": lambda left, right: left <= right,
}


def compare(node: Comparison, work_out: Callable[[Expression], Value]) -> bool:
    """Whether the comparison holds. Raises `Unknown` where a side is not known, is null or empty, or has no order.

    That the check of a null or empty value fails is all that the reference says of it.
    """
    both = Arguments(node.operator, (node.left, node.right), work_out)
    left, right = both.value(0), both.value(1)
    if left is None or right is None or "" in (left, right):
        raise both.undocumented()
    if node.operator in ORDERED:
        return ORDERED[node.operator](_number(left, both), _number(right, both))
    return _same(left, right, both) is (node.operator == "=")


def _same(left: Plain, right: Plain, both: Arguments) -> bool:
    """Whether capitals count, and as what a number and a text are compared, is not said: the readings have to agree."""
    one, other = text_of(left, both.function), text_of(right, both.function)
    readings = [one == other, one.lower() == other.lower()]
    if _is_number(left) or _is_number(right):
        readings.append(_number(left, both) == _number(right, both))
    return bool(agreed(both.function, readings))


def _is_number(value: Plain) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _number(value: Plain, both: Arguments) -> float:
    """Which order texts have is not said: numbers alone are compared."""
    try:
        return float(text_of(value, both.function))
    except ValueError:
        raise both.undocumented() from None


def _iif(arguments: Arguments) -> Value:
    """The reference calls conditions on whether an attribute is there unsupported where it is not: the check fails,
    however the answer is turned or compared.
    """
    holds = _truth(arguments.value(0), arguments)
    if any(_finds_nothing(node, arguments) for node in _asked(arguments.nodes[0])):
        raise arguments.undocumented()
    return arguments.work_out(arguments.nodes[1 if holds else 2])


def _asked(node: Expression) -> Iterator[Call]:
    """The calls inside a condition that ask whether something is there."""
    if isinstance(node, Comparison):
        yield from (*_asked(node.left), *_asked(node.right))
    elif isinstance(node, Call):
        if node.function in ASKING:
            yield node
        for each in node.arguments:
            yield from _asked(each)


def _finds_nothing(node: Call, arguments: Arguments) -> bool:
    return arguments.work_out(node) is (node.function != "IsPresent")


def _truth(value: Plain, arguments: Arguments) -> bool:
    if isinstance(value, str) and value.lower() in TRUTH:
        return TRUTH[value.lower()]
    if isinstance(value, (bool, int, float)):
        return bool(value)
    raise arguments.undocumented()


def _switch(arguments: Arguments) -> Value:
    """Null is compared as a text without signs, which the reference recommends as the key for both."""
    if len(arguments) % 2:
        raise arguments.wrong()
    if arguments.called(0) in ASKING:
        raise arguments.undocumented()
    source = _key(arguments, 0)
    for number in range(2, len(arguments), 2):
        if _key(arguments, number) == source:
            return arguments.work_out(arguments.nodes[number + 1])
    return arguments.value(1)


def _key(arguments: Arguments, number: int) -> str:
    return arguments.text_or_null(number) or ""


def _coalesce(arguments: Arguments) -> Value:
    return next((value for number in range(len(arguments)) if (value := arguments.value(number)) is not None), None)


def _ignore_flow(arguments: Arguments) -> Value:
    value = arguments.value(0)
    return DROPPED if is_empty(value) else value


def _not(arguments: Arguments) -> Value:
    """True becomes False, any other text True; whether that holds for a true in other letters is not said."""
    value = arguments.value(0)
    if isinstance(value, bool):
        return not value
    text = "" if value is None else value
    if not isinstance(text, str) or (text != "True" and text.lower() == "true"):
        raise arguments.undocumented()
    return text != "True"


def _c_bool(arguments: Arguments) -> Value:
    return _truth(arguments.value(0), arguments)


def _bit_and(arguments: Arguments) -> Value:
    return arguments.whole(0) & arguments.whole(1)


def _is_null(arguments: Arguments) -> Value:
    return arguments.value(0) is None


def _is_null_or_empty(arguments: Arguments) -> Value:
    return is_empty(arguments.value(0))


def _is_present(arguments: Arguments) -> Value:
    return not is_empty(arguments.value(0))


def _only_at_microsoft(arguments: Arguments) -> Value:
    raise Unknown(Why.ONLY_AT_MICROSOFT, arguments.function)


FUNCTIONS = {
    "BitAnd": Function(_bit_and, 2, 2),
    "CBool": Function(_c_bool, 1, 1),
    "Coalesce": Function(_coalesce, 1, None),
    "DefaultDomain": Function(_only_at_microsoft, 0, 0),
    "Guid": Function(_only_at_microsoft, 0, 0),
    "IgnoreFlowIfNullOrEmpty": Function(_ignore_flow, 1, 1),
    "IIF": Function(_iif, 3, 3),
    "IsNull": Function(_is_null, 1, 1),
    "IsNullOrEmpty": Function(_is_null_or_empty, 1, 1),
    "IsPresent": Function(_is_present, 1, 1),
    "Not": Function(_not, 1, 1),
    "RandomString": Function(_only_at_microsoft, 5, 6),
    "SelectUniqueValue": Function(_only_at_microsoft, 2, None),
    "Switch": Function(_switch, 4, None),
}
