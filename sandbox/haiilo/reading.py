"""What who reads the users is answered, and the ways in which that may differ (`sandbox.reality.receiver`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..reality import Reality
from .platform import Person, Platform
from .refusals import ScimRefused, WebPage

LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
MAX_PAGE = 200
AS_DOCUMENTED = Reality()
_BUSY_SECONDS = 120
Row = dict[str, Any]


def check(reality: Reality, query: str | None, user_agent: str) -> None:
    """Raises ScimRefused or WebPage where the users cannot be read so; `query` is the filter."""
    if reality.haiilo_reads == "web_page":
        raise WebPage(200)
    if reality.haiilo_reads == "blocked" and not user_agent:
        raise WebPage(403)
    if reality.haiilo_reads == "busy":
        raise ScimRefused(429, "Too many requests.", retry_after=_BUSY_SECONDS)
    may = reality.haiilo_users
    if may == "neither" or (may == "list_forbidden" and not query):
        raise ScimRefused(403, "This token may not read users.")
    if may == "filter_required" and not query:
        raise ScimRefused(400, "Users can only be read by a filter.", "tooMany")


def shown(reality: Reality, row: Row) -> Row:
    """A user as a reader gets it."""
    if reality.haiilo_active == "as_text":
        return {**row, "active": str(row["active"])}
    if reality.haiilo_active == "not_told":
        return {key: value for key, value in row.items() if key != "active"}
    return row


def accounts(platform: Platform, found: list[Person]) -> list[tuple[Person, bool]]:
    """The people found, each with False; whoever has two accounts comes again, with True."""
    doubled = platform.doubled
    return [(each, twin) for each in found for twin in (False, True) if not twin or each.user_name.lower() in doubled]


def row_of(platform: Platform, account: tuple[Person, bool]) -> Row:
    """The User resource of an account; a second one has another id."""
    row = platform.user_json(account[0])
    return {**row, "id": row["id"][::-1]} if account[1] else row


def page(reality: Reality, found: list[Any], show: Callable[[Any], Row], start: int, count: int) -> Row:
    """The page of a list that begins at `start` (from 1) and has `count` rows at most."""
    first, size = _cut(reality, max(1, start), max(0, count))
    rows = [show(each) for each in found[first : first + size]]
    told = listed(rows, len(found), max(1, start))
    if reality.haiilo_total == "unsaid":
        return {"schemas": told["schemas"], "Resources": rows}
    changed = {"too_high": len(found) + 2, "too_low": max(0, len(found) - 2), "of_the_page": len(rows)}
    return {**told, "totalResults": changed.get(reality.haiilo_total, len(found))}


def _cut(reality: Reality, start: int, count: int) -> tuple[int, int]:
    """(index of the first row, number of rows)."""
    size = min(count, reality.haiilo_page_size or MAX_PAGE)
    way = reality.haiilo_pages
    if way == "all_at_once":
        return start - 1, 10**9
    first = {"always_the_first": 0, "overlapping": max(0, start - 2), "from_zero": start}.get(way, start - 1)
    return first, size


def listed(resources: list[Row], total: int, start: int) -> Row:
    """A ListResponse (RFC 7644 3.4.2)."""
    return {
        "schemas": [LIST],
        "totalResults": total,
        "startIndex": start,
        "itemsPerPage": len(resources),
        "Resources": resources,
    }
