"""A job's object mapping, compiled: what is evaluated for every object of a cycle."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from . import schema as schemas
from .compiler import Accessor, EvaluationContext, Evaluator, Expression, compile_text
from .grammar import Constant, SyntaxRefused
from .operators import compile_scope
from .slots import Slot, slot
from .source import of_group, of_user
from .values import IGNORE, Redacted, Value, is_empty

IsTaken: TypeAlias = Callable[[Slot, Value], bool]

ADD_ONLY = frozenset({"attributeaddonly", "valueaddonly"})


class PlanRefused(ValueError):
    """The schema cannot be used; the message says why."""


@dataclass(frozen=True)
class Mapped:
    """One attribute mapping, compiled."""

    slot: Slot
    evaluate: Evaluator
    attributes: frozenset[str]
    default: str | None
    priority: int
    flow_type: str
    always: bool
    unique: bool
    """SelectUniqueValue: evaluated only when the object is created."""

    @property
    def tells_state(self) -> bool:
        """Whether the value depends on the account being enabled or deleted."""
        return bool(self.attributes & {"IsSoftDeleted", "accountEnabled"})


@dataclass(frozen=True)
class Plan:
    """One object mapping, compiled; `matchers` in the order of their priority."""

    source: str
    target: str
    mapped: tuple[Mapped, ...]
    matchers: tuple[Mapped, ...]
    adds: bool
    updates: bool
    deletes: bool
    in_filter: Callable[[Any], bool]
    has_filter: bool
    enterprise: bool

    def values(self, subject: Any, *, creating: bool) -> list[tuple[Mapped, Value]]:
        """Every mapping that has a value, converted for the target. Raises EvaluationRefused."""
        found = []
        for each in self.mapped:
            if not creating and (each.unique or each.flow_type == "objectaddonly"):
                continue
            value = each.evaluate(subject)
            if value is IGNORE:
                continue
            if is_empty(value):
                if not each.default or not creating:
                    continue
                value = each.default
            converted = each.slot.convert(value)
            found.append((each, Redacted(converted) if isinstance(value, Redacted) else converted))
        return found


def compile_plan(
    schema: Mapping[str, Any], source: str, context: EvaluationContext, is_taken: IsTaken = lambda _slot, _value: False
) -> Plan | None:
    """The plan for "User" or "Group"; None when that object is not mapped or switched off. Raises PlanRefused.

    `is_taken` asks the target whether somebody has that value there.
    """
    mapping = schemas.object_mapping(schema, source)
    if mapping is None or not mapping.get("enabled"):
        return None
    rule = next(each for each in schemas.rules(schema) if mapping in each["objectMappings"])
    target = str(mapping.get("targetObjectName") or "")
    definitions = {
        str(each.get("name")): each
        for each in schemas.object_attributes(schema, str(rule.get("targetDirectoryName")), target)
    }
    accessor = of_user if source == "User" else of_group
    context = replace(context, accessor=accessor)
    mapped = tuple(_mapped(each, definitions, context, is_taken) for each in mapping.get("attributeMappings") or [])
    matchers = sorted((each for each in mapped if each.priority > 0), key=lambda each: each.priority)
    if not matchers:
        raise PlanRefused(f"The mapping of {source} has no matching attribute.")
    flows = {word.strip().lower() for word in str(mapping.get("flowTypes") or "").split(",")}
    scope = mapping.get("scope")
    return Plan(
        source=source,
        target=target,
        mapped=mapped,
        matchers=tuple(matchers),
        adds="add" in flows,
        updates="update" in flows,
        deletes="delete" in flows,
        in_filter=_scope(scope, accessor),
        has_filter=any(group.get("clauses") for group in (scope or {}).get("groups") or []),
        enterprise="enterprise" in target or any(":User:" in each.slot.name for each in mapped),
    )


def _mapped(
    each: Mapping[str, Any], definitions: Mapping[str, Any], context: EvaluationContext, is_taken: IsTaken
) -> Mapped:
    target = str(each.get("targetAttributeName") or "")
    definition = definitions.get(target)
    if definition is None:
        raise PlanRefused(f"The target attribute '{target}' is not defined in the target directory.")
    place = slot(
        target,
        str(definition.get("type") or "String"),
        bool(definition.get("multivalued")),
        bool(definition.get("caseExact")),
        bool(definition.get("required")),
    )
    expression = _source(
        each.get("source"), replace(context, is_taken=lambda value: is_taken(place, place.convert(value))), target
    )
    priority, unique = int(each.get("matchingPriority") or 0), expression.unique
    if unique and priority > 0:
        raise PlanRefused(f"SelectUniqueValue cannot be used for '{target}', which is a matching attribute.")
    return Mapped(
        slot=place,
        evaluate=expression.evaluate,
        attributes=expression.attributes,
        default=each.get("defaultValue"),
        priority=priority,
        flow_type=str(each.get("flowType") or "Always").lower(),
        always=str(each.get("flowBehavior") or "").lower() == "flowalways",
        unique=unique,
    )


def _source(source: Any, context: EvaluationContext, target: str) -> Expression:
    if not source or str(source.get("type")).lower() == "constant":
        constant = source.get("name") if source else None
        return Expression(Constant("", ""), frozenset(), lambda _subject: constant)
    try:
        return compile_text(str(source.get("expression") or ""), context)
    except SyntaxRefused as problem:
        raise PlanRefused(f"The expression of '{target}' is wrong: {problem}") from None


def _scope(scope: Any, accessor: Accessor) -> Callable[[Any], bool]:
    try:
        return compile_scope(scope, accessor)
    except ValueError as problem:
        raise PlanRefused(f"The scoping filter is wrong: {problem}") from None


def fingerprint(schema: Mapping[str, Any]) -> str:
    """Changes with every mapping or scope that is written."""
    return repr([(rule.get("id"), _essence(rule.get("objectMappings") or [])) for rule in schemas.rules(schema)])


def _essence(mappings: Iterable[Mapping[str, Any]]) -> list[Any]:
    return [
        (
            each.get("sourceObjectName"),
            each.get("targetObjectName"),
            each.get("enabled"),
            str(each.get("flowTypes")).replace(" ", ""),
            each.get("scope"),
            [
                (
                    one.get("targetAttributeName"),
                    (one.get("source") or {}).get("expression"),
                    one.get("defaultValue"),
                    one.get("matchingPriority"),
                    one.get("flowType"),
                    one.get("flowBehavior"),
                )
                for one in each.get("attributeMappings") or []
            ],
        )
        for each in mappings
    ]
