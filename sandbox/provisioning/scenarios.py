"""The failures that live in the provisioning service, by the tenant's switches.

What a reader of Graph would see too is changed in the directory itself (`sandbox.plights`). What is left for here is
the service's own: what it has forgotten, what it sees late, whom it does not count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..haiilo import manners
from . import accounts
from .memory import Memory
from .scope import DEFAULT_ACCESS, Scope

if TYPE_CHECKING:
    from ..world import Plight, Tenant, World

SWITCHES: dict[str, str] = {
    **manners.SWITCHES,
    "F11": "The first user is assigned with default access only (appRoleId of zeros), and skipped:"
    ' NotEffectivelyEntitled; "disabled": its sign-in is blocked instead.',
    "F12": "Nobody is assigned: appRoleAssignedTo is empty, and a cycle ends with 0 users.",
    "F13": "The first user has no user principal name, mail and mailNickname, so nothing to match by: ImportSkipped.",
    "F16": "The first user is renamed (userPrincipalName, mail and mailNickname: new.…) and the service's link to it is"
    " lost: Haiilo gets a second account for the same person.",
    "F18": "The first user's search finds two accounts (DuplicateTargetEntries); the third user is a guest whose name,"
    " once #EXT# is stripped, is the second one's (DuplicateSourceEntries).",
    "F19": "The first linked user's account was deleted at Haiilo by hand: InvalidAnchor.",
    "F22": "The cycle does not see the newest assignment yet, Graph and provisioning on demand do.",
    "F23": "After start nothing is seen for two hours: NotRun, the failed look of a healthy job, no log rows.",
    "F24": "The initial cycle that follows every write of the mappings takes two hours: progress stands at 0 pages and"
    " nothing arrives meanwhile. Without the switch it follows too, in one go.",
    "F25": "A changed scope (SyncAll, scoping filter) does nothing until the job is restarted.",
    "F26": "Haiilo shuts the service out (403) once a job runs: quarantine from the next cycle on"
    " (EncounteredQuarantineException), every test fails, the job is disabled after 28 days.",
    "F28": "The log shows only successes and the job is in quarantine: the reason stands in quarantine.error.",
    "F29": "Everybody is unassigned, and appRoleAssignedTo empty: TooManyDeletes and stagedDelete, or without the guard"
    " all are gone.",
    "F30": "The first user is unassigned, and out of the assigned groups, before it is deleted for good: no DELETE is"
    " ever sent.",
    "F31": "The first user is a guest (userType, #EXT# in its name): #EXT# is stripped from its userName.",
    "on_demand_array": "provisionOnDemand answers in its second documented form: a type name and a JSON array.",
}
"""Switch → what will be seen."""


def look(world: World, tenant: Tenant, memory: Memory, scope: Scope, *, on_demand: bool = False) -> None:
    """Change the scope in place to what the service sees of it, and the memory to what it remembers."""
    plights = tenant.plights
    if "F11" in plights:
        scope.not_entitled |= _without_role(tenant, plights["F11"], scope)
    if tenant.switched("F22") and not on_demand and scope.users:
        scope.users.popitem()
    if "F16" in plights:
        _lose_links(plights["F16"], memory)
    if "F19" in plights:
        with world.lock:
            accounts.delete_linked(world, tenant, memory, plights["F19"])


def _without_role(tenant: Tenant, plight: Plight, scope: Scope) -> set[str]:
    """Whoever is in scope by nothing but the assignments that lost their role: not entitled, as in jobs made before
    2020 (REFERENCE 10)."""
    ours = [each for there in tenant.assignments.values() for each in there.values() if each.id in plight.kept]
    found = set[str]()
    for each in ours:
        group = tenant.groups.get(each.principalId)
        found |= {each.principalId} if group is None else set(group.members)
    return {name for name in found if all(role["id"] == DEFAULT_ACCESS for role in scope.roles.get(name, []))}


def _lose_links(plight: Plight, memory: Memory) -> None:
    """F16, once for each of the users."""
    for identity in plight.users:
        if identity in memory.links and identity not in plight.done:
            memory.unlink(identity)
            memory.seen.discard(identity)
            plight.done.append(identity)
