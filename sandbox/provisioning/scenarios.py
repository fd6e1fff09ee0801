"""The failures that live in the provisioning service, by the tenant's switches.

A switch makes the service see the directory differently; nothing in the directory is changed, so that switching it
off brings the truth back at the next cycle. Its value may be a number (how many of the users in scope, in the order
of their assignments) or a list of user principal names; otherwise it concerns the first user.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from ..haiilo import manners
from ..haiilo.platform import Person, Platform
from .memory import Memory
from .scope import Scope

if TYPE_CHECKING:
    from ..world import Tenant, World

SWITCHES: dict[str, str] = {
    **manners.SWITCHES,
    "F11": "The first assigned user is skipped with NotEffectivelyEntitled although it is assigned.",
    "F12": "The service sees nobody in scope (only a nested group): the cycle ends with 0 users.",
    "F13": "The first user's matching attribute is empty: ImportSkipped.",
    "F16": "The first user is renamed and its link lost: Haiilo gets a second account for the same person.",
    "F19": "The first linked user's account was deleted at Haiilo by hand: InvalidAnchor.",
    "F22": "The cycle does not see the newest assignment yet, provisioning on demand does.",
    "F23": "After start nothing is seen for two hours: NotRun, the failed look of a healthy job, no log rows.",
    "F24": "Every write of the mappings is followed by a new initial cycle (also without this switch).",
    "F25": "A changed scope (SyncAll, scoping filter) does nothing until the job is restarted.",
    "F26": "The job is in quarantine from the next cycle on (EncounteredQuarantineException); disabled after 28 days.",
    "F28": "The log shows only successes and the job is in quarantine: the reason stands in quarantine.error.",
    "F29": "The service sees everybody unassigned: TooManyDeletes and stagedDelete, or without the guard all are gone.",
    "F30": "The first user is unassigned first and deleted for good later: no DELETE is ever sent.",
    "F31": "The first user is a guest: #EXT# is stripped from its userName.",
    "on_demand_array": "provisionOnDemand answers in its second documented form: a type name and a JSON array.",
}
"""Switch → what will be seen."""


def picked(tenant: Tenant, key: str, scope: Scope) -> list[str]:
    """Ids of the users in scope that the switch concerns."""
    wish = tenant.switched(key)
    if not wish:
        return []
    if isinstance(wish, list):
        wanted = {str(name).lower() for name in wish}
        return [user.id for user in scope.users.values() if user.userPrincipalName.lower() in wanted]
    count = wish if isinstance(wish, int) and not isinstance(wish, bool) else 1
    return list(scope.users)[:count]


def look(world: World, tenant: Tenant, memory: Memory, scope: Scope, *, on_demand: bool = False) -> None:
    """Change the scope in place to what the service sees of it."""
    if not tenant.switches:
        return
    _alter(tenant, scope)
    scope.not_entitled |= set(picked(tenant, "F11", scope))
    _remove(tenant, scope, on_demand=on_demand)
    _rename(tenant, memory, scope)
    _prepare_platform(world, tenant, memory, scope)


def _alter(tenant: Tenant, scope: Scope) -> None:
    for identity in picked(tenant, "F13", scope):
        scope.alter(identity, userPrincipalName="", mail=None, mailNickname=None)
    for identity in picked(tenant, "F14", scope):
        scope.alter(identity, surname=None)
    for identity in picked(tenant, "F15", scope):
        local, _at, domain = scope.users[identity].userPrincipalName.partition("@")
        scope.alter(identity, userPrincipalName=f'{local}.o\'hara+"ø"@{domain}')
    for identity in picked(tenant, "F31", scope):
        user = scope.users[identity]
        guest = f"{user.userPrincipalName.replace('@', '_')}#EXT#@{tenant.initial_domain}"
        scope.alter(identity, userPrincipalName=guest, userType="Guest")
    if tenant.switched("F18") and len(scope.users) > 2:
        first, second = list(scope.users)[1:3]
        scope.alter(second, userPrincipalName=scope.users[first].userPrincipalName)


def _remove(tenant: Tenant, scope: Scope, *, on_demand: bool) -> None:
    gone = picked(tenant, "F30", scope)
    if tenant.switched("F22") and not on_demand:
        gone += list(scope.users)[-1:]
    if tenant.switched("F12") or tenant.switched("F29"):
        gone = list(scope.users)
    for identity in gone:
        scope.remove(identity)


def _rename(tenant: Tenant, memory: Memory, scope: Scope) -> None:
    for identity in picked(tenant, "F16", scope):
        if identity in memory.links and "F16" not in memory.faded:
            memory.unlink(identity)
            memory.seen.discard(identity)
        scope.alter(identity, userPrincipalName=f"new.{scope.users[identity].userPrincipalName}")
    if tenant.switched("F16") and memory.links:
        memory.faded.add("F16")


# What was prepared at Haiilo


def _prepare_platform(world: World, tenant: Tenant, memory: Memory, scope: Scope) -> None:
    platform, _tenant = manners.find(world, tenant.haiilo_host)
    if platform is None:
        return
    with world.lock:
        if not tenant.switched("F18"):
            platform.doubled = frozenset()
        elif scope.users:
            first = next(iter(scope.users))
            name = scope.users[first].userPrincipalName
            _local_account(world, platform, name, hidden=False)
            platform.doubled = frozenset({name.lower()})
        for identity in picked(tenant, "F17", scope):
            _local_account(world, platform, scope.users[identity].userPrincipalName, hidden=True)
        if tenant.switched("F19") and "F19" not in memory.faded and memory.links:
            target = memory.links[next(iter(memory.links))]
            if target in platform.people:
                platform.remove(platform.people[target])
            memory.faded.add("F19")
            memory.seen.discard(next(iter(memory.links)))
        world.touch()


def _local_account(world: World, platform: Platform, name: str, *, hidden: bool) -> None:
    if platform.find_name(name) is None:
        now = world.clock.stamp()
        platform.add(Person(str(uuid.uuid4()), {"userName": name, "active": True}, now, now, local=True, hidden=hidden))
