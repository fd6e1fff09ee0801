"""The mappings of a job, compared with a product profile and changed. Pure; the document stays as opaque as it can.

The document is what Graph calls synchronizationSchema. Only the attribute mappings of people, the switch of the groups
and missing attribute definitions are touched; everything else goes back byte for byte (Graph: PUT replaces all of it).
"""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import Any, Literal

from graphclient import Unreadable
from onboarding.domain.products import Mapped, Profile
from onboarding.steps.mappings.attribute_names import attribute_of, plain

Json = dict[str, Any]
ALL_FLOWS = ("Add", "Update", "Delete")
BOOLEANS = ("active",)


class NotAMapping(ValueError):
    """The document has no mapping of people: it is no schema of a SCIM job."""


@dataclass(frozen=True)
class Line:
    """One attribute: added, removed, changed or as it should be. Expressions as Entra writes them."""

    sign: Literal["+", "-", "~", "="]
    target: str
    before: str = ""
    after: str = ""
    matching_changes: bool = False


@dataclass(frozen=True)
class Comparison:
    """How a document differs from the profile."""

    rule_id: str
    lines: tuple[Line, ...]
    groups_enabled: bool
    groups_wanted: bool
    flows: tuple[str, ...]
    people_enabled: bool
    matching: tuple[str, ...]
    unknown_sources: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether nothing has to be written."""
        return (
            all(line.sign == "=" for line in self.lines)
            and self.groups_enabled == self.groups_wanted
            and set(self.flows) >= set(ALL_FLOWS)
            and self.people_enabled
        )

    def targets(self, *signs: str) -> list[str]:
        """The targets of the lines with one of these signs, in their order."""
        return [line.target for line in self.lines if line.sign in signs]


# Finding


def check(document: Mapping[str, Any]) -> None:
    """Raise `Unreadable` where the document does not tell what is mapped, or whether: nothing is planned on that."""
    for rule in document["synchronizationRules"]:
        people, groups = _object_mapping(rule, "user"), _object_mapping(rule, "group")
        mapped = people.get("attributeMappings") if people else []
        if not isinstance(mapped, list) or not all(isinstance(each, dict) for each in mapped):
            raise Unreadable("a schema without attributeMappings")
        if any(each and not isinstance(each.get("enabled"), bool) for each in (people, groups)):
            raise Unreadable("a schema that does not say what is enabled")


def rule_of(document: Mapping[str, Any]) -> Json:
    """The rule that carries the mapping of people. Raises `NotAMapping`."""
    for rule in document.get("synchronizationRules") or ():
        if _object_mapping(rule, "user") is not None:
            found: Json = rule
            return found
    raise NotAMapping("no rule maps people")


def _object_mapping(rule: Mapping[str, Any], source: str) -> Json | None:
    """By source object, and for people by a target that is a user too; never by display names, which vary."""
    for mapping in rule.get("objectMappings") or ():
        named = str(mapping.get("sourceObjectName", "")).lower()
        target = str(mapping.get("targetObjectName", "")).lower().rpartition(":")[2]
        if named == source and target == source:
            found: Json = mapping
            return found
    return None


def digest(document: Mapping[str, Any]) -> str:
    """A short digest of all that is mapped: equal as long as nobody has changed it."""
    mapped = [rule.get("objectMappings") for rule in document.get("synchronizationRules") or ()]
    return hashlib.sha256(json.dumps(mapped, sort_keys=True).encode()).hexdigest()[:16]


def wanted(profile: Profile) -> str:
    """A short digest of what the product wants: equal as long as a release does not change it."""
    text = json.dumps([profile.groups, *(astuple(mapped) for mapped in profile.mappings)])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


# Comparing


def compare(profile: Profile, document: Mapping[str, Any]) -> Comparison:
    """What has to change so that the document is as the profile wants. Raises `NotAMapping`."""
    rule = rule_of(document)
    people, groups = _object_mapping(rule, "user") or {}, _object_mapping(rule, "group")
    present = list(people.get("attributeMappings") or ())
    return Comparison(
        rule_id=str(rule.get("id", "")),
        lines=tuple(_lines(profile, present)),
        groups_enabled=bool(groups and groups.get("enabled")),
        groups_wanted=bool(groups) and profile.groups,
        flows=_flows(people),
        people_enabled=people.get("enabled") is not False,
        matching=tuple(_target(each) for each in present if each.get("matchingPriority")),
        unknown_sources=tuple(_unknown_sources(profile, document, rule)),
    )


def _lines(profile: Profile, present: Sequence[Mapping[str, Any]]) -> list[Line]:
    by_target = {_target(each): each for each in present}
    lines = [_line(mapped, by_target.get(mapped.target)) for mapped in profile.mappings]
    wanted = {mapped.target for mapped in profile.mappings}
    return lines + [Line("-", name, expression_of(each)) for name, each in by_target.items() if name not in wanted]


def _line(mapped: Mapped, found: Mapping[str, Any] | None) -> Line:
    if found is None:
        return Line("+", mapped.target, after=mapped.expression)
    before = expression_of(found)
    matching_changes = int(found.get("matchingPriority") or 0) != mapped.matching_priority
    same = plain(before) == plain(mapped.expression) and str(found.get("flowType", "Always")) == "Always"
    sign: Literal["=", "~"] = "=" if same and not matching_changes else "~"
    return Line(sign, mapped.target, before, mapped.expression, matching_changes)


def _target(mapping: Mapping[str, Any]) -> str:
    return str(mapping.get("targetAttributeName", ""))


def expression_of(mapping: Mapping[str, Any]) -> str:
    """Where a mapping takes its value from; a constant in quotes."""
    source = mapping.get("source")
    if isinstance(source, Mapping):
        return str(source.get("expression") or (f"[{source['name']}]" if source.get("name") else ""))
    constant = mapping.get("defaultValue")
    return json.dumps(constant) if constant else ""


def _flows(people: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(flow.strip() for flow in str(people.get("flowTypes", "")).split(",") if flow.strip())


def _unknown_sources(profile: Profile, document: Mapping[str, Any], rule: Mapping[str, Any]) -> list[str]:
    definition = _definition(document, str(rule.get("sourceDirectoryName", "")), "User")
    known = {str(each.get("name", "")).lower() for each in (definition or {}).get("attributes") or ()}
    names = [attribute_of(mapped.expression) for mapped in profile.mappings]
    return [name for name in names if name and known and name.lower() not in known]


# Changing


def merged(profile: Profile, document: Mapping[str, Any], parsed: Mapping[str, Json]) -> Json:
    """A copy of the document as the profile wants it. `parsed` has Entra's parse tree for each function expression."""
    changed: Json = copy.deepcopy(dict(document))
    rule = rule_of(changed)
    people, groups = _object_mapping(rule, "user"), _object_mapping(rule, "group")
    assert people is not None
    by_target = {_target(each): each for each in people.get("attributeMappings") or ()}
    people["attributeMappings"] = [
        _mapping(mapped, by_target.get(mapped.target), parsed) for mapped in profile.mappings
    ]
    people["enabled"] = True
    if not set(_flows(people)) >= set(ALL_FLOWS):
        people["flowTypes"] = ", ".join(ALL_FLOWS)
    if groups is not None:
        groups["enabled"] = profile.groups
    _define_missing(changed, rule, people, profile)
    return changed


def needs_parsing(profile: Profile, document: Mapping[str, Any]) -> list[str]:
    """Function expressions that are to be written anew and need Entra's own parse tree."""
    lines = [line for line in compare(profile, document).lines if line.sign in "+~"]
    return [
        line.after for line in lines if attribute_of(line.after) is None and plain(line.before) != plain(line.after)
    ]


def _mapping(mapped: Mapped, found: Json | None, parsed: Mapping[str, Json]) -> Json:
    if found is not None and _line(mapped, found).sign == "=":
        return found
    made: Json = {
        "defaultValue": None,
        "exportMissingReferences": False,
        "flowBehavior": "FlowWhenChanged",
        **(found or {}),
        "flowType": "Always",
        "matchingPriority": mapped.matching_priority,
        "targetAttributeName": mapped.target,
    }
    if found is None or plain(expression_of(found)) != plain(mapped.expression):
        made["source"] = _source(mapped.expression, parsed)
        made["defaultValue"] = None
    return made


def _source(expression: str, parsed: Mapping[str, Json]) -> Json:
    attribute = attribute_of(expression)
    if attribute is None:
        return dict(parsed[expression])
    return {"expression": f"[{attribute}]", "name": attribute, "type": "Attribute", "parameters": []}


def _definition(document: Mapping[str, Any], directory: str, object_name: str) -> Json | None:
    for each in document.get("directories") or ():
        if str(each.get("name", "")).lower() == directory.lower():
            for definition in each.get("objects") or ():
                if str(definition.get("name", "")).lower() == object_name.lower():
                    found: Json = definition
                    return found
    return None


def _define_missing(document: Json, rule: Mapping[str, Any], people: Mapping[str, Any], profile: Profile) -> None:
    """A target without a definition is refused, so it is defined in the same PUT."""
    target = str(people.get("targetObjectName", ""))
    definition = _definition(document, str(rule.get("targetDirectoryName", "")), target)
    if definition is None:
        return
    attributes = definition.setdefault("attributes", [])
    known = {str(each.get("name", "")) for each in attributes}
    attributes.extend(_new_definition(mapped) for mapped in profile.mappings if mapped.target not in known)


def _new_definition(mapped: Mapped) -> Json:
    return {
        "name": mapped.target,
        "type": "Boolean" if mapped.target in BOOLEANS else "String",
        "anchor": False,
        "caseExact": False,
        "required": False,
        "multivalued": False,
        "flowNullValues": False,
        "mutability": "ReadWrite",
        "defaultValue": None,
        "referencedObjects": [],
        "apiExpressions": [],
        "metadata": [],
    }
