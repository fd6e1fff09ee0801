"""How switches make people look: their attributes, in the directory itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from ..provisioning.source import GUEST
from ..world import Plight, Tenant, User

Look = dict[str, Any]
ALTERED = ("userPrincipalName", "mail", "mailNickname", "surname", "userType", "accountEnabled")
"""The attributes that switches change."""


def _blocked(tenant: Tenant, plight: Plight, user: User) -> Look:
    """F11 with the wish "disabled": sign-in is blocked."""
    return {"accountEnabled": False} if plight.wish == "disabled" else {}


def _nameless(tenant: Tenant, plight: Plight, user: User) -> Look:
    """F13: whatever of these the mapping matches by, it is empty."""
    return {"userPrincipalName": "", "mail": None, "mailNickname": None}


def _without_surname(tenant: Tenant, plight: Plight, user: User) -> Look:
    """F14."""
    return {"surname": None}


def _special(tenant: Tenant, plight: Plight, user: User) -> Look:
    """F15: of what Entra allows in a user principal name; an address may hold more."""
    local, _at, domain = user.userPrincipalName.partition("@")
    return {"userPrincipalName": f"{local}.o'hara!@{domain}", "mail": f"{local}.o'hara+ø@{domain}"}


def _renamed(tenant: Tenant, plight: Plight, user: User) -> Look:
    """F16."""
    names = {name: getattr(user, name) for name in ("userPrincipalName", "mail", "mailNickname")}
    return {name: f"new.{value}" for name, value in names.items() if value}


def _the_same(tenant: Tenant, plight: Plight, user: User) -> Look:
    """F18: the third user is a guest whose name is the second one's once #EXT# is stripped."""
    if len(plight.users) < 3 or user.id != plight.users[2]:
        return {}
    other = tenant.users[plight.users[1]]
    local, _at, domain = other.userPrincipalName.partition("@")
    names = {"userPrincipalName": f"{local}{GUEST}@{domain}", "mail": other.mail, "mailNickname": other.mailNickname}
    return {**names, "userType": "Guest"}


def _guest(tenant: Tenant, plight: Plight, user: User) -> Look:
    """F31."""
    name = f"{user.userPrincipalName.replace('@', '_')}{GUEST}@{tenant.initial_domain}"
    return {"userPrincipalName": name, "userType": "Guest"}


LOOKS: dict[str, Callable[[Tenant, Plight, User], Look]] = {
    "F11": _blocked,
    "F14": _without_surname,
    "F16": _renamed,
    "F15": _special,
    "F18": _the_same,
    "F31": _guest,
    "F13": _nameless,
}
"""Switch → what it makes of a user's attributes, in the order in which they are laid one upon the other."""


def concerned(tenant: Tenant, key: str, wish: Any) -> list[str]:
    """Ids of the users whom a switch concerns: as many of those in scope as the wish says (default: the first), in
    the order of their assignments, or those whose user principal names it lists."""
    if isinstance(wish, list):
        found = [tenant.user_named(str(name)) for name in wish]
        return [user.id for user in found if user is not None]
    count = wish if isinstance(wish, int) and not isinstance(wish, bool) else 1
    return list(islice(_in_scope(tenant), 3 if key == "F18" else count))


def _in_scope(tenant: Tenant) -> Iterator[str]:
    """Ids of whoever is assigned, also where a switch has taken that away, each once."""
    seen = set[str]()
    for each in tenant.assignments.get(str(tenant.made.get("service_principal_id")), {}).values():
        group = tenant.groups.get(each.principalId)
        for name in [each.principalId] if group is None else group.members:
            user = tenant.users.get(name)
            if user is not None and user.deleted_at is None and name not in seen:
                seen.add(name)
                yield name


def dress(tenant: Tenant) -> None:
    """Everybody as the switches that are on make them look; what somebody else changed meanwhile stays changed."""
    names = dict.fromkeys([*tenant.truth, *(one for plight in tenant.plights.values() for one in plight.users)])
    users = [tenant.users[name] for name in names if name in tenant.users]
    before = {user.id: _attributes(user) for user in users}
    for user in users:
        _undress(tenant, user)
    true = {user.id: _attributes(user) for user in users}
    for key, look in LOOKS.items():
        plight = tenant.plights.get(key)
        for user in users if plight is not None else ():
            if plight is not None and user.id in plight.users:
                for name, value in look(tenant, plight, user).items():
                    setattr(user, name, value)
    for user in users:
        shown = _attributes(user)
        _remember(tenant, user, true[user.id], shown)
        if shown != before[user.id]:
            tenant.change(user)


def _attributes(user: User) -> Look:
    return {name: getattr(user, name) for name in ALTERED}


def _undress(tenant: Tenant, user: User) -> None:
    for name, (true, shown) in tenant.truth.pop(user.id, {}).items():
        if getattr(user, name) == shown:
            setattr(user, name, true)


def _remember(tenant: Tenant, user: User, true: Look, shown: Look) -> None:
    changed = {name: (true[name], shown[name]) for name in ALTERED if true[name] != shown[name]}
    if changed:
        tenant.truth[user.id] = changed
    if user.userPrincipalName:
        tenant.upns[user.userPrincipalName.lower()] = user.id
