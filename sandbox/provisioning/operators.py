"""Scoping filters: the operators as Graph lists them, and whether an object passes.

Facts: docs/graph-facts.md, "Schema and mappings".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .compiler import Accessor
from .replacing import pattern
from .values import EvaluationRefused, Value, as_text, is_empty

_ANY = ["String", "Integer", "Boolean", "Reference", "Binary", "DateTime"]
Test = Callable[[Value, Sequence[str]], bool]


def _number(text: Value) -> int:
    try:
        return int(as_text(text))
    except ValueError:
        raise EvaluationRefused(f"'{text}' is not an integer.") from None


def _matches(value: Value, wanted: Sequence[str]) -> bool:
    return any(pattern(each).fullmatch(as_text(value)) is not None for each in wanted)


def _equals(value: Value, wanted: Sequence[str]) -> bool:
    return as_text(value) in wanted


_OPERATORS: dict[str, tuple[str, list[str], Test]] = {
    "EQUALS": ("Binary", ["String", "Integer", "Boolean", "Reference"], _equals),
    "NOT EQUALS": ("Binary", ["String", "Integer", "Boolean", "Reference"], lambda v, w: not _equals(v, w)),
    "IS TRUE": ("Unary", ["Boolean"], lambda v, _: as_text(v).lower() == "true"),
    "IS FALSE": ("Unary", ["Boolean"], lambda v, _: as_text(v).lower() == "false"),
    "IS NULL": ("Unary", _ANY, lambda v, _: is_empty(v)),
    "IS NOT NULL": ("Unary", _ANY, lambda v, _: not is_empty(v)),
    "REGEX MATCH": ("Binary", ["String"], _matches),
    "NOT REGEX MATCH": ("Binary", ["String"], lambda v, w: not _matches(v, w)),
    "Greater_Than": ("Binary", ["Integer", "String"], lambda v, w: _number(v) > _number(w[0])),
    "Greater_Than_OR_EQUALS": ("Binary", ["Integer", "String"], lambda v, w: _number(v) >= _number(w[0])),
    "Includes": ("Binary", ["String"], lambda v, w: any(each in as_text(v) for each in w)),
    "ENDS_WITH": ("Binary", ["String"], lambda v, w: as_text(v).endswith(tuple(w))),
    "&": ("Binary", ["String", "Integer"], lambda v, w: any(as_text(v) in each for each in w)),
    "!&": ("Binary", ["String", "Integer"], lambda v, w: all(as_text(v) not in each for each in w)),
}
_TAKES_NULL = {"IS NULL", "IS NOT NULL"}
UNUSABLE = {"approleassignments", "usertype", "manager", "members", "ismemberof"}
"""Attributes that scoping filters cannot use."""


def filter_operators() -> list[dict[str, Any]]:
    """All operators as filterOperatorSchema."""
    return [
        {
            "id": name,
            "arity": arity,
            "multivaluedComparisonType": "All",
            "supportedAttributeTypes": types,
        }
        for name, (arity, types, _test) in _OPERATORS.items()
    ]


def compile_scope(scope: Mapping[str, Any] | None, accessor: Accessor) -> Callable[[Any], bool]:
    """From a filter to a test: all clauses of one group hold. Raises ValueError for a filter that is not valid."""
    groups = [group for group in (scope or {}).get("groups") or [] if group.get("clauses")]
    if not groups:
        return lambda _subject: True
    compiled = [[_clause(clause, accessor) for clause in group["clauses"]] for group in groups]
    return lambda subject: any(all(clause(subject) for clause in clauses) for clauses in compiled)


def _clause(clause: Mapping[str, Any], accessor: Accessor) -> Callable[[Any], bool]:
    name, attribute = str(clause.get("operatorName")), str(clause.get("sourceOperandName"))
    known = next((key for key in _OPERATORS if key.lower() == name.lower()), None)
    if known is None:
        raise ValueError(f"There is no filter operator '{name}'.")
    if attribute.lower() in UNUSABLE:
        raise ValueError(f"The attribute '{attribute}' cannot be used in a scoping filter.")
    arity, _types, test = _OPERATORS[known]
    wanted = [str(value) for value in (clause.get("targetOperand") or {}).get("values") or []]
    if arity == "Binary" and not wanted:
        raise ValueError(f"The operator '{name}' needs a value.")
    read = accessor(attribute)

    def holds(subject: Any) -> bool:
        value = read(subject)
        if is_empty(value) and known not in _TAKES_NULL:
            return False
        try:
            return test(value, wanted)
        except EvaluationRefused:
            return False

    return holds
