"""What each product's SCIM service says it supports: Schemas, ResourceTypes, ServiceProviderConfig (RFC 7643 5-7)."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PROFILE = "urn:ietf:params:scim:schemas:extension:haiilo:2.0:User"
"""Home's profile fields, `profileField_<key>`; the URN is our assumption."""

_META = "urn:ietf:params:scim:schemas:core:2.0:"
PROFILE_FIELDS = [
    "about",
    "birthday",
    "company",
    "department",
    "education",
    "expertise",
    "facebook",
    "haiilo_pronouns",
    "homeTown",
    "interests",
    "jobTitle",
    "languages",
    "linkedin",
    "location",
    "mobile",
    "office",
    "phone",
    "projects",
    "roomnumber",
    "skype",
    "twitter",
    "website",
    "xing",
]

_ADVOCACY_USER = """
userName !
name.givenName
name.familyName
active :boolean
addresses* type country locality region
"""

_HOME_USER = """
userName !
name.formatted
name.familyName
name.givenName
name.middleName
name.honorificPrefix
name.honorificSuffix
displayName
nickName
title
userType
preferredLanguage
locale
timezone
active :boolean
emails* value type primary:boolean display
phoneNumbers* value type primary:boolean display
addresses* type primary:boolean formatted streetAddress locality region postalCode country
"""

_ENTERPRISE_USER = """
employeeNumber
costCenter
organization
division
department
manager.value
manager.displayName -
"""

_GROUP = """
displayName !
members* value=:once $ref=:reference/once type:once
"""


def _attribute(name: str, kind: str = "string", **changed: Any) -> dict[str, Any]:
    return {
        "name": name,
        "type": kind,
        "multiValued": False,
        "description": name,
        "required": False,
        "caseExact": False,
        "mutability": "readWrite",
        "returned": "default",
        "uniqueness": "none",
        **changed,
    }


def _part(text: str) -> dict[str, Any]:
    """`name`, `name=` (compares with case), `name:kind`, `name:once` (immutable), `name:reference/once`."""
    name, _colon, rest = text.partition(":")
    kinds = rest.split("/") if rest else []
    once = "once" in kinds
    kind = next((each for each in kinds if each != "once"), "string")
    changed: dict[str, Any] = {"caseExact": name.endswith("=")}
    if once:
        changed["mutability"] = "immutable"
    if kind == "reference":
        changed |= {"referenceTypes": ["User"], "caseExact": True}
    return _attribute(name.rstrip("="), kind, **changed)


def _attributes(lines: str) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for line in lines.split("\n"):
        if not line.strip():
            continue
        name, *marks = line.split()
        if name.endswith("*"):
            parts = [_part(mark) for mark in marks]
            found[name] = _attribute(name[:-1], "complex", multiValued=True, subAttributes=parts)
        elif "." in name:
            whole, part = name.split(".")
            holder = found.setdefault(whole, _attribute(whole, "complex", subAttributes=[]))
            holder["subAttributes"].append(_attribute(part, mutability="readOnly" if "-" in marks else "readWrite"))
        else:
            kind = next((mark[1:] for mark in marks if mark.startswith(":")), "string")
            unique = {"required": True, "uniqueness": "server"} if "!" in marks else {}
            found[name] = _attribute(name, kind, **unique)
    return list(found.values())


def _schema(identity: str, name: str, attributes: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "schemas": [_META + "Schema"],
        "id": identity,
        "name": name,
        "description": name,
        "attributes": attributes,
        "meta": {"resourceType": "Schema", "location": f"/api/scim/v2/Schemas/{identity}"},
    }


@lru_cache
def schemas(product: str) -> dict[str, dict[str, Any]]:
    """Schema URN → schema. One object for all platforms: not to be changed."""
    if product == "advocacy":
        return {USER: _schema(USER, "User", _attributes(_ADVOCACY_USER))}
    group = _attributes(_GROUP)
    group[0]["uniqueness"] = "none"
    group[1]["subAttributes"][2]["canonicalValues"] = ["User", "Group"]
    profile = [_attribute(f"profileField_{key}") for key in PROFILE_FIELDS]
    return {
        USER: _schema(USER, "User", _attributes(_HOME_USER)),
        GROUP: _schema(GROUP, "Group", group),
        ENTERPRISE: _schema(ENTERPRISE, "Enterprise User", _attributes(_ENTERPRISE_USER)),
        PROFILE: _schema(PROFILE, "Haiilo profile fields", profile),
    }


@lru_cache
def extensions(product: str) -> frozenset[str]:
    """URNs of the user's extension schemas."""
    return frozenset(urn for urn in schemas(product) if urn not in (USER, GROUP))


def resource_types(product: str) -> list[dict[str, Any]]:
    """The resources of GET /ResourceTypes."""
    users = _resource_type("User", "/Users", USER)
    users["schemaExtensions"] = [{"schema": urn, "required": False} for urn in sorted(extensions(product))]
    return [users] if product == "advocacy" else [users, _resource_type("Group", "/Groups", GROUP)]


def _resource_type(name: str, endpoint: str, schema: str) -> dict[str, Any]:
    return {
        "schemas": [_META + "ResourceType"],
        "id": name,
        "name": name,
        "endpoint": endpoint,
        "schema": schema,
        "meta": {"resourceType": "ResourceType", "location": f"/api/scim/v2/ResourceTypes/{name}"},
    }


def service_provider_config(product: str) -> dict[str, Any]:
    """The answer of GET /ServiceProviderConfig."""
    scheme = {
        "type": "oauthbearertoken",
        "name": "Access token" if product == "advocacy" else "OAuth 2 bearer token",
        "description": "Authorization: Bearer <token>",
    }
    return {
        "schemas": [_META + "ServiceProviderConfig"],
        "patch": {"supported": True},
        "bulk": {"supported": False, "maxOperations": 0, "maxPayloadSize": 0},
        "filter": {"supported": True, "maxResults": 200},
        "changePassword": {"supported": False},
        "sort": {"supported": False},
        "etag": {"supported": False},
        "authenticationSchemes": [scheme],
        "meta": {"resourceType": "ServiceProviderConfig", "location": "/api/scim/v2/ServiceProviderConfig"},
    }
