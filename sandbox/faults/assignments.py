"""Assignments that faults take away, or empty of their role."""

from __future__ import annotations

from ..world import Applied, Assignment, Tenant


def of_applications(tenant: Tenant) -> list[Assignment]:
    """All of the application that is to be provisioned and of every other that has a job, also those taken away."""
    made = str(tenant.made.get("service_principal_id", ""))
    names = dict.fromkeys([made, *(job.service_principal_id for job in tenant.jobs.values() if not job.deleted)])
    return [each for name in names for each in tenant.assignments.get(name, {}).values()]


def leading_to(tenant: Tenant, user_id: str) -> list[Assignment]:
    """Those by which the user is in scope: its own, and those of groups that it is directly in."""
    groups = {group.id for group in tenant.groups.values() if user_id in group.members}
    return [each for each in of_applications(tenant) if each.principalId in groups | {user_id}]


def withdraw_all(tenant: Tenant, applied: Applied) -> None:
    """Take every assignment away."""
    applied.assignments = {each.id for each in of_applications(tenant)}
    tenant.changes += 1


def withdraw_users(tenant: Tenant, applied: Applied) -> None:
    """Take the users' own assignments away, and the users out of the assigned groups."""
    for user_id in applied.users:
        for each in leading_to(tenant, user_id):
            if each.principalType == "User":
                applied.assignments.add(each.id)
            elif each.principalId not in applied.kept:
                applied.kept[each.principalId] = dict(tenant.groups[each.principalId].members)
    for group_id in applied.kept:
        group = tenant.groups[group_id]
        group.members = {name: kind for name, kind in group.members.items() if name not in applied.users}
        tenant.change(group)
    tenant.changes += 1


def give_back(tenant: Tenant, applied: Applied) -> None:
    """Show again what was taken away, unless the same has been assigned anew meanwhile."""
    new = {
        _what(each)
        for sp in tenant.assignments
        for each in tenant.assignments_of(sp)
        if each.id not in applied.assignments
    }
    for there in tenant.assignments.values():
        for name in [name for name in there if name in applied.assignments]:
            if _what(there[name]) in new:
                del there[name]
            else:
                tenant.change(there[name])
    for group_id, before in applied.kept.items():
        group = tenant.groups.get(group_id)
        if group is not None:
            back = {name: kind for name, kind in before.items() if name in group.members or name in applied.users}
            group.members = back | group.members
            tenant.change(group)


def _what(each: Assignment) -> tuple[str, str, str]:
    return each.resourceId, each.principalId, each.appRoleId
