"""What a tenant's own people do in their directory: change, assign, move and delete."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .. import seeding
from ..graph.shapes import show_assignment, show_group, show_user
from ..world import Group, Tenant, User, World

Body = dict[str, Any]


class Unknown(ValueError):
    """No such tenant, person, group or application."""


def show(world: World, tenant: Tenant, application: str = "") -> Body:
    """Users, groups with their members, and the assignments to the application that is to be provisioned.

    `application`: the service principal of another one. Raises Unknown.
    """
    wanted = application or tenant.made["service_principal_id"]
    if application and wanted not in tenant.service_principals:
        raise Unknown(f"no such application: {wanted}")
    with world.lock:
        assigned = tenant.assignments_of(wanted)
        return {
            "users": [show_user(user) for user in tenant.users.values() if not user.deleted_at],
            "groups": [show_with_members(group) for group in tenant.groups.values()],
            "assignments": [show_assignment(each) for each in assigned],
        }


def show_with_members(group: Group) -> Body:
    """A group and who is directly in it."""
    return {**show_group(group), "members": [{"id": key, "type": kind} for key, kind in group.members.items()]}


def change_user(world: World, tenant: Tenant, name: str, values: Mapping[str, Any]) -> Body:
    """Change attributes, or the assignment: {"assigned": false}. Raises Unknown, or ValueError for no attribute."""
    user = _user(tenant, name)
    with world.lock:
        for key, value in values.items():
            if key == "assigned":
                seeding.reassign(tenant, user, bool(value))
            elif key in User.__slots__ and key not in ("id", "changed"):
                setattr(user, key, value)
            else:
                raise ValueError(f"no such attribute: {key}")
        tenant.upns[user.userPrincipalName.lower()] = user.id
        tenant.change(user)
        world.touch()
    return show_user(user)


def delete_user(world: World, tenant: Tenant, name: str) -> Body:
    """Into the recycle bin; gone for good after 30 days. Raises Unknown."""
    user = _user(tenant, name)
    user.deleted_at = world.clock.now()
    tenant.change(user)
    world.touch()
    return {}


def restore_user(world: World, tenant: Tenant, name: str) -> Body:
    """Out of the recycle bin. Raises Unknown."""
    user = _user(tenant, name)
    user.deleted_at = None
    tenant.change(user)
    world.touch()
    return show_user(user)


def change_group(world: World, tenant: Tenant, group_id: str, values: Mapping[str, Any]) -> Body:
    """{"add": [user or group ids], "remove": [ids], "displayName": name}. Raises Unknown or ValueError."""
    group = tenant.groups.get(group_id.lower())
    if group is None:
        raise Unknown(f"no such group: {group_id}")
    if set(values) - {"add", "remove", "displayName"}:
        raise ValueError("only add, remove and displayName")
    with world.lock:
        for key in values.get("remove", []):
            group.members.pop(key, None)
        for key in values.get("add", []):
            if key not in tenant.users and key not in tenant.groups:
                raise Unknown(f"no such member: {key}")
            group.members[key] = "user" if key in tenant.users else "group"
        group.displayName = str(values.get("displayName", group.displayName))
        tenant.change(group)
        world.touch()
    return show_with_members(group)


def delete_application(world: World, tenant: Tenant, sp_id: str) -> Body:
    """Delete an enterprise application, with its jobs, settings and assignments. Raises Unknown."""
    with world.lock:
        if tenant.service_principals.pop(sp_id, None) is None:
            raise Unknown(f"no such application: {sp_id}")
        for job in tenant.jobs_of(sp_id):
            job.deleted = True
        tenant.secrets.pop(sp_id, None)
        tenant.assignments.pop(sp_id, None)
        tenant.changes += 1
        world.touch()
    return {}


def _user(tenant: Tenant, name: str) -> User:
    found = tenant.user_named(name)
    if found is None:
        raise Unknown(f"no such user: {name}")
    return found
