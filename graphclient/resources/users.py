"""Users of the tenant: one by id, a few by the beginning of a name, many by id."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from ..http.batch import MAX_BATCH_REQUESTS
from ..http.paging import ADVANCED_QUERY, rows_of
from ..http.paths import literal, part
from ..http.transport import Transport
from ..models.directory import User

SELECT = "id,displayName,userPrincipalName,mail,accountEnabled,userType,givenName,surname,country,city,state"
MAX_PAGE_SIZE = 100


class Users:
    """Users; every method may raise a `GraphError`."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def get(self, id_or_upn: str) -> User:
        """By object id or user principal name. Raises `NotThere`."""
        return User.from_json(self._transport.get(f"/users/{part(id_or_upn)}", {"$select": SELECT}))

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
        text = text.strip()
        if not text:
            return []
        begins = " or ".join(
            f"startswith({name},{literal(text)})" for name in ("displayName", "userPrincipalName", "mail")
        )
        params = {"$filter": begins, "$select": SELECT, "$top": str(max(1, min(top, MAX_PAGE_SIZE)))}
        rows = rows_of(self._transport.get("/users", params), "/users")
        return [User.from_json(row) for row in rows[:top]]

    def many(self, ids: Iterable[str]) -> dict[str, User]:
        """The users with these ids, by id; an id that Graph does not know is left out. Sends twenty ids in a batch."""
        waiting, found = iter(dict.fromkeys(ids)), dict[str, User]()
        while chunk := list(islice(waiting, MAX_BATCH_REQUESTS)):
            rows = self._transport.batch_get([f"/users/{part(user_id)}?$select={SELECT}" for user_id in chunk])
            found |= {user_id: User.from_json(row) for user_id, row in zip(chunk, rows, strict=True) if row is not None}
        return found
