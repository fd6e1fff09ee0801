"""The attributes that faults lay over people's own, in the directory itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..world import Tenant, User
from .fault import Fault

Attributes = dict[str, Any]
ALTERED = ("userPrincipalName", "mail", "mailNickname", "surname", "userType", "accountEnabled")
"""The attributes that faults change."""


def lay(tenant: Tenant, faults: Sequence[Fault]) -> None:
    """Show everybody as the faults that are on have it; what somebody else changed meanwhile stays changed."""
    names = dict.fromkeys([*tenant.truth, *(name for fault in faults for name in fault.applied.users)])
    users = [tenant.users[name] for name in names if name in tenant.users]
    before = {user.id: _altered(user) for user in users}
    for user in users:
        _take_off(tenant, user)
    true = {user.id: _altered(user) for user in users}
    for fault in sorted(faults, key=lambda fault: fault.laid_last):
        for user in users:
            if user.id in fault.applied.users:
                for name, value in fault.attributes(user).items():
                    setattr(user, name, value)
    for user in users:
        shown = _altered(user)
        _remember(tenant, user, true[user.id], shown)
        if shown != before[user.id]:
            tenant.change(user)


def _altered(user: User) -> Attributes:
    return {name: getattr(user, name) for name in ALTERED}


def _take_off(tenant: Tenant, user: User) -> None:
    for name, (true, shown) in tenant.truth.pop(user.id, {}).items():
        if getattr(user, name) == shown:
            setattr(user, name, true)


def _remember(tenant: Tenant, user: User, true: Attributes, shown: Attributes) -> None:
    changed = {name: (true[name], shown[name]) for name in ALTERED if true[name] != shown[name]}
    if changed:
        tenant.truth[user.id] = changed
    if user.userPrincipalName:
        tenant.upns[user.userPrincipalName.lower()] = user.id
