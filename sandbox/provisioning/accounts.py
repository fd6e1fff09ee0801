"""What switches prepare among the accounts of Haiilo, and undo (F17, F18, F19)."""

from __future__ import annotations

import uuid

from ..haiilo import manners
from ..haiilo.platform import Person, Platform
from ..world import Plight, Tenant, World
from . import memory as memories
from .memory import Memory
from .source import GUEST


def _platform(world: World, tenant: Tenant) -> Platform | None:
    return manners.find(world, tenant.haiilo_host)[0]


def _arriving(tenant: Tenant, user_id: str) -> str:
    """The user name under which the default mapping brings somebody."""
    return tenant.users[user_id].userPrincipalName.replace(GUEST, "")


def _local_account(world: World, platform: Platform, name: str, plight: Plight, *, hidden: bool) -> None:
    if name and platform.find_name(name) is None:
        now = world.clock.stamp()
        data = {"userName": name, "active": True}
        person = platform.add(Person(str(uuid.uuid4()), data, now, now, local=True, hidden=hidden))
        plight.done.append(person.id)


def take_name(world: World, tenant: Tenant, plight: Plight) -> None:
    """F17: accounts that no search finds have the users' names."""
    platform = _platform(world, tenant)
    for user_id in plight.users if platform is not None else ():
        assert platform is not None
        _local_account(world, platform, _arriving(tenant, user_id), plight, hidden=True)


def double(world: World, tenant: Tenant, plight: Plight) -> None:
    """F18: a search for the first user finds two accounts."""
    platform = _platform(world, tenant)
    if platform is not None and plight.users:
        name = _arriving(tenant, plight.users[0])
        _local_account(world, platform, name, plight, hidden=False)
        platform.doubled = frozenset({name.lower()})


def remove(world: World, tenant: Tenant, plight: Plight) -> None:
    """Accounts that were put there, unless the service has linked them meanwhile."""
    platform = _platform(world, tenant)
    linked = {target for job in tenant.jobs.values() if "memory" in job.engine for target in memories.of(job).owners}
    for name in plight.done if platform is not None else ():
        assert platform is not None
        if name in platform.people and name not in linked:
            platform.remove(platform.people[name])


def undouble(world: World, tenant: Tenant, plight: Plight) -> None:
    """F18 again: one account is left, or none."""
    platform = _platform(world, tenant)
    if platform is not None:
        platform.doubled = frozenset()
    remove(world, tenant, plight)


def delete_by_hand(world: World, tenant: Tenant, plight: Plight) -> None:
    """F19, where somebody is linked already; else a later cycle calls `delete_linked`."""
    for job in tenant.jobs.values():
        if "memory" in job.engine and not job.deleted:
            delete_linked(world, tenant, memories.of(job), plight)


def delete_linked(world: World, tenant: Tenant, memory: Memory, plight: Plight) -> None:
    """The account of the first user who is linked is deleted, once."""
    platform = _platform(world, tenant)
    if platform is None or plight.kept or not memory.links:
        return
    user_id, target = next(iter(memory.links.items()))
    person = platform.people.get(target)
    if person is not None:
        platform.remove(person)
        plight.kept[target] = person
        memory.seen.discard(user_id)


def restore(world: World, tenant: Tenant, plight: Plight) -> None:
    """F19 again: Haiilo has restored the account, unless its name has been given to another."""
    platform = _platform(world, tenant)
    for person in plight.kept.values() if platform is not None else ():
        assert platform is not None
        if platform.find_name(person.user_name) is None:
            platform.add(person)
    for job in tenant.jobs.values():
        if "memory" in job.engine:
            memory = memories.of(job)
            memory.seen -= {memory.owners.get(target, "") for target in plight.kept}
            for target in plight.kept:
                memory.escrows.pop(memory.owners.get(target, ""), None)
