"""Accounts that faults put into a tenant's Haiilo platform."""

from __future__ import annotations

import uuid

from ..haiilo import lookup
from ..haiilo.platform import Person, Platform
from ..provisioning import memory as memories
from ..provisioning.source import arriving_name as arriving
from ..world import Applied, Tenant, World


def platform_of(world: World, tenant: Tenant) -> Platform | None:
    """The tenant's own platform."""
    return lookup.find(world, tenant.haiilo_host)[0]


def arriving_name(tenant: Tenant, user_id: str) -> str:
    """The user name under which the default mapping brings somebody."""
    return arriving(tenant.users[user_id].userPrincipalName)


def add_local(world: World, platform: Platform, name: str, applied: Applied, *, hidden: bool) -> None:
    """Make a local account, where nobody has its name, and note it in `applied`."""
    if name and platform.find_name(name) is None:
        now = world.clock.stamp()
        data = {"userName": name, "active": True}
        person = platform.add(Person(str(uuid.uuid4()), data, now, now, local=True, hidden=hidden))
        applied.done.append(person.id)


def remove_added(world: World, tenant: Tenant, applied: Applied) -> None:
    """Remove the accounts that were put there, unless the service has linked them meanwhile."""
    platform = platform_of(world, tenant)
    linked = {target for job in tenant.jobs.values() if "memory" in job.engine for target in memories.of(job).owners}
    for name in applied.done if platform is not None else ():
        assert platform is not None
        if name in platform.people and name not in linked:
            platform.remove(platform.people[name])
