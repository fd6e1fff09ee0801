"""Users and groups of the directory under the names that Entra's provisioning uses.

Facts: docs/graph-facts.md, "Schema and mappings".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..world import Group, User
from .compiler import Evaluator
from .values import Value


@dataclass(slots=True)
class Subject:
    """A user in one evaluation; `gone` is what IsSoftDeleted says: deleted, disabled, or out of scope."""

    user: User
    gone: bool = False
    roles: list[dict[str, Any]] | None = None


GUEST = "#EXT#"
_RENAMED = {
    "objectId": "id",
    "telephoneNumber": "businessPhone",
    "mobile": "mobilePhone",
    "physicalDeliveryOfficeName": "officeLocation",
    "facsimileTelephoneNumber": "faxNumber",
    "originalUserPrincipalName": "userPrincipalName",
}


def arriving_name(name: str) -> str:
    """Of a guest "#EXT# and your domain is stripped, so only the original alias@theirdomain is used" (How Application
    Provisioning works).
    """
    alias, mark, _domain = name.partition(GUEST)
    return "@".join(alias.rsplit("_", 1)) if mark else name


_SPECIAL: dict[str, Callable[[Subject], Value]] = {
    "IsSoftDeleted": lambda subject: subject.gone,
    "userPrincipalName": lambda subject: arriving_name(subject.user.userPrincipalName) or None,
    "appRoleAssignments": lambda subject: subject.roles,
}
_FIELDS = frozenset(User.__dataclass_fields__) - {"deleted_at", "changed", "extensions", "createdDateTime", "userType"}


def of_user(name: str) -> Evaluator:
    """What reads the attribute of a Subject; an attribute that the directory does not have reads as null."""
    if name in _SPECIAL:
        return _SPECIAL[name]
    stored = _RENAMED.get(name, name)
    if stored in _FIELDS:
        return lambda subject: getattr(subject.user, stored) or _kept(getattr(subject.user, stored))
    return lambda subject: (subject.user.extensions or {}).get(name) or None


def _kept(value: Value) -> Value:
    """False is a value; an empty text is none."""
    return value if isinstance(value, bool) else None


_GROUP_FIELDS = frozenset(["displayName", "description", "mailNickname", "mailEnabled", "securityEnabled"])


def of_group(name: str) -> Evaluator:
    """What reads the attribute of a Group; `members` are the object ids of direct members."""
    if name == "objectId":
        return lambda group: group.id
    if name == "members":
        return _members
    if name == "IsSoftDeleted":
        return lambda _group: False
    if name in _GROUP_FIELDS:
        return lambda group: getattr(group, name)
    return lambda _group: None


def _members(group: Group) -> list[str]:
    return list(group.members)
