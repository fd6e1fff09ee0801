"""What a mapping means, apart from how it is written: the form in which two of them are compared. Pure.

Microsoft may give the same mapping in another form each time: lists in another order, texts with other blanks, null or
an empty text where nothing stands, keys and metadata of its own (docs/graph-facts.md, "Schema and mappings").
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from onboarding.domain.attribute_names import plain

NOT_MEANT = frozenset({"metadata", "name", "id", "@odata.type"})
"""Keys inside a scope that say nothing of whom it holds."""


def digest(document: Mapping[str, Any]) -> str:
    """A short digest of what is mapped: equal as long as nobody has changed what it means."""
    meant = sorted(json.dumps(_objects(each), sort_keys=True) for each in _mappings(document))
    return hashlib.sha256(json.dumps(meant).encode()).hexdigest()[:16]


def target(attribute: Mapping[str, Any]) -> str:
    """The attribute's target as one word: SCIM names are compared regardless of case (RFC 7643, 2.1)."""
    return unwritten(str(attribute.get("targetAttributeName") or ""))


def unwritten(text: str) -> str:
    """An expression or a path without blanks and capitals outside its quotes."""
    parts = plain(text).split('"')
    return '"'.join(part if number % 2 else part.casefold() for number, part in enumerate(parts))


def same_expression(one: str, other: str) -> bool:
    """Whether two expressions mean the same."""
    return unwritten(one) == unwritten(other)


def expression_of(attribute: Mapping[str, Any]) -> str:
    """Where a mapping takes its value from; a constant in quotes."""
    source = attribute.get("source")
    if isinstance(source, Mapping):
        return str(source.get("expression") or (f"[{source['name']}]" if source.get("name") else ""))
    constant = attribute.get("defaultValue")
    return json.dumps(constant) if constant else ""


def priority(attribute: Mapping[str, Any]) -> int:
    """As how many-th people are matched by it; 0 where they are not."""
    text = str(attribute.get("matchingPriority") or 0).strip()
    return int(text) if text.isdecimal() else 0


def always_flows(attribute: Mapping[str, Any]) -> bool:
    """Whether its value is written on each change, not only on creation."""
    return str(attribute.get("flowType") or "Always").strip().casefold() == "always"


def flows(mapping: Mapping[str, Any]) -> tuple[str, ...]:
    """What is done with objects: Add, Update, Delete, as far as it is on."""
    names = (flow.strip().capitalize() for flow in str(mapping.get("flowTypes") or "").split(","))
    return tuple(name for name in names if name)


def is_on(mapping: Mapping[str, Any]) -> bool:
    """Whether objects of this kind are provisioned. Without a word they are."""
    return str(mapping.get("enabled")).strip().casefold() != "false"


def filters(document: Mapping[str, Any]) -> list[str]:
    """The conditions that decide who is sent (Graph: filter, filterClause), each as Entra names its parts, in the
    order of their texts.
    """
    scopes = [mapping.get("scope") for mapping in _mappings(document) if is_on(mapping)]
    return sorted({_condition(clause) for scope in scopes for clause in _clauses(scope)})


def _clauses(part: Any) -> list[Mapping[str, Any]]:
    """Every clause below `part`, in whichever groups Microsoft keeps it."""
    if isinstance(part, Mapping):
        found = [part] if part.get("sourceOperandName") else []
        return found + [clause for each in part.values() for clause in _clauses(each)]
    return [clause for each in part for clause in _clauses(each)] if isinstance(part, list) else []


def _condition(clause: Mapping[str, Any]) -> str:
    compared = clause.get("targetOperand")
    values = compared.get("values") if isinstance(compared, Mapping) else None
    told = " ".join(str(value) for value in values) if isinstance(values, list) else ""
    return f"{clause['sourceOperandName']} {clause.get('operatorName') or '?'} {told}".rstrip()


def _mappings(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    rules = [rule for rule in document.get("synchronizationRules") or () if isinstance(rule, Mapping)]
    return [each for rule in rules for each in rule.get("objectMappings") or () if isinstance(each, Mapping)]


def _objects(mapping: Mapping[str, Any]) -> dict[str, Any]:
    attributes = [each for each in mapping.get("attributeMappings") or () if isinstance(each, Mapping)]
    return {
        "source": str(mapping.get("sourceObjectName") or "").casefold(),
        "target": str(mapping.get("targetObjectName") or "").casefold(),
        "on": is_on(mapping),
        "flows": sorted(set(flows(mapping))),
        "scope": _bare(mapping.get("scope")),
        "attributes": sorted(json.dumps(_attribute(each), sort_keys=True) for each in attributes),
    }


def _attribute(attribute: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "target": target(attribute),
        "source": unwritten(expression_of(attribute)),
        "default": attribute.get("defaultValue") or "",
        "priority": priority(attribute),
        "flow": str(attribute.get("flowType") or "Always").strip().casefold(),
        "behavior": str(attribute.get("flowBehavior") or "FlowWhenChanged").strip().casefold(),
        "missing": str(attribute.get("exportMissingReferences") or False).casefold(),
    }


def _bare(value: Any) -> Any:
    """Without what is empty or not meant; lists by their content, because the clauses of a filter have no order."""
    if isinstance(value, Mapping):
        parts = {key: _bare(part) for key, part in value.items() if key not in NOT_MEANT}
        return {key: part for key, part in parts.items() if part not in (None, {}, [])} or None
    if isinstance(value, Sequence) and not isinstance(value, str):
        kept = [part for part in map(_bare, value) if part is not None]
        return sorted(kept, key=lambda part: json.dumps(part, sort_keys=True)) or None
    if isinstance(value, str):
        return unwritten(value) or None
    return value
