"""Reading lists of Graph page by page. `@odata.nextLink` is opaque: followed verbatim, on Graph's host only.

Microsoft Graph, "Paging Microsoft Graph data in your app" (docs/graph-facts.md, "Paging and batch").
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..errors import Malformed
from .transport import Transport

NEXT_LINK = "@odata.nextLink"
MAX_EMPTY_PAGES = 50  # one after the other; Graph may send some, an endless chain of them is a fault
ADVANCED_QUERY = {"ConsistencyLevel": "eventual"}  # for $count, $search, and some filters; kept on every page


def pages(
    transport: Transport,
    path: str,
    params: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Iterator[dict[str, Any]]:
    """Every row of the list at `path`. Raises `Malformed` for a link that comes twice and for endless empty pages."""
    yield from pages_from(transport, transport.get(path, params, headers), path, headers)


def pages_from(
    transport: Transport, page: Mapping[str, Any], path: str, headers: Mapping[str, str] | None = None
) -> Iterator[dict[str, Any]]:
    """As `pages`, for a list whose first page is at hand."""
    seen: set[str] = set()
    empty = 0
    while True:
        rows = rows_of(page, path)
        empty = 0 if rows else empty + 1
        if empty > MAX_EMPTY_PAGES:
            raise Malformed("page after page is empty", method="GET", path=path)
        yield from rows
        link = next_link(page)
        if link is None:
            return
        if link in seen:
            raise Malformed("a nextLink came twice", method="GET", path=path)
        seen.add(link)
        page = transport.follow(link, headers)


def rows_of(page: Mapping[str, Any], path: str) -> list[dict[str, Any]]:
    """The objects in ``value``. Raises `Malformed` where there is no list."""
    rows = page.get("value")
    if not isinstance(rows, list):
        raise Malformed("a list has no value", method="GET", path=path)
    return [row for row in rows if isinstance(row, dict)]


def next_link(page: Mapping[str, Any]) -> str | None:
    """The link to the next page, or None on the last one."""
    link = page.get(NEXT_LINK)
    return link if isinstance(link, str) and link else None
