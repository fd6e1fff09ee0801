"""The attributes that Entra's directory offers and a generic SCIM application takes, as lists of facts.

A line is a name and its marks: `i` Integer, `b` Boolean, `d` DateTime, `r` Reference, `*` multi-valued, `!` required,
`=` compares with case, `k` anchor (the key of the object), `n` null values flow.
"""

from __future__ import annotations

from typing import Any

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
CORE_GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"

SOURCE_USER = """
objectId k!=
accountEnabled b
appRoleAssignments *
assistant
city
companyName
country
department
displayName
employeeHireDate d
employeeId
employeeOrgData.costCenter
employeeOrgData.division
employeeType
extensionAttribute1
extensionAttribute2
extensionAttribute3
extensionAttribute4
extensionAttribute5
extensionAttribute6
extensionAttribute7
extensionAttribute8
extensionAttribute9
extensionAttribute10
extensionAttribute11
extensionAttribute12
extensionAttribute13
extensionAttribute14
extensionAttribute15
facsimileTelephoneNumber
givenName
IsSoftDeleted b
jobTitle
mail
mailNickname
manager r
mobile
netId
onPremisesSecurityIdentifier
onPremisesUserPrincipalName
originalUserPrincipalName
otherMails *
passwordProfile.password
physicalDeliveryOfficeName
postalCode
preferredLanguage
proxyAddresses *
state
streetAddress
surname
telephoneNumber
usageLocation
userPrincipalName !
"""

SOURCE_GROUP = """
objectId k!=
description
displayName
IsSoftDeleted b
mail
mailEnabled b
mailNickname
members r*
owners r*
proxyAddresses *
securityEnabled b
"""

TARGET_USER = f"""
id k=
active b
addresses[type eq "other"].formatted
addresses[type eq "work"].country
addresses[type eq "work"].formatted
addresses[type eq "work"].locality
addresses[type eq "work"].postalCode
addresses[type eq "work"].region
addresses[type eq "work"].streetAddress
displayName
emails[type eq "home"].value
emails[type eq "other"].value
emails[type eq "work"].value
externalId
locale
name.familyName
name.formatted
name.givenName
name.honorificPrefix
name.honorificSuffix
nickName
phoneNumbers[type eq "fax"].value
phoneNumbers[type eq "home"].value
phoneNumbers[type eq "mobile"].value
phoneNumbers[type eq "other"].value
phoneNumbers[type eq "pager"].value
phoneNumbers[type eq "work"].value
preferredLanguage
profileUrl
roles[primary eq "True"].display
roles[primary eq "True"].type
roles[primary eq "True"].value
roles *
timezone
title
userName !
userType
{ENTERPRISE}:costCenter
{ENTERPRISE}:department
{ENTERPRISE}:division
{ENTERPRISE}:employeeNumber
{ENTERPRISE}:manager r
{ENTERPRISE}:organization
"""

TARGET_GROUP = """
id k=
displayName !
externalId
members r*
"""

_TYPES = {"i": "Integer", "b": "Boolean", "d": "DateTime", "r": "Reference"}
_REFERENCES = {
    "manager": [("User", "objectId")],
    "members": [("User", "objectId"), ("Group", "objectId")],
    "owners": [("User", "objectId")],
}


def definitions(lines: str, references: dict[str, list[tuple[str, str]]] | None = None) -> list[dict[str, Any]]:
    """The attributeDefinitions of a list above."""
    return [_definition(line, references or _REFERENCES) for line in lines.splitlines() if line.strip()]


def _definition(line: str, references: dict[str, list[tuple[str, str]]]) -> dict[str, Any]:
    name, marks = line, ""
    head, _space, tail = line.rpartition(" ")
    if head and set(tail) <= set("ibdr*!=kn"):
        name, marks = head, tail
    short = name.rpartition(":")[2]
    return definition(
        name,
        kind=next((kind for mark, kind in _TYPES.items() if mark in marks), "String"),
        anchor="k" in marks,
        required="!" in marks,
        multivalued="*" in marks,
        case_exact="=" in marks,
        flow_null="n" in marks,
        referenced=references.get(short, []) if "r" in marks else [],
    )


def definition(
    name: str,
    *,
    kind: str = "String",
    anchor: bool = False,
    required: bool = False,
    multivalued: bool = False,
    case_exact: bool = False,
    flow_null: bool = False,
    referenced: list[tuple[str, str]] | None = None,
) -> dict[str, Any]:
    """One attributeDefinition."""
    return {
        "anchor": anchor,
        "apiExpressions": [],
        "caseExact": case_exact,
        "defaultValue": None,
        "flowNullValues": flow_null,
        "metadata": [],
        "multivalued": multivalued,
        "mutability": "ReadOnly" if anchor else "ReadWrite",
        "name": name,
        "referencedObjects": [
            {"referencedObjectName": thing, "referencedProperty": key} for thing, key in referenced or []
        ],
        "required": required,
        "type": kind,
    }
