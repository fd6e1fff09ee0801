"""App role assignments: who is assigned to an application, and which permissions an application has.

Facts: docs/graph-facts.md, "Scope and assignments".
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from typing import Any

from ..clock import graph_time, in_ticks
from ..world import Assignment, Group, ServicePrincipal, Tenant, User, new_id
from .applications import GRAPH_APP_ID
from .exchange import Answer, Call, Refused, context, not_found, service_principal
from .lists import Listing, answer, count, one
from .permissions import ASSIGN, KNOWN, READ_APPS, UNASSIGN
from .routes import route
from .shapes import ASSIGNMENTS

DEFAULT_ACCESS = "00000000-0000-0000-0000-000000000000"
"""The role of whoever is assigned without one."""


def _assigned(call: Call) -> list[Assignment]:
    return call.tenant.assignments_of(service_principal(call).id)


def _listing(call: Call, name: str) -> Listing:
    """How they are shown in this tenant, below this name."""
    if call.tenant.reality.assignments == "guid":
        return ASSIGNMENTS
    return replace(ASSIGNMENTS, name=name, show=_shown)


def _assigned_to(call: Call) -> Listing:
    return _listing(call, f"servicePrincipals('{service_principal(call).id}')/appRoleAssignedTo")


def _shown(assignment: Assignment) -> dict[str, Any]:
    return {
        **ASSIGNMENTS.show(assignment),
        "id": _text_id(assignment.id),
        "createdDateTime": in_ticks(graph_time(assignment.createdDateTime)),
    }


def _text_id(guid: str) -> str:
    """Thirty-two bytes as 43 letters, in which capitals count."""
    return base64.urlsafe_b64encode(hashlib.sha256(guid.encode()).digest()).decode().rstrip("=")


def _one(call: Call) -> Assignment:
    """The one in the path. Raises Refused (404)."""
    wanted, show = call.parts["appRoleAssignment-id"], _assigned_to(call).show
    found = next((each for each in _assigned(call) if show(each)["id"] == wanted), None)
    if found is None:
        raise not_found(wanted)
    return found


@route("GET", "/servicePrincipals/{servicePrincipal-id}/appRoleAssignedTo", READ_APPS)
def list_assigned(call: Call) -> Answer:
    """Users, groups and service principals (Graph: servicePrincipal, list appRoleAssignedTo)."""
    return answer(call, _assigned_to(call), _assigned(call))


@route("GET", "/servicePrincipals/{servicePrincipal-id}/appRoleAssignedTo/$count", READ_APPS)
def count_assigned(call: Call) -> Answer:
    """The number of assignments, as bare text; needs ConsistencyLevel: eventual."""
    return count(call, ASSIGNMENTS, _assigned(call))


@route("GET", "/servicePrincipals/{servicePrincipal-id}/appRoleAssignedTo/{appRoleAssignment-id}", READ_APPS)
def get_assigned(call: Call) -> Answer:
    """One assignment."""
    return one(call, _assigned_to(call), _one(call))


@route("POST", "/servicePrincipals/{servicePrincipal-id}/appRoleAssignedTo", ASSIGN)
def assign(call: Call) -> Answer:
    """An assignment that cannot be is 400; groups need P1 (Graph: servicePrincipal, post appRoleAssignedTo)."""
    sp, body = service_principal(call), call.json()
    values = [str(body.get(name, "")).lower() for name in ("principalId", "resourceId", "appRoleId")] if body else []
    if len(values) != 3 or not all(len(value) == 36 for value in values):
        raise Refused(400, "Request_BadRequest", "Invalid GUID specified in the request.")
    principal_id, resource_id, role_id = values
    principal = call.tenant.users.get(principal_id) or call.tenant.groups.get(principal_id)
    if principal is None or resource_id != sp.id:
        raise not_found(principal_id if principal is None else resource_id)
    _check_role(sp, role_id)
    if isinstance(principal, Group) and call.tenant.licence == "none":
        raise Refused(400, "Request_BadRequest", "Assigning groups needs an Entra ID P1 or P2 licence.")
    if any(
        each.principalId == principal_id and each.appRoleId == role_id for each in call.tenant.assignments_of(sp.id)
    ):
        raise Refused(400, "Request_BadRequest", "Permission being assigned already exists on the object")
    made = put(call.tenant, sp, principal, role_id)
    made.createdDateTime = call.world.clock.stamp()
    shown = _assigned_to(call)
    return Answer(201, {"@odata.context": context(call, f"{shown.name}/$entity"), **shown.show(made)})


def _check_role(sp: ServicePrincipal, role_id: str) -> None:
    roles = [role for role in sp.appRoles if role["isEnabled"] and "User" in role["allowedMemberTypes"]]
    legal = {role["id"] for role in roles} or {DEFAULT_ACCESS}
    if role_id not in legal:
        raise Refused(400, "Request_BadRequest", "Permission being assigned was not found on application")


def put(tenant: Tenant, sp: ServicePrincipal, principal: User | Group, role_id: str) -> Assignment:
    """Assign a principal, without any check."""
    kind = "User" if isinstance(principal, User) else "Group"
    made = Assignment(new_id(), principal.id, kind, principal.displayName or "", sp.id, sp.displayName, role_id)
    tenant.assignments.setdefault(sp.id, {})[made.id] = made
    tenant.change(made)
    return made


@route("DELETE", "/servicePrincipals/{servicePrincipal-id}/appRoleAssignedTo/{appRoleAssignment-id}", UNASSIGN)
def unassign(call: Call) -> Answer:
    """204; the person is disabled in Haiilo at the next cycle."""
    found = _one(call)
    del call.tenant.assignments[found.resourceId][found.id]
    call.tenant.changes += 1
    return Answer(204)


@route("GET", "/servicePrincipals/{servicePrincipal-id}/appRoleAssignments", READ_APPS)
def list_granted(call: Call) -> Answer:
    """The roles that an application has itself: its consented permissions (Graph: list appRoleAssignments)."""
    sp, tenant = service_principal(call), call.tenant
    graph = next((each for each in tenant.service_principals.values() if each.appId == GRAPH_APP_ID), None)
    consent = next((each for each in tenant.consents.values() if each.service_principal_id == sp.id), None)
    rows = [
        Assignment(
            f"{sp.id[:8]}-{KNOWN[role][:8]}",
            sp.id,
            "ServicePrincipal",
            sp.displayName,
            graph.id if graph else "",
            "Microsoft Graph",
            KNOWN[role],
            createdDateTime=sp.createdDateTime,
        )
        for role in (consent.roles if consent else [])
    ]
    return answer(call, _listing(call, ASSIGNMENTS.name), rows)
