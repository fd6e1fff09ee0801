"""Who is in scope: assigned users and direct members of assigned groups, or everybody.

Facts: docs/graph-facts.md, "Scope and assignments".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from ..world import Group, User
from .source import Subject

if TYPE_CHECKING:
    from ..world import Tenant

DEFAULT_ACCESS = "00000000-0000-0000-0000-000000000000"
PURGED_AFTER = timedelta(days=30)


@dataclass
class Scope:
    """The objects that a cycle may provision, and what the switches make of them."""

    users: dict[str, User] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    roles: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    not_entitled: set[str] = field(default_factory=set)
    """Assigned without a role that the service counts."""
    changed: dict[str, int] = field(default_factory=dict)
    """User id → number of the change of an assignment."""

    def subject(self, user: User, *, gone: bool = False) -> Subject:
        """The user as expressions see it."""
        return Subject(user, gone or not user.accountEnabled or user.deleted_at is not None, self.roles.get(user.id))


def is_purged(user: User | None, now: datetime) -> bool:
    """Whether the user is gone for good: 30 days after its deletion."""
    return user is None or (user.deleted_at is not None and user.deleted_at + PURGED_AFTER <= now)


def read_scope(tenant: Tenant, service_principal_id: str, *, sync_all: bool, now: datetime) -> Scope:
    """Read under `world.lock`. Members of nested groups are not in it; disabled and soft-deleted users are."""
    scope = Scope()
    if sync_all:
        scope.users = {identity: user for identity, user in tenant.users.items() if user.deleted_at is None}
        scope.groups = {identity: group for identity, group in tenant.groups.items() if group.securityEnabled}
    names = _role_names(tenant, service_principal_id)
    for assignment in tenant.assignments_of(service_principal_id):
        if assignment.effective_at is not None and assignment.effective_at > now:
            continue
        role = {"id": assignment.appRoleId, "displayName": names.get(assignment.appRoleId, "Default Access")}
        if assignment.principalType == "User":
            _add_user(tenant, scope, assignment.principalId, role, assignment.changed)
        elif assignment.principalType == "Group":
            _add_group(tenant, scope, assignment.principalId, role, assignment.changed)
    return scope


def _role_names(tenant: Tenant, service_principal_id: str) -> dict[str, str]:
    application = tenant.service_principals.get(service_principal_id)
    roles = application.appRoles if application else []
    return {str(role.get("id")): str(role.get("displayName") or role.get("value") or "") for role in roles}


def _add_user(tenant: Tenant, scope: Scope, identity: str, role: dict[str, Any], changed: int) -> None:
    user = tenant.users.get(identity)
    if user is None or user.deleted_at is not None:
        return
    scope.users[identity] = user
    roles = scope.roles.get(identity)
    if roles is None:
        scope.roles[identity] = [role]
    elif role not in roles:
        scope.roles[identity] = [*roles, role]
    scope.changed[identity] = max(changed, scope.changed.get(identity, 0))


def _add_group(tenant: Tenant, scope: Scope, identity: str, role: dict[str, Any], changed: int) -> None:
    group = tenant.groups.get(identity)
    if group is None or not group.securityEnabled:
        return
    scope.groups[identity] = group
    for member, kind in group.members.items():
        if kind == "user":
            _add_user(tenant, scope, member, role, changed)
