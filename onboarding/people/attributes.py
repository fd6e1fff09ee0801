"""A user as Graph gives one, with the names that Entra's mappings use. Pure.

docs/graph-facts.md, "Schema and mappings".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

SAME = (
    *("userPrincipalName", "mail", "mailNickname", "displayName", "givenName", "surname", "country", "city", "state"),
    *("department", "companyName", "jobTitle", "employeeId", "employeeType", "preferredLanguage", "postalCode"),
    *("streetAddress", "usageLocation", "accountEnabled", "proxyAddresses", "otherMails"),
)
"""Properties that have one name in both."""
IN_GRAPH = {
    **{name: name for name in SAME},
    "objectId": "id",
    "mobile": "mobilePhone",
    "facsimileTelephoneNumber": "faxNumber",
    "physicalDeliveryOfficeName": "officeLocation",
    "originalUserPrincipalName": "userPrincipalName",
    "IsSoftDeleted": "accountEnabled",
    "telephoneNumber": "businessPhones",
    **{f"extensionAttribute{number}": "onPremisesExtensionAttributes" for number in range(1, 16)},
}
"""Entra's name → the property of Graph's user in which it is."""
EXTENSION = re.compile(r"extension_[0-9a-f]{32}_\w+")
GUEST = re.compile(r"(?P<alias>.+)_(?P<domain>[^_#@]+)#EXT#@[^@]+", re.IGNORECASE)


def properties_of(names: Iterable[str]) -> tuple[str, ...]:
    """Which properties of Graph's user tell the attributes with these names; names that Graph lacks are left out."""
    found = (IN_GRAPH.get(name, name if EXTENSION.fullmatch(name) else "") for name in names)
    return tuple(sorted({each for each in found if each}))


def attributes_of(user: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes by Entra's names; of a property that `user` does not have, nothing is said.

    The person is taken for one in scope: only a blocked account is then what mappings see as deleted softly.
    """
    known = {name: user[in_graph] for name, in_graph in IN_GRAPH.items() if in_graph in user}
    known |= {name: value for name, value in user.items() if EXTENSION.fullmatch(name)}
    for name in [name for name in known if name in _READ]:
        _read(known, name)
    return known


def _read(known: dict[str, Any], name: str) -> None:
    """Put what `name` comes to in its place, or leave it out where that is not told."""
    told = _READ[name](known[name], name)
    if told is _NOT_TOLD:
        del known[name]
    else:
        known[name] = told


_NOT_TOLD = object()


def _stripped(value: Any, name: str) -> Any:
    """A guest's name as mappings see it: the address at home, without ``#EXT#`` and the tenant's domain."""
    if not is_guest_name(value):
        return value
    found = GUEST.fullmatch(value)
    return f"{found['alias']}@{found['domain']}" if found else _NOT_TOLD


def is_guest_name(value: Any) -> bool:
    """Whether a user principal name is that of a guest."""
    return isinstance(value, str) and "#ext#" in value.lower()


def _deleted_softly(value: Any, name: str) -> Any:
    return not value if isinstance(value, bool) else _NOT_TOLD


def _first(value: Any, name: str) -> Any:
    return (value[0] if value else None) if isinstance(value, list) else _NOT_TOLD


def _numbered(value: Any, name: str) -> Any:
    if value is None:
        return None
    return value[name] if isinstance(value, Mapping) and name in value else _NOT_TOLD


_READ = {
    "userPrincipalName": _stripped,
    "IsSoftDeleted": _deleted_softly,
    "telephoneNumber": _first,
    **{name: _numbered for name, in_graph in IN_GRAPH.items() if in_graph == "onPremisesExtensionAttributes"},
}
