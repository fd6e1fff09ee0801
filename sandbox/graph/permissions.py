"""What each operation needs (least and higher permissions), and how it refuses.

Facts: docs/graph-facts.md, "Permissions and ownership".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .. import faults
from ..world import ServicePrincipal
from .exchange import Call, Caller, Refused

OWNED_BY = "Application.ReadWrite.OwnedBy"
SYNC_WRITE = "Synchronization.ReadWrite.All"
SYNC_READ = "Synchronization.Read.All"
KNOWN = {
    "Synchronization.ReadWrite.All": "9b50c33d-700f-43b1-b2eb-87e89b703581",
    "Synchronization.Read.All": "5ba43d2f-fa88-4db2-bd1c-a67c5f0fb1ce",
    "Application.Read.All": "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30",
    "User.Read.All": "df021288-bdef-4463-88db-98f22de89214",
    "Organization.Read.All": "498476ce-e0fe-48b0-b801-37ba7e2685c6",
    "AuditLog.Read.All": "b0afded3-3588-46d8-8b3d-9842eff778da",
    "AppRoleAssignment.ReadWrite.All": "06b708a9-e830-4db3-a914-8e69da51d44f",
    # Ids of the rest are made up: a client reads them from Graph's own service principal.
    "ProvisioningLog.Read.All": "5a0d0000-0000-4000-8000-000000000001",
    "GroupMember.Read.All": "5a0d0000-0000-4000-8000-000000000002",
    "Application.ReadWrite.OwnedBy": "5a0d0000-0000-4000-8000-000000000003",
    "Application.ReadWrite.All": "5a0d0000-0000-4000-8000-000000000004",
    "Directory.Read.All": "5a0d0000-0000-4000-8000-000000000005",
    "Directory.ReadWrite.All": "5a0d0000-0000-4000-8000-000000000006",
    "Group.Read.All": "5a0d0000-0000-4000-8000-000000000007",
    "Domain.Read.All": "5a0d0000-0000-4000-8000-000000000008",
}
"""Application permission → app role id."""


@dataclass(frozen=True)
class Need:
    """`any_of`: sets of permissions, one of which must be there whole. `kind` decides the refusal's shape."""

    kind: str
    any_of: tuple[frozenset[str], ...]


def _any(kind: str, *sets: Iterable[str] | str) -> Need:
    return Need(kind, tuple(frozenset([each]) if isinstance(each, str) else frozenset(each) for each in sets))


DIRECTORY_READ, DIRECTORY_WRITE = "Directory.Read.All", "Directory.ReadWrite.All"
READ_SYNC = _any("sync read", SYNC_READ, SYNC_WRITE)
WRITE_SYNC = _any("sync write", SYNC_WRITE)
READ_APPS = _any("directory", "Application.Read.All", "Application.ReadWrite.All", DIRECTORY_READ, DIRECTORY_WRITE)
WRITE_APPS = _any("owned", "Application.ReadWrite.All", DIRECTORY_WRITE)
MAKE_APPS = _any("directory", OWNED_BY, "Application.ReadWrite.All", DIRECTORY_WRITE)
ASSIGN = _any(
    "directory",
    ("AppRoleAssignment.ReadWrite.All", "Application.Read.All"),
    ("AppRoleAssignment.ReadWrite.All", DIRECTORY_READ),
)
UNASSIGN = _any("directory", "AppRoleAssignment.ReadWrite.All")
READ_ORGANIZATION = _any("directory", "Organization.Read.All", DIRECTORY_READ, DIRECTORY_WRITE)
READ_DOMAINS = _any("directory", "Domain.Read.All", DIRECTORY_READ, DIRECTORY_WRITE)
READ_USERS = _any("directory", "User.Read.All", DIRECTORY_READ, DIRECTORY_WRITE)
READ_GROUPS = _any("directory", "GroupMember.Read.All", "Group.Read.All", DIRECTORY_READ, DIRECTORY_WRITE)
READ_LOGS = _any("logs", "ProvisioningLog.Read.All", ("AuditLog.Read.All", DIRECTORY_READ))
READ_AUDITS = _any("logs", "AuditLog.Read.All", DIRECTORY_READ)
NOTHING = Need("any", (frozenset(),))


def check(call: Call, need: Need) -> None:
    """Raises Refused as the service does when a permission is missing."""
    caller = call.caller
    if any(wanted <= caller.roles for wanted in need.any_of):
        return
    if need.kind.startswith("sync"):
        _check_owner(call, need)
    elif need.kind == "owned":
        _check_owned(call)
    elif need.kind == "logs":
        least = min(need.any_of, key=len)
        raise Refused(
            403,
            "Authentication_MSGraphPermissionMissing",
            f"Calling principal does not have required MSGraph permissions {','.join(sorted(least))}",
        )
    else:
        raise Refused(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")


def _check_owner(call: Call, need: Need) -> None:
    """OwnedBy is enough for the owner of the service principal, but not for restart.

    Raises Refused (docs/graph-facts.md, "Documents and reality").
    """
    caller, sp = call.caller, call.tenant.service_principals.get(call.parts.get("servicePrincipal-id", "").lower())
    on = faults.on(call.tenant)
    restarts = call.path.endswith("/restart") and not any(fault.owner_may_restart() for fault in on)
    if sp and OWNED_BY in caller.roles and _owns(caller, sp, call) and not restarts:
        return
    reads = need.kind == "sync write" and SYNC_READ in caller.roles
    if reads or any(fault.forbids_with_403() for fault in on):
        raise Refused(403, "Forbidden", "")
    raise Refused(401, "UnknownError", "")


def _owns(caller: Caller, sp: ServicePrincipal, call: Call) -> bool:
    if caller.service_principal_id not in sp.owners:
        return False
    on_demand = call.path.endswith("/provisionOnDemand")
    return not on_demand or caller.service_principal_id in sp.application_owners


def _check_owned(call: Call) -> None:
    sp = call.tenant.service_principals.get(call.parts.get("servicePrincipal-id", "").lower())
    if sp and OWNED_BY in call.caller.roles and call.caller.service_principal_id in sp.owners:
        return
    raise Refused(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
