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
from onboarding.domain.attribute_names import attribute_of
from onboarding.domain.products import Mapped, Profile
from onboarding.steps.mappings import meaning
from onboarding.steps.mappings.meaning import expression_of

Json = dict[str, Any]
ALL_FLOWS = ("Add", "Update", "Delete")
BOOLEANS = ("active",)


class NotAMapping(ValueError):
    """The document has no mapping of people: it is no schema of a SCIM job."""


class SeveralMappings(ValueError):
    """The document maps people, or names a directory, more than once, and nobody has said which counts.

    `names`: what there is of it, each with its place.
    """

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(", ".join(names))
        self.names = tuple(names)


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


def attribute_mappings(document: Mapping[str, Any]) -> list[Json]:
    """How each attribute of people is mapped. Raises `NotAMapping` or `SeveralMappings`."""
    [people] = _object_mappings(rule_of(document), "user")
    return _parts(people, "attributeMappings")


def check(document: Mapping[str, Any]) -> None:
    """Raise `Unreadable` where the document does not tell what is mapped, or whether: nothing is planned on that."""
    for rule in document["synchronizationRules"]:
        people, groups = _object_mappings(rule, "user"), _object_mappings(rule, "group")
        mapped = [each.get("attributeMappings") for each in people]
        if not all(isinstance(each, list) and all(isinstance(one, dict) for one in each) for each in mapped):
            raise Unreadable("a schema without attributeMappings")
        if not all(isinstance(each.get("enabled"), bool) for each in (*people, *groups)):
            raise Unreadable("a schema that does not say what is enabled")


def rule_of(document: Mapping[str, Any]) -> Json:
    """The one rule that carries the mapping of people. Raises `NotAMapping` or `SeveralMappings`."""
    rules = [rule for rule in _parts(document, "synchronizationRules") if _object_mappings(rule, "user")]
    if not rules:
        raise NotAMapping("no rule maps people")
    _check_one([f"{_name(rule)} / {_name(each)}" for rule in rules for each in _object_mappings(rule, "user")])
    rule = rules[0]
    for side in ("sourceDirectoryName", "targetDirectoryName"):
        named = str(rule.get(side) or "")
        _check_one([f"{side} {_name(each)} {each.get('id', '')}".rstrip() for each in _directories(document, named)])
    return rule


def _check_one(names: Sequence[str]) -> None:
    if len(names) > 1:
        raise SeveralMappings(names)


def _name(part: Mapping[str, Any]) -> str:
    return str(part.get("name") or part.get("id") or "?")


def _parts(document: Mapping[str, Any], key: str) -> list[Json]:
    return [each for each in document.get(key) or () if isinstance(each, dict)]


def _groups(document: Mapping[str, Any]) -> list[Json]:
    """The mappings of groups, in whatever rule they stand."""
    return [each for rule in _parts(document, "synchronizationRules") for each in _object_mappings(rule, "group")]


def _object_mappings(rule: Mapping[str, Any], source: str) -> list[Json]:
    """By source object, and by a target that is of the same kind; never by display names, which vary."""
    return [each for each in _parts(rule, "objectMappings") if _objects(each) == (source, source)]


def _objects(mapping: Mapping[str, Any]) -> tuple[str, str]:
    target = str(mapping.get("targetObjectName", "")).lower().rpartition(":")[2]
    return str(mapping.get("sourceObjectName", "")).lower(), target


def wanted(profile: Profile) -> str:
    """A short digest of what the product wants: equal as long as a release does not change it."""
    text = json.dumps([profile.groups, *(astuple(mapped) for mapped in profile.mappings)])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


# Comparing


def compare(profile: Profile, document: Mapping[str, Any]) -> Comparison:
    """What has to change so that the document is as the profile wants. Raises `NotAMapping` or `SeveralMappings`."""
    rule, groups = rule_of(document), _groups(document)
    [people] = _object_mappings(rule, "user")
    present = attribute_mappings(document)
    return Comparison(
        rule_id=str(rule.get("id", "")),
        lines=tuple(_lines(profile, present)),
        groups_enabled=any(meaning.is_on(each) for each in groups),
        groups_wanted=bool(groups) and profile.groups,
        flows=meaning.flows(people),
        people_enabled=meaning.is_on(people),
        matching=tuple(sorted(_target(each) for each in present if meaning.priority(each))),
        unknown_sources=tuple(_unknown_sources(profile, document, rule)),
    )


def _lines(profile: Profile, present: Sequence[Mapping[str, Any]]) -> list[Line]:
    """The profile's in its own order, then what goes by name: the document's order is no one's decision."""
    by_target = {meaning.target(each): each for each in present}
    lines = [_line(mapped, by_target.pop(meaning.unwritten(mapped.target), None)) for mapped in profile.mappings]
    return lines + [Line("-", _target(each), expression_of(each)) for _name, each in sorted(by_target.items())]


def _line(mapped: Mapped, found: Mapping[str, Any] | None) -> Line:
    if found is None:
        return Line("+", mapped.target, after=mapped.expression)
    before = expression_of(found)
    matching_changes = meaning.priority(found) != mapped.matching_priority
    same = meaning.same_expression(before, mapped.expression) and meaning.always_flows(found)
    sign: Literal["=", "~"] = "=" if same and not matching_changes else "~"
    return Line(sign, mapped.target, before, mapped.expression, matching_changes)


def _target(mapping: Mapping[str, Any]) -> str:
    return str(mapping.get("targetAttributeName") or "")


def _unknown_sources(profile: Profile, document: Mapping[str, Any], rule: Mapping[str, Any]) -> list[str]:
    definition = _definition(document, str(rule.get("sourceDirectoryName", "")), "User")
    known = {str(each.get("name", "")).lower() for each in (definition or {}).get("attributes") or ()}
    names = [attribute_of(mapped.expression) for mapped in profile.mappings]
    return [name for name in names if name and known and name.lower() not in known]


def defaults_of(document: Mapping[str, Any]) -> dict[str, str]:
    """What takes the place of nothing when somebody is created, by target; a constant is no default."""
    mapped = [each for each in attribute_mappings(document) if each.get("source") and each.get("defaultValue")]
    return {_target(each): str(each["defaultValue"]) for each in mapped}


# Changing


def merged(profile: Profile, document: Mapping[str, Any], parsed: Mapping[str, Json]) -> Json:
    """A copy of the document as the profile wants it. `parsed` has Entra's parse tree for each function expression."""
    changed: Json = copy.deepcopy(dict(document))
    rule = rule_of(changed)
    [people] = _object_mappings(rule, "user")
    by_target = {meaning.target(each): each for each in _parts(people, "attributeMappings")}
    people["attributeMappings"] = [
        _mapping(mapped, by_target.get(meaning.unwritten(mapped.target)), parsed) for mapped in profile.mappings
    ]
    people["enabled"] = True
    if not set(meaning.flows(people)) >= set(ALL_FLOWS):
        people["flowTypes"] = ", ".join(ALL_FLOWS)
    for groups in _groups(changed):
        groups["enabled"] = profile.groups
    _define_missing(changed, rule, people, profile)
    return changed


def as_of_job(document: Mapping[str, Any], job_id: str) -> Json:
    """A copy that may be written into the job `job_id`: a schema's id is that of its job, and a backup carries the id
    of the job that it was taken of (docs/graph-facts.md, "Schema and mappings").
    """
    return {**copy.deepcopy(dict(document)), "id": job_id}


def needs_parsing(profile: Profile, document: Mapping[str, Any]) -> list[str]:
    """Function expressions that are to be written anew and need Entra's own parse tree."""
    lines = [line for line in compare(profile, document).lines if line.sign in "+~"]
    return [
        line.after
        for line in lines
        if attribute_of(line.after) is None and not meaning.same_expression(line.before, line.after)
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
    if found is None or not meaning.same_expression(expression_of(found), mapped.expression):
        made["source"] = _source(mapped.expression, parsed)
        made["defaultValue"] = None
    return made


def _source(expression: str, parsed: Mapping[str, Json]) -> Json:
    attribute = attribute_of(expression)
    if attribute is None:
        return dict(parsed[expression])
    return {"expression": f"[{attribute}]", "name": attribute, "type": "Attribute", "parameters": []}


def _directories(document: Mapping[str, Any], name: str) -> list[Json]:
    return [each for each in _parts(document, "directories") if str(each.get("name", "")).lower() == name.lower()]


def _definition(document: Mapping[str, Any], directory: str, object_name: str) -> Json | None:
    objects = [each for found in _directories(document, directory) for each in _parts(found, "objects")]
    return next((each for each in objects if str(each.get("name", "")).lower() == object_name.lower()), None)


def _define_missing(document: Json, rule: Mapping[str, Any], people: Mapping[str, Any], profile: Profile) -> None:
    """A target without a definition is refused, so it is defined in the same PUT."""
    target = str(people.get("targetObjectName", ""))
    definition = _definition(document, str(rule.get("targetDirectoryName", "")), target)
    if definition is None:
        return
    attributes = definition.setdefault("attributes", [])
    known = {meaning.unwritten(str(each.get("name", ""))) for each in attributes}
    attributes.extend(
        _new_definition(mapped) for mapped in profile.mappings if meaning.unwritten(mapped.target) not in known
    )


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
