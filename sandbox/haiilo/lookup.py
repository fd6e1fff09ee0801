"""Which platform answers at a host, and whose it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import faults

if TYPE_CHECKING:
    from ..world import Tenant, World
    from .platform import Platform


def hosts_of(tenant: Tenant) -> list[str]:
    """Of every platform that is this organisation's, the first one first."""
    return [tenant.haiilo_host, *tenant.other_hosts]


def owner(world: World, host: str) -> Tenant | None:
    """The tenant whose platform this is."""
    return next((tenant for tenant in list(world.tenants.values()) if host in hosts_of(tenant)), None)


def find(world: World, host: str) -> tuple[Platform | None, Tenant | None]:
    """The platform at that host and its tenant; also a platform that a fault brings up there."""
    platform: Platform | None = world.platforms.get(host)
    if platform is None:
        platform = _brought_up(world, host)
    if platform is None:
        return None, None
    return platform, owner(world, platform.production or host)


def _brought_up(world: World, host: str) -> Platform | None:
    on = (fault for tenant in list(world.tenants.values()) for fault in faults.on(tenant))
    return faults.first(fault.platform_at(world, host) for fault in on)
