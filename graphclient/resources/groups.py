"""Groups and their members. Entra provisions direct members only, so an estimate counts direct members.

docs/graph-facts.md, "Scope and assignments".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ..http.document import read_model
from ..http.memo import Read
from ..http.paging import ADVANCED_QUERY, Page, models, page_behind, page_of, rows_of, selected
from ..http.paths import literal, part
from ..http.transport import Transport
from ..models.directory import DirectoryObject, Group

SELECT = "id,displayName,securityEnabled"
MEMBER_SELECT = "id,displayName,userPrincipalName,accountEnabled,userType,surname,country"
PAGE_SIZE, MAX_PAGE_SIZE = "999", 100
MEMBERS = {"$select": MEMBER_SELECT, "$top": PAGE_SIZE}


class Groups:
    """Groups; every method may raise a `GraphError`, the iterator while it runs."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def get(self, group_id: str) -> Group:
        """By object id. Raises `NotThere`."""
        return read_model(Group.from_json, self._transport.get(f"/groups/{part(group_id)}", {"$select": SELECT}))

    def members(self, group_id: str) -> Iterator[DirectoryObject]:
        """Direct members of every kind."""
        return self._all(_members(group_id))

    def first_pages(self, group_ids: Sequence[str], more: Iterable[str] = ()) -> list[Page[DirectoryObject] | None]:
        """The first page of direct members of each of twenty groups at most, in one request; None for a group that is
        not there. `more`: properties of users to be told besides, on the pages behind, too.
        """
        wanted = MEMBERS | {"$select": selected(MEMBER_SELECT, more)}
        reads = [Read(_members(group_id), wanted) for group_id in group_ids]
        found = self._transport.batch_get([read.url for read in reads])
        return [
            None if page is None else page_of(DirectoryObject.from_json, page, read.path)
            for read, page in zip(reads, found, strict=True)
        ]

    def next_page(self, link: str) -> Page[DirectoryObject]:
        """The next page of members. Raises `LinkRefused`."""
        return page_behind(self._transport, DirectoryObject.from_json, link, "/groups")

    def transitive_members(self, group_id: str) -> Iterator[DirectoryObject]:
        """Members of every kind, those of nested groups included, whom Entra does not provision."""
        return self._all(f"/groups/{part(group_id)}/transitiveMembers")

    def find(self, text: str, top: int = 20) -> list[Group]:
        """Up to `top` groups whose display name begins with `text`; none for an empty text."""
        if not text.strip():
            return []
        read = read_find(text, top)
        page = self._transport.get(read.path, read.params)
        return [read_model(Group.from_json, page, row) for row in rows_of(page, read.path)[:top]]

    def count_members(self, group_id: str) -> int:
        """The number of direct members of every kind."""
        return self._transport.get_count(f"/groups/{part(group_id)}/members/$count", ADVANCED_QUERY)

    def count_transitive_members(self, group_id: str) -> int:
        """The number of members of every kind, those of nested groups included."""
        return self._transport.get_count(f"/groups/{part(group_id)}/transitiveMembers/$count", ADVANCED_QUERY)

    def count_transitive_users(self, group_id: str) -> int:
        """The number of people, those of nested groups included."""
        path = f"/groups/{part(group_id)}/transitiveMembers/microsoft.graph.user/$count"
        return self._transport.get_count(path, ADVANCED_QUERY)

    def _all(self, path: str) -> Iterator[DirectoryObject]:
        return models(self._transport, DirectoryObject.from_json, path, MEMBERS)


def _members(group_id: str) -> str:
    return f"/groups/{part(group_id)}/members"


def read_find(text: str, top: int) -> Read:
    """What `find` sends."""
    wanted = f"startswith(displayName,{literal(text.strip())})"
    return Read("/groups", {"$filter": wanted, "$select": SELECT, "$top": str(max(1, min(top, MAX_PAGE_SIZE)))})
