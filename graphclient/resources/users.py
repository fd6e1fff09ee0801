"""Users of the tenant: one by id, a few by the beginning of a name, many by id.

docs/graph-facts.md, "Paging and batch".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ..errors import Unreadable
from ..http.batch import MAX_BATCH_REQUESTS
from ..http.document import read_model
from ..http.memo import Read
from ..http.paging import ADVANCED_QUERY, Page, models, models_from, page_behind, page_of, rows_of, selected
from ..http.paths import literal, part
from ..http.transport import Transport
from ..models.directory import User

SELECT = "id,displayName,userPrincipalName,mail,accountEnabled,userType,givenName,surname,country,city,state"
MAX_PAGE_SIZE = 100
PAGE_SIZE = "999"
DIRECTORY = {"$select": SELECT, "$top": PAGE_SIZE}
IDS_IN_A_FILTER = 15  # Graph refuses more expressions in one "in"
IDS_IN_A_BATCH = IDS_IN_A_FILTER * MAX_BATCH_REQUESTS


class Users:
    """Users; every method may raise a `GraphError`."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def get(self, id_or_upn: str) -> User:
        """By object id or user principal name. Raises `NotThere`."""
        return read_model(User.from_json, self._transport.get(f"/users/{part(id_or_upn)}", {"$select": SELECT}))

    def count(self, *, enabled: bool | None = None, kind: str | None = None) -> int:
        """The number of users, or of those with this accountEnabled and userType ("Member", "Guest").

        Graph counts in an index that lags.
        """
        wanted = [f"accountEnabled eq {str(enabled).lower()}"] if enabled is not None else []
        wanted += [f"userType eq {literal(kind)}"] if kind is not None else []
        params = {"$filter": " and ".join(wanted)} if wanted else None
        return self._transport.get_count("/users/$count", ADVANCED_QUERY, params)

    def find(self, text: str, top: int = 20) -> list[User]:
        """Up to `top` users whose display name, user principal name or mail begins with a `text` that is not empty."""
        if not text.strip():
            return []
        read = read_find(text, top)
        page = self._transport.get(read.path, read.params)
        return [read_model(User.from_json, page, row) for row in rows_of(page, read.path)[:top]]

    def many(self, ids: Iterable[str]) -> dict[str, User]:
        """The users with these ids, by id; an id that Graph does not know is left out.

        Sent by filters of fifteen ids, twenty filters in a batch; or, where that takes fewer calls, by the pages of the
        whole directory.
        """
        wanted = list(dict.fromkeys(ids))
        calls = -(-len(wanted) // IDS_IN_A_BATCH)
        if calls > 2 and 1 + -(-self.count() // int(PAGE_SIZE)) < calls:
            found = self._directory()
        else:
            found = self._filtered(wanted)
        kept = {user.id: user for user in found}
        return {user_id: kept[user_id] for user_id in wanted if user_id in kept}

    def some(self, ids: Sequence[str], more: Iterable[str] = ()) -> dict[str, User]:
        """The users with these ids, `IDS_IN_A_BATCH` at most, by id and in one request; without whom Graph does not
        know. `more`: properties to be told besides.
        """
        return {user.id: user for user in self._filtered(ids, more)}

    def page(self, link: str = "", more: Iterable[str] = ()) -> Page[User]:
        """A page of the whole directory, the first one without a `link`. `more`: properties to be told besides, on the
        pages behind, too. Raises `LinkRefused`.
        """
        if link:
            return page_behind(self._transport, User.from_json, link, "/users")
        wanted = DIRECTORY | {"$select": selected(SELECT, more)}
        return page_of(User.from_json, self._transport.get("/users", wanted), "/users")

    def _directory(self) -> Iterator[User]:
        return models(self._transport, User.from_json, "/users", DIRECTORY)

    def _filtered(self, ids: Sequence[str], more: Iterable[str] = ()) -> Iterator[User]:
        select = selected(SELECT, more)
        filters = [ids[at : at + IDS_IN_A_FILTER] for at in range(0, len(ids), IDS_IN_A_FILTER)]
        for at in range(0, len(filters), MAX_BATCH_REQUESTS):
            reads = [_read_ids(chunk, select) for chunk in filters[at : at + MAX_BATCH_REQUESTS]]
            for page in self._transport.batch_get([read.url for read in reads]):
                if page is None:
                    raise Unreadable("a list of people is not found", method="GET", path="/users", status=404)
                yield from models_from(self._transport, User.from_json, page, "/users")


def read_find(text: str, top: int) -> Read:
    """What `find` sends for a `text` that is not empty."""
    begins = " or ".join(
        f"startswith({name},{literal(text.strip())})" for name in ("displayName", "userPrincipalName", "mail")
    )
    return Read("/users", {"$filter": begins, "$select": SELECT, "$top": str(max(1, min(top, MAX_PAGE_SIZE)))})


def _read_ids(ids: Sequence[str], select: str) -> Read:
    wanted = ",".join(literal(user_id) for user_id in ids)
    return Read("/users", {"$filter": f"id in ({wanted})", "$select": select})
