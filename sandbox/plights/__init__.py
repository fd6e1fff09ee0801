"""What a switch changes in a tenant's world, so that every reader of Graph, the service and Haiilo meet the same.

Most switches are only looked at where the failure happens. Those here change the directory, the applications or
Haiilo's accounts when they are switched on, and put back what was there when they are switched off: `bring` and `lift`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from ..provisioning import accounts
from ..world import Plight, Tenant, World
from . import applications, assignments, people

Act: TypeAlias = Callable[[World, Tenant, Plight], None]


def _nothing(world: World, tenant: Tenant, plight: Plight) -> None:
    """Its people look otherwise, and that is all."""


_ACTS: dict[str, tuple[Act, Act]] = {
    "F6": (applications.make_oidc, applications.restore),
    "F7": (applications.add_twin, applications.remove_twin),
    "F11": (assignments.unmake_roles, assignments.restore_roles),
    "F12": (assignments.withdraw_all, assignments.give_back),
    "F17": (accounts.take_name, accounts.remove),
    "F18": (accounts.double, accounts.undouble),
    "F19": (accounts.delete_by_hand, accounts.restore),
    "F29": (assignments.withdraw_all, assignments.give_back),
    "F30": (assignments.withdraw_users, assignments.give_back),
    "F32": (applications.end_licence, applications.renew_licence),
    **dict.fromkeys(people.LOOKS.keys() - {"F11", "F18"}, (_nothing, _nothing)),
}
"""Switch → what it does and what undoes it, besides what it makes of people's attributes (`people.LOOKS`)."""


def bring(world: World, tenant: Tenant, key: str, wish: Any) -> None:
    """Make it so; nothing changes where the switch was on with the same wish. Hold `world.lock`."""
    there = tenant.plights.get(key)
    if key not in _ACTS or (there is not None and there.wish == wish):
        return
    lift(world, tenant, key)
    plight = tenant.plights[key] = Plight(wish, people.concerned(tenant, key, wish))
    people.dress(tenant)
    _ACTS[key][0](world, tenant, plight)


def lift(world: World, tenant: Tenant, key: str) -> None:
    """Put back what was there. Hold `world.lock`."""
    plight = tenant.plights.pop(key, None)
    if plight is not None:
        _ACTS[key][1](world, tenant, plight)
        people.dress(tenant)
