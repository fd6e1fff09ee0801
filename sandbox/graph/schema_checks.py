"""What of a schema is refused when it is written (`Reality.schema_checks`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..wording import words
from .exchange import Refused

TOP = frozenset(words("id version synchronizationRules directories provisioningTaskIdentifier"))
RULE = frozenset(
    words(
        "id name editable priority sourceDirectoryName targetDirectoryName containerFilter groupFilter"
        " metadata objectMappings"
    )
)
MAPPING = frozenset(words("enabled flowTypes metadata name scope sourceObjectName targetObjectName attributeMappings"))
ATTRIBUTE = frozenset(
    words("defaultValue exportMissingReferences flowBehavior flowType matchingPriority source targetAttributeName")
)
LONGEST_EXPRESSION = 10_000
NOT_IN_SCOPES = "userType"


def check(body: Any) -> None:
    """Raises Refused (400) for what the service cannot take: unknown properties, no matching attribute, a target
    attribute that the directory does not define."""
    if not isinstance(body, dict) or not isinstance(body.get("synchronizationRules"), list):
        raise Refused(400, "BadRequest", "The request body must contain a synchronizationSchema.")
    _known(body, TOP, "synchronizationSchema")
    for rule in body["synchronizationRules"]:
        _known(rule, RULE, "synchronizationRule")
        for mapping in rule.get("objectMappings", []):
            _known(mapping, MAPPING, "objectMapping")
            _check_mapping(body, rule, mapping)


def _check_mapping(body: dict[str, Any], rule: dict[str, Any], mapping: dict[str, Any]) -> None:
    attributes = mapping.get("attributeMappings", [])
    for attribute in attributes:
        _known(attribute, ATTRIBUTE, "attributeMapping")
        if len(_expression(attribute)) > LONGEST_EXPRESSION:
            raise Refused(400, "BadRequest", "An expression can have at most 10,000 characters.")
    if mapping.get("enabled") and not _priorities(attributes):
        raise _invalid(f"Object mapping '{mapping.get('name')}' has no matching attribute.")
    defined = _defined(body, str(rule.get("targetDirectoryName")), str(mapping.get("targetObjectName")))
    targets = [each.get("targetAttributeName") for each in attributes]
    for name in targets:
        if defined is not None and name not in defined:
            raise _invalid(f"Attribute '{name}' is not defined in the target directory.")
    if doubles := _doubles(targets):
        raise _invalid(f"Attribute '{doubles[0]}' is mapped twice.")


def _expression(attribute: Mapping[str, Any]) -> str:
    return (attribute.get("source") or {}).get("expression") or ""


def _priorities(attributes: list[dict[str, Any]]) -> list[int]:
    return [number for each in attributes if (number := int(each.get("matchingPriority") or 0)) > 0]


def _doubles(values: list[Any]) -> list[str]:
    return sorted({str(value) for value in values if values.count(value) > 1})


def _defined(body: dict[str, Any], directory: str, name: str) -> set[str] | None:
    for each in body.get("directories") or []:
        if each.get("name") == directory:
            for thing in each.get("objects") or []:
                if thing.get("name") == name:
                    return {attribute.get("name") for attribute in thing.get("attributes") or []}
    return None


def _known(row: Any, names: frozenset[str], kind: str) -> None:
    if not isinstance(row, dict):
        raise Refused(400, "BadRequest", f"A value of type '{kind}' was expected.")
    for key in row:
        if key not in names and "@odata" not in key:
            raise Refused(400, "BadRequest", f"The property '{key}' does not exist on type 'microsoft.graph.{kind}'.")


def _invalid(message: str) -> Refused:
    return Refused(400, "InvalidSchema", message)


# What the portal refuses besides


def check_as_the_portal(body: dict[str, Any]) -> None:
    """Raises Refused (400) for what the portal would not let anybody write."""
    for problem in _problems(body):
        raise _invalid(problem)


def _problems(body: dict[str, Any]) -> Iterator[str]:
    names = {str(each.get("name")) for each in body.get("directories") or []}
    if not body["synchronizationRules"]:
        yield "The schema has no rule."
    for rule in body["synchronizationRules"]:
        if not rule.get("id"):
            yield "A rule has no id."
        for key in ("sourceDirectoryName", "targetDirectoryName"):
            if rule.get(key) not in names:
                yield f"The directory '{rule.get(key)}' is not in the schema."
        for mapping in rule.get("objectMappings", []):
            yield from _problems_of(body, mapping)


def _problems_of(body: dict[str, Any], mapping: dict[str, Any]) -> Iterator[str]:
    from .. import provisioning

    attributes = mapping.get("attributeMappings", [])
    if _doubles(_priorities(attributes)):
        yield f"Two matching attributes of '{mapping.get('name')}' have the same priority."
    for attribute in attributes:
        if str((attribute.get("source") or {}).get("type")).lower() == "constant":
            continue
        parsed = provisioning.parse_expression({"expression": _expression(attribute) or '""'}, body)
        if parsed["error"]:
            yield str(parsed["error"]["message"])
    known = {str(each["id"]) for each in provisioning.filter_operators()}
    for clause in _clauses(mapping):
        if clause.get("sourceOperandName") == NOT_IN_SCOPES:
            yield f"'{NOT_IN_SCOPES}' cannot be used in a scoping filter."
        if clause.get("operatorName") not in known:
            yield f"There is no operator '{clause.get('operatorName')}'."


def _clauses(mapping: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for group in (mapping.get("scope") or {}).get("groups") or []:
        yield from group.get("clauses") or []
