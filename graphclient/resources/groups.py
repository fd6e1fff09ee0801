"""Groups and their members. Provisioning takes direct members only, so these are what counts for an estimate."""

from __future__ import annotations

from collections.abc import Iterator

from ..models.directory import DirectoryObject, Group
from ..paging import ADVANCED, pages
from ..paths import part
from ..transport import Transport

MEMBER = "id,displayName,userPrincipalName,accountEnabled,userType"


class Groups:
    """Groups; every method may raise a `GraphError`, the iterator while it runs."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def get(self, group_id: str) -> Group:
        """By object id. Raises `NotThere`."""
        params = {"$select": "id,displayName,securityEnabled"}
        return Group.from_json(self._transport.get(f"/groups/{part(group_id)}", params))

    def members(self, group_id: str) -> Iterator[DirectoryObject]:
        """Direct members of every kind."""
        rows = pages(self._transport, f"/groups/{part(group_id)}/members", {"$select": MEMBER, "$top": "999"})
        return (DirectoryObject.from_json(row) for row in rows)

    def count_members(self, group_id: str) -> int:
        """How many direct members of every kind."""
        return self._transport.number(f"/groups/{part(group_id)}/members/$count", ADVANCED)

    def count_transitive_members(self, group_id: str) -> int:
        """How many members of every kind, nested groups and theirs included."""
        return self._transport.number(f"/groups/{part(group_id)}/transitiveMembers/$count", ADVANCED)
