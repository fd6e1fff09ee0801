"""Who must be in Haiilo after a cycle, computed from the directory alone, independently of the product.

Microsoft Entra provisions assigned users and the direct members of assigned groups. Members of nested groups are
not provisioned, disabled users are not created, a guest's user name is its address at home. Haiilo Advocacy takes the
user principal name as user name, the name, and country, city and state as the work address.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Person = dict[str, str]
Mismatch = dict[str, str]


def expected(directory: Mapping[str, Any], product: str) -> dict[str, Person]:
    """User name → attributes, for everyone in scope; of two who want one name, of the first in the directory."""
    found = dict[str, Person]()
    for name, wanted in people(directory, product).values():
        found.setdefault(name, wanted)
    return found


def people(directory: Mapping[str, Any], product: str) -> dict[str, tuple[str, Person]]:
    """Id → user name at Haiilo and attributes, for everyone in scope, in the order of the directory."""
    users = {user["id"]: user for user in directory["users"]}
    groups = {group["id"]: group for group in directory["groups"]}
    in_scope: set[str] = set()
    for assignment in directory["assignments"]:
        principal = assignment["principalId"]
        if principal in users:
            in_scope.add(principal)
        elif principal in groups:
            in_scope |= {member["id"] for member in groups[principal]["members"] if member["id"] in users}
    found = [user for key, user in users.items() if key in in_scope and user["accountEnabled"]]
    return {user["id"]: (arriving_name(user["userPrincipalName"]), _wanted(user, product)) for user in found}


def arriving_name(name: str) -> str:
    """The user name at Haiilo of somebody with that user principal name.

    Of a guest "#EXT# and your domain is stripped, so only the original alias@theirdomain is used" (How Application
    Provisioning works).
    """
    alias, mark, _domain = name.partition("#EXT#")
    return "@".join(alias.rsplit("_", 1)) if mark else name


def _wanted(user: Mapping[str, Any], product: str) -> Person:
    wanted = {
        "active": "true",
        "givenName": user.get("givenName"),
        "familyName": user.get("surname"),
    }
    if product == "advocacy":
        wanted |= {"country": user.get("country"), "locality": user.get("city"), "region": user.get("state")}
    else:
        wanted |= {"email": user.get("mail")}
    return {name: str(value) for name, value in wanted.items() if value}


def found(resources: list[dict[str, Any]], product: str) -> dict[str, Person]:
    """User name → attributes, of what Haiilo holds."""
    return {str(resource.get("userName")): _held(resource, product) for resource in resources}


def _held(resource: Mapping[str, Any], product: str) -> Person:
    name = resource.get("name") or {}
    held: dict[str, Any] = {
        "active": str(resource.get("active", "")).lower(),
        "givenName": name.get("givenName"),
        "familyName": name.get("familyName"),
    }
    if product == "advocacy":
        work = _of_type(resource.get("addresses"), "work")
        held |= {part: work.get(part) for part in ("country", "locality", "region")}
    else:
        held |= {"email": _of_type(resource.get("emails"), "work").get("value")}
    return {key: str(value) for key, value in held.items() if value}


def _of_type(values: Any, kind: str) -> dict[str, Any]:
    return next((value for value in values or [] if value.get("type") == kind), {})


def mismatches(wanted: Mapping[str, Person], held: Mapping[str, Person]) -> list[Mismatch]:
    """Every difference: who is missing, who should not be there, whose attribute differs."""
    missing = [{"user": name, "problem": "missing"} for name in sorted(set(wanted) - set(held))]
    unexpected = [{"user": name, "problem": "not in scope"} for name in sorted(set(held) - set(wanted))]
    differing = [
        {"user": name, "problem": key, "expected": wanted[name].get(key, ""), "found": held[name].get(key, "")}
        for name in sorted(set(wanted) & set(held))
        for key in sorted(set(wanted[name]) | set(held[name]))
        if wanted[name].get(key) != held[name].get(key)
    ]
    return [*missing, *unexpected, *differing]
