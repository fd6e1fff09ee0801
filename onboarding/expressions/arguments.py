"""The arguments of one call: worked out when they are asked for, so that a branch not taken asks for nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from onboarding.expressions.tree import Call, Expression, Omitted
from onboarding.expressions.values import Dropped, NotEvaluated, Plain, Unknown, Value, Why, text_of


@dataclass(frozen=True)
class Arguments:
    """Numbered from 0. Each method raises `Unknown` where the argument is not known, or not of the kind asked for."""

    function: str
    nodes: Sequence[Expression]
    work_out: Callable[[Expression], Value]

    def __len__(self) -> int:
        return len(self.nodes)

    def is_given(self, number: int) -> bool:
        """Whether the argument is there and its place is not left empty."""
        return number < len(self.nodes) and not isinstance(self.nodes[number], Omitted)

    def value(self, number: int) -> Plain:
        """The argument; one that is left out is null."""
        value = self.work_out(self.nodes[number]) if self.is_given(number) else None
        if isinstance(value, NotEvaluated):
            raise Unknown(value.why, value.what)
        if isinstance(value, Dropped):
            raise self.undocumented()
        return value

    def values(self, first: int = 0) -> list[Plain]:
        """The arguments from `first` on."""
        return [self.value(number) for number in range(first, len(self.nodes))]

    def text(self, number: int) -> str:
        """The argument as text; of null, what comes of it is not documented."""
        return text_of(self.value(number), self.function)

    def text_or_null(self, number: int) -> str | None:
        """The argument as text, or null."""
        value = self.value(number)
        return None if value is None else text_of(value, self.function)

    def option(self, number: int) -> str:
        """An optional text; empty where it is not given."""
        return self.text_or_null(number) or ""

    def whole(self, number: int) -> int:
        """A whole number, also one that is written as text."""
        value = self.value(number)
        if isinstance(value, int) and not isinstance(value, bool):
            return value
        try:
            return int(text_of(value, self.function))
        except ValueError:
            raise self.wrong() from None

    def many(self, number: int) -> tuple[str, ...] | None:
        """The values of a multi-valued attribute, or null."""
        value = self.value(number)
        if value is not None and not isinstance(value, tuple):
            raise self.wrong()
        return value

    def called(self, number: int) -> str:
        """The function that the argument calls; empty where it calls none."""
        node = self.nodes[number]
        return node.function if isinstance(node, Call) else ""

    def wrong(self) -> Unknown:
        """To be raised: the arguments are not what the function takes."""
        return Unknown(Why.WRONG_ARGUMENTS, self.function)

    def undocumented(self) -> Unknown:
        """To be raised: the reference does not say what comes of these."""
        return Unknown(Why.NOT_DOCUMENTED, self.function)


@dataclass(frozen=True)
class Function:
    """One function of the language; `most` is None where it takes any number of arguments."""

    work_out: Callable[[Arguments], Value]
    least: int
    most: int | None

    def __call__(self, arguments: Arguments) -> Value:
        """The value. Raises `Unknown`."""
        if len(arguments) < self.least or (self.most is not None and len(arguments) > self.most):
            raise arguments.wrong()
        return self.work_out(arguments)
