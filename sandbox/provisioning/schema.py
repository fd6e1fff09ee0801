"""The default synchronization schema of a SCIM application, and reading any schema.

Facts: docs/graph-facts.md, "Schema and mappings".
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from . import attributes
from .attributes import CORE_GROUP, ENTERPRISE
from .parsing import tree

SOURCE, TARGET = "Azure Active Directory", "customappsso"
RULE_ID = "03f7d90d-bf71-41b1-bda6-aaf0ddbee5d8"
ACTIVE = 'Switch([IsSoftDeleted], , "False", "True", "True", "False")'
_WORK = 'addresses[type eq "work"]'

USER_MAPPINGS = (
    ("userName", "[userPrincipalName]"),
    ("active", ACTIVE),
    ("displayName", "[displayName]"),
    ("title", "[jobTitle]"),
    ('emails[type eq "work"].value', "[mail]"),
    ("preferredLanguage", "[preferredLanguage]"),
    ("name.givenName", "[givenName]"),
    ("name.familyName", "[surname]"),
    ("name.formatted", 'Join(" ", [givenName], [surname])'),
    (f"{_WORK}.formatted", "[physicalDeliveryOfficeName]"),
    (f"{_WORK}.streetAddress", "[streetAddress]"),
    (f"{_WORK}.locality", "[city]"),
    (f"{_WORK}.region", "[state]"),
    (f"{_WORK}.postalCode", "[postalCode]"),
    (f"{_WORK}.country", "[country]"),
    ('phoneNumbers[type eq "work"].value', "[telephoneNumber]"),
    ('phoneNumbers[type eq "mobile"].value', "[mobile]"),
    ('phoneNumbers[type eq "fax"].value', "[facsimileTelephoneNumber]"),
    ("externalId", "[mailNickname]"),
    (f"{ENTERPRISE}:employeeNumber", "[employeeId]"),
    (f"{ENTERPRISE}:department", "[department]"),
    (f"{ENTERPRISE}:manager", "[manager]"),
)
GROUP_MAPPINGS = (("displayName", "[displayName]"), ("externalId", "[objectId]"), ("members", "[members]"))


class HasId(Protocol):
    """What of a tenant decides its default schema."""

    @property
    def id(self) -> str: ...


def default_schema(template_id: str, tenant: HasId) -> dict[str, Any]:
    """A new synchronizationSchema; the same template and tenant give the same ids."""
    seed = uuid.uuid5(uuid.NAMESPACE_URL, f"{tenant.id}/{template_id}")
    return {
        "id": str(seed),
        "version": "v1.0.0",
        "synchronizationRules": [_rule()],
        "directories": [
            _directory(str(uuid.uuid5(seed, SOURCE)), SOURCE, _source_objects(), read_only=True),
            _directory(str(uuid.uuid5(seed, TARGET)), TARGET, _target_objects(), read_only=False),
        ],
    }


def _rule() -> dict[str, Any]:
    return {
        "containerFilter": None,
        "editable": True,
        "groupFilter": None,
        "id": RULE_ID,
        "metadata": [
            {"key": "defaultSourceObjectMappings", "value": "true"},
            {"key": "supportsProvisionOnDemand", "value": "true"},
        ],
        "name": "USERGROUP_OUTBOUND_USERGROUP",
        "objectMappings": [
            _object_mapping("Groups", "Group", CORE_GROUP, GROUP_MAPPINGS),
            _object_mapping("Users", "User", ENTERPRISE, USER_MAPPINGS),
        ],
        "priority": 1,
        "sourceDirectoryName": SOURCE,
        "targetDirectoryName": TARGET,
    }


def _object_mapping(things: str, source: str, target: str, mappings: tuple[tuple[str, str], ...]) -> dict[str, Any]:
    return {
        "attributeMappings": [
            attribute_mapping(name, expression, priority=0 if index else 1)
            for index, (name, expression) in enumerate(mappings)
        ],
        "enabled": True,
        "flowTypes": "Add, Update, Delete",
        "metadata": [],
        "name": f"Provision Microsoft Entra ID {things}",
        "scope": None,
        "sourceObjectName": source,
        "targetObjectName": target,
    }


def attribute_mapping(target: str, expression: str, *, priority: int = 0) -> dict[str, Any]:
    """One attributeMapping as Graph shows it."""
    return {
        "defaultValue": None,
        "exportMissingReferences": False,
        "flowBehavior": "FlowWhenChanged",
        "flowType": "Always",
        "matchingPriority": priority,
        "source": tree(expression),
        "targetAttributeName": target,
    }


def _directory(identity: str, name: str, objects: list[dict[str, Any]], *, read_only: bool) -> dict[str, Any]:
    return {
        "discoverabilities": "None",
        "discoveryDateTime": None,
        "id": identity,
        "name": name,
        "objects": objects,
        "readOnly": read_only,
        "version": "1",
    }


def _object(name: str, lines: str, metadata: dict[str, str], apis: list[str]) -> dict[str, Any]:
    return {
        "attributes": attributes.definitions(lines, _target_references() if ":" in name else None),
        "metadata": [{"key": key, "value": value} for key, value in metadata.items()],
        "name": name,
        "supportedApis": apis,
    }


def _target_references() -> dict[str, list[tuple[str, str]]]:
    return {"manager": [(ENTERPRISE, "id")], "members": [(ENTERPRISE, "id"), (CORE_GROUP, "id")]}


def _source_objects() -> list[dict[str, Any]]:
    user = {
        "PropertyNameAccountEnabled": "accountEnabled",
        "PropertyNameSoftDeleted": "IsSoftDeleted",
        "IsSoftDeletionSupported": "true",
        "IsSynchronizeAllSupported": "true",
    }
    group = {"IsSynchronizeAllSupported": "true"}
    return [
        _object("User", attributes.SOURCE_USER, user, []),
        _object("Group", attributes.SOURCE_GROUP, group, []),
    ]


def _target_objects() -> list[dict[str, Any]]:
    user = {"PropertyNameAccountEnabled": "active", "IsSoftDeletionSupported": "true", "Extensions": ENTERPRISE}
    return [
        _object(ENTERPRISE, attributes.TARGET_USER, user, []),
        _object(CORE_GROUP, attributes.TARGET_GROUP, {}, []),
    ]


# Reading a schema


def rules(schema: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rules that go out of the directory, by priority."""
    return sorted(schema.get("synchronizationRules") or [], key=lambda rule: int(rule.get("priority") or 0))


def object_mapping(schema: Mapping[str, Any], source: str) -> dict[str, Any] | None:
    """The first mapping of that source object ("User", "Group") in any rule, enabled or not."""
    return next((each for rule in rules(schema) for each in rule["objectMappings"] if _is_of(each, source)), None)


def _is_of(mapping: Mapping[str, Any], source: str) -> bool:
    return str(mapping.get("sourceObjectName") or "").lower() == source.lower()


def directory(schema: Mapping[str, Any], name: str) -> dict[str, Any] | None:
    """A directory by its name."""
    return next((each for each in schema.get("directories") or [] if each.get("name") == name), None)


def object_attributes(schema: Mapping[str, Any], directory_name: str, thing: str) -> Iterator[dict[str, Any]]:
    """The attribute definitions of one object of one directory."""
    found = directory(schema, directory_name) or {}
    for each in found.get("objects") or []:
        if each.get("name") == thing:
            yield from each.get("attributes") or []
