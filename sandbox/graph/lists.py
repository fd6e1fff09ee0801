"""Collections as Graph answers them: $filter, $search, $orderby, $select, $top, $count and opaque paging.

Advanced queries need ConsistencyLevel: eventual and $count=true; nextLink is opaque.

Facts: docs/graph-facts.md, "Paging and batch".
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..wording import words
from .exchange import Answer, Call, Refused, context
from .filters import ADVANCED, Filterable, Getter, compile_filter

KNOWN = frozenset(words("$filter $search $select $top $orderby $count $expand $skiptoken $format"))


@dataclass(frozen=True)
class Listing:
    """How one collection may be read. `defaults` are the properties shown without $select (None: all)."""

    name: str
    type_name: str
    properties: Collection[str]
    filterable: Filterable
    get: Getter
    show: Callable[[Any], dict[str, Any]]
    defaults: Collection[str] | None = None
    orderable: frozenset[str] = frozenset()
    searchable: frozenset[str] = frozenset()
    by_key: dict[str, Callable[[Call, str], Any]] = field(default_factory=dict)
    """Property → look-up by an index, for `property eq value` alone."""
    default_top: int = 100
    most: int = 999
    presorted: bool = False
    """Rows come in the order that $orderby asks for."""
    advanced: bool = True
    """Whether the directory's rules for advanced queries hold (not for logs and synchronization)."""


def answer(call: Call, listing: Listing, rows: Sequence[Any]) -> Answer:
    """One page. `rows` is never copied unless it is filtered or sorted. Raises Refused (400)."""
    _check_known(call, listing)
    chosen = _chosen(call, listing, rows)
    start = _position(call)
    size = _size(call, listing, len(chosen))
    page = [select(call, listing, listing.show(row)) for row in chosen[start : start + size]]
    body: dict[str, Any] = {"@odata.context": context(call, _described(call, listing))}
    if call.query.get("$count", "").lower() == "true" and (call.advanced or not listing.advanced):
        body["@odata.count"] = len(chosen)
    if start + size < len(chosen):
        body["@odata.nextLink"] = call.link({**_kept(call), "$skiptoken": _token(call, start + size)})
    body["value"] = page
    return Answer(200, body)


def count(call: Call, listing: Listing, rows: Sequence[Any]) -> Answer:
    """…/$count: a bare number as text. Raises Refused (400) without the header."""
    if not call.advanced:
        raise Refused(
            400,
            "Request_BadRequest",
            "$count is not currently supported without the ConsistencyLevel header set to eventual.",
        )
    return Answer(200, str(len(_chosen(call, listing, rows))))


def one(call: Call, listing: Listing, row: Any) -> Answer:
    """A single object with its context. Raises Refused (400) for an unknown $select."""
    for name in call.query:
        if name.startswith("$") and name not in ("$select", "$expand"):
            raise Refused(400, "BadRequest", f"Query option '{name}' is not allowed on a single object.")
    body = {"@odata.context": context(call, f"{_described(call, listing)}/$entity")}
    return Answer(200, {**body, **select(call, listing, listing.show(row))})


def select(call: Call, listing: Listing, row: dict[str, Any]) -> dict[str, Any]:
    """The properties that were asked for; `id` comes only when it is among them. Raises Refused (400)."""
    text = call.query.get("$select", "").strip()
    if not text:
        return row if listing.defaults is None else {key: row.get(key) for key in listing.defaults}
    names = [name.strip() for name in text.split(",")]
    if names == ["*"]:
        return row
    for name in names:
        if name not in listing.properties:
            raise Refused(
                400,
                "BadRequest",
                f"Parsing OData Select and Expand failed: Could not find a property named '{name}' on type "
                f"'microsoft.graph.{listing.type_name}'.",
            )
    annotations = {name: value for name, value in row.items() if name.startswith("@")}  # the type is not selectable
    return {**annotations, **{name: row.get(name) for name in names}}


def _described(call: Call, listing: Listing) -> str:
    names = call.query.get("$select", "").strip()
    return f"{listing.name}({names})" if names else listing.name


def _check_known(call: Call, listing: Listing) -> None:
    for name in call.query:
        if name.startswith("$") and name not in KNOWN:
            raise Refused(400, "BadRequest", f"Query option '{name}' is not supported for this resource.")
    select(call, listing, {})


def _chosen(call: Call, listing: Listing, rows: Sequence[Any]) -> Sequence[Any]:
    filter_text, search, order = (call.query.get(name, "") for name in ("$filter", "$search", "$orderby"))
    eventual = call.advanced and call.query.get("$count", "").lower() == "true"
    if search:
        rows = _searched(call, listing, rows, search)
    if filter_text:
        compiled = compile_filter(filter_text, listing.filterable, listing.get)
        if listing.advanced and not eventual and (compiled.used & ADVANCED or order):
            raise Refused(
                400,
                "Request_UnsupportedQuery",
                "Operator or combination is only supported with the ConsistencyLevel header and $count=true.",
            )
        if compiled.equal and compiled.equal[0] in listing.by_key and not search:
            found = listing.by_key[compiled.equal[0]](call, str(compiled.equal[1]))
            rows = [row for row in rows if row is found]
        else:
            rows = [row for row in rows if compiled.test(row)]
    return _ordered(listing, rows, order) if order else rows


def _ordered(listing: Listing, rows: Sequence[Any], order: str) -> Sequence[Any]:
    name, _, direction = order.strip().partition(" ")
    if name not in listing.orderable or direction.strip() not in ("", "asc", "desc"):
        raise Refused(400, "Request_UnsupportedQuery", f"Sorting by '{name}' is not supported.")
    if listing.presorted:
        return rows
    key = listing.get
    return sorted(rows, key=lambda row: str(key(row, name) or "").lower(), reverse=direction.strip() == "desc")


def _searched(call: Call, listing: Listing, rows: Iterable[Any], search: str) -> list[Any]:
    """$search="displayName:word": each word must begin a word of the property; needs the advanced header."""
    if not call.advanced:
        raise Refused(
            400,
            "Request_UnsupportedQuery",
            "Request with $search query parameter only works through MSGraph with a special request header: "
            "'ConsistencyLevel: eventual'",
        )
    found = re.fullmatch(r'"(?P<name>\w+):(?P<text>[^"]*)"', search.strip())
    if found is None or found["name"] not in listing.searchable:
        raise Refused(400, "Request_BadRequest", 'Syntax error: $search must be "property:text".')
    words = found["text"].lower().split()

    def fits(row: Any) -> bool:
        there = re.split(r"[\s\W_]+", str(listing.get(row, found["name"]) or "").lower())
        return all(any(word.startswith(each) for word in there) for each in words)

    return [row for row in rows if fits(row)]


def _size(call: Call, listing: Listing, total: int) -> int:
    text = call.query.get("$top", str(listing.default_top))
    if not text.isascii() or not text.isdigit() or int(text) < 1 or int(text) > listing.most:
        raise Refused(400, "Request_BadRequest", f"Invalid page size specified: '{text}'. Must be between 1 and 999.")
    size = int(text)
    if call.tenant.chaos.calm:
        return size
    return min(size, max(3, total // 7))  # a client that does not follow nextLink is found out


def _kept(call: Call) -> dict[str, str]:
    return {key: value for key, value in call.query.items() if key != "$skiptoken"}


def _seal(call: Call, text: str) -> str:
    about = json.dumps([call.tenant.id, call.path.lower(), sorted(_kept(call).items()), text])
    return hashlib.sha256(about.encode()).hexdigest()[:16]


def _token(call: Call, position: int) -> str:
    text = str(position)
    return base64.urlsafe_b64encode(f"{text}.{_seal(call, text)}".encode()).decode()


def _position(call: Call) -> int:
    """Where the page begins. Raises Refused when the token was made for another query: nextLink is opaque."""
    token = call.query.get("$skiptoken")
    if token is None:
        return 0
    try:
        text, _, seal = base64.urlsafe_b64decode(token).decode().partition(".")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        text = seal = ""
    if not text.isdigit() or not hmac.compare_digest(seal, _seal(call, text)):
        raise Refused(400, "Directory_ExpiredPageToken", "The specified page token value has expired or is invalid.")
    return int(text)
