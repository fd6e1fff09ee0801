"""Assignments that switches take away or empty of their role."""

from __future__ import annotations

from ..graph.assignments import DEFAULT_ACCESS
from ..world import Assignment, Plight, Tenant, World


def _of_applications(tenant: Tenant) -> list[Assignment]:
    """All of the application that is to be provisioned and of every other that has a job, also those taken away."""
    made = str(tenant.made.get("service_principal_id", ""))
    names = dict.fromkeys([made, *(job.service_principal_id for job in tenant.jobs.values() if not job.deleted)])
    return [each for name in names for each in tenant.assignments.get(name, {}).values()]


def _leading_to(tenant: Tenant, user_id: str) -> list[Assignment]:
    """Those by which the user is in scope: its own, and those of groups that it is directly in."""
    groups = {group.id for group in tenant.groups.values() if user_id in group.members}
    return [each for each in _of_applications(tenant) if each.principalId in groups | {user_id}]


def withdraw_all(world: World, tenant: Tenant, plight: Plight) -> None:
    """F12, F29: nobody is assigned."""
    plight.assignments = {each.id for each in _of_applications(tenant)}
    tenant.changes += 1


def withdraw_users(world: World, tenant: Tenant, plight: Plight) -> None:
    """F30: the users are not assigned themselves, and have left the assigned groups."""
    for user_id in plight.users:
        for each in _leading_to(tenant, user_id):
            if each.principalType == "User":
                plight.assignments.add(each.id)
            elif each.principalId not in plight.kept:
                plight.kept[each.principalId] = dict(tenant.groups[each.principalId].members)
    for group_id in plight.kept:
        group = tenant.groups[group_id]
        group.members = {name: kind for name, kind in group.members.items() if name not in plight.users}
        tenant.change(group)
    tenant.changes += 1


def give_back(world: World, tenant: Tenant, plight: Plight) -> None:
    """What was taken away is there again, unless the same has been assigned anew meanwhile."""
    new = {
        _what(each)
        for sp in tenant.assignments
        for each in tenant.assignments_of(sp)
        if each.id not in plight.assignments
    }
    for there in tenant.assignments.values():
        for name in [name for name in there if name in plight.assignments]:
            if _what(there[name]) in new:
                del there[name]
            else:
                tenant.change(there[name])
    for group_id, before in plight.kept.items():
        group = tenant.groups.get(group_id)
        if group is not None:
            back = {name: kind for name, kind in before.items() if name in group.members or name in plight.users}
            group.members = back | group.members
            tenant.change(group)


def _what(each: Assignment) -> tuple[str, str, str]:
    return each.resourceId, each.principalId, each.appRoleId


def unmake_roles(world: World, tenant: Tenant, plight: Plight) -> None:
    """F11: assigned with default access alone, unless the wish is "disabled"."""
    if plight.wish == "disabled":
        return
    for user_id in plight.users:
        for each in _leading_to(tenant, user_id):
            plight.kept.setdefault(each.id, each.appRoleId)
            each.appRoleId = DEFAULT_ACCESS
            tenant.change(each)


def restore_roles(world: World, tenant: Tenant, plight: Plight) -> None:
    """The roles of before."""
    for each in _of_applications(tenant):
        if each.id in plight.kept and each.appRoleId == DEFAULT_ACCESS:
            each.appRoleId = plight.kept[each.id]
            tenant.change(each)
