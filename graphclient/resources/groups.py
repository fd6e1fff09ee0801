"""Groups and their members. Provisioning takes direct members only, so these are what counts for an estimate."""

from __future__ import annotations

from collections.abc import Iterator

from ..http.paging import ADVANCED, pages, rows_of
from ..http.paths import literal, part
from ..http.transport import Transport
from ..models.directory import DirectoryObject, Group

SELECT = "id,displayName,securityEnabled"
MEMBER = "id,displayName,userPrincipalName,accountEnabled,userType"
TOP, MOST = "999", 100


class Groups:
    """Groups; every method may raise a `GraphError`, the iterator while it runs."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def get(self, group_id: str) -> Group:
        """By object id. Raises `NotThere`."""
        return Group.from_json(self._transport.get(f"/groups/{part(group_id)}", {"$select": SELECT}))

    def members(self, group_id: str) -> Iterator[DirectoryObject]:
        """Direct members of every kind."""
        rows = pages(self._transport, f"/groups/{part(group_id)}/members", {"$select": MEMBER, "$top": TOP})
        return (DirectoryObject.from_json(row) for row in rows)

    def transitive_members(self, group_id: str) -> Iterator[DirectoryObject]:
        """Members of every kind, nested groups and theirs included: not who is provisioned."""
        path = f"/groups/{part(group_id)}/transitiveMembers"
        return (
            DirectoryObject.from_json(row) for row in pages(self._transport, path, {"$select": MEMBER, "$top": TOP})
        )

    def find(self, text: str, top: int = 20) -> list[Group]:
        """Up to `top` whose display name begins with `text`; none for an empty text."""
        if not text.strip():
            return []
        params = {
            "$filter": f"startswith(displayName,{literal(text.strip())})",
            "$select": SELECT,
            "$top": str(max(1, min(top, MOST))),
        }
        rows = rows_of(self._transport.get("/groups", params), "/groups")
        return [Group.from_json(row) for row in rows[:top]]

    def count_members(self, group_id: str) -> int:
        """How many direct members of every kind."""
        return self._transport.number(f"/groups/{part(group_id)}/members/$count", ADVANCED)

    def count_transitive_members(self, group_id: str) -> int:
        """How many members of every kind, nested groups and theirs included."""
        return self._transport.number(f"/groups/{part(group_id)}/transitiveMembers/$count", ADVANCED)

    def count_transitive_users(self, group_id: str) -> int:
        """How many people, those of nested groups included."""
        path = f"/groups/{part(group_id)}/transitiveMembers/microsoft.graph.user/$count"
        return self._transport.number(path, ADVANCED)
