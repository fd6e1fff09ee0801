"""Reading lists of Graph page by page. `@odata.nextLink` is opaque: followed verbatim, on Graph's host only.

Microsoft Graph, "Paging Microsoft Graph data in your app" (docs/graph-facts.md, "Paging and batch").
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic

from ..errors import LinkRefused, NotThere, Rejected, Unreadable
from .document import Document, Model, read_model, unreadable
from .transport import Transport

NEXT_LINK = "@odata.nextLink"
MAX_EMPTY_PAGES = 50  # one after the other; Graph may send some, an endless chain of them is a fault
ADVANCED_QUERY = {"ConsistencyLevel": "eventual"}  # for $count, $search, and some filters; kept on every page


@dataclass(frozen=True)
class Page(Generic[Model]):
    """One page of a list; `next_link` leads to the next one, None on the last."""

    rows: tuple[Model, ...]
    next_link: str | None = None


def selected(names: str, more: Iterable[str] = ()) -> str:
    """A `$select` of these names and more, each once."""
    return ",".join(dict.fromkeys([*names.split(","), *more]))


def page_of(model: Callable[[Any], Model], document: Mapping[str, Any], path: str) -> Page[Model]:
    """The page in this document. Raises `Unreadable` where one row is."""
    rows = tuple(read_model(model, document, row) for row in rows_of(document, path))
    return Page(rows, next_link(document))


def page_behind(transport: Transport, model: Callable[[Any], Model], link: str, path: str) -> Page[Model]:
    """The page behind a `next_link` of the list at `path`. Raises `LinkRefused` where Graph refuses it."""
    return page_of(model, follow_own(transport, link), path)


def follow_own(transport: Transport, link: str, headers: Mapping[str, str] | None = None) -> Document:
    """As `Transport.follow`; a refusal is a `LinkRefused`.

    Seen: 400 "Invalid Skip Token" without a code of its own. Nothing of ours is in a link that could be wrong.
    """
    try:
        return transport.follow(link, headers)
    except (Rejected, NotThere) as error:
        refused = error
    raise LinkRefused(
        refused.message,
        method=refused.method,
        path=refused.path,
        status=refused.status,
        code=refused.code,
        inner_code=refused.inner_code,
        request_id=refused.request_id,
    )


def pages(
    transport: Transport,
    path: str,
    params: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Iterator[dict[str, Any]]:
    """Every row of the list at `path`. Raises `Unreadable` for a link that comes twice and for endless empty pages."""
    for page in _whole_pages(transport, transport.get(path, params, headers), headers):
        yield from rows_of(page, path)


def models(
    transport: Transport,
    model: Callable[[Any], Model],
    path: str,
    params: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Iterator[Model]:
    """As `pages`, each row read by `model`; one that cannot be read raises `Unreadable`, as the list is not whole."""
    yield from models_from(transport, model, transport.get(path, params, headers), path, headers)


def models_from(
    transport: Transport,
    model: Callable[[Any], Model],
    page: Document,
    path: str,
    headers: Mapping[str, str] | None = None,
) -> Iterator[Model]:
    """As `models`, for a list whose first page is at hand."""
    for each in _whole_pages(transport, page, headers):
        yield from (read_model(model, each, row) for row in rows_of(each, path))


def _whole_pages(transport: Transport, page: Document, headers: Mapping[str, str] | None) -> Iterator[Document]:
    seen: set[str] = set()
    empty = 0
    while True:
        yield page
        empty = 0 if page.get("value") else empty + 1
        if empty > MAX_EMPTY_PAGES:
            raise unreadable(page, "page after page is empty")
        link = next_link(page)
        if link is None:
            return
        if link in seen:
            raise unreadable(page, "a nextLink came twice")
        seen.add(link)
        page = transport.follow(link, headers)


def rows_of(page: Mapping[str, Any], path: str) -> list[dict[str, Any]]:
    """The objects in ``value``. Raises `Unreadable` where there is no list, or one of anything else."""
    rows = page.get("value")
    if isinstance(rows, list) and all(isinstance(row, dict) for row in rows):
        return rows
    if isinstance(page, Document):
        raise unreadable(page, "a list without its rows")
    raise Unreadable("a list without its rows", method="GET", path=path)


def next_link(page: Mapping[str, Any]) -> str | None:
    """The link to the next page, or None on the last one. Raises `Unreadable` where something else stands there."""
    link = page.get(NEXT_LINK)
    if link is None or isinstance(link, str):
        return link or None
    raise unreadable(page, "a nextLink that is no address")
