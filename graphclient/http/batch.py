"""Several calls in one request: writes the body of a batch and reads its answer. Pure.

Microsoft Graph, "Combine multiple HTTP requests using JSON batching" (docs/graph-facts.md, "Paging and batch").
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from .exchange import Answer

MAX_BATCH_REQUESTS = 20


def batch_body(urls: Sequence[str], headers: Sequence[Mapping[str, str]] = ()) -> dict[str, Any]:
    """The body of a batch of GETs, with the headers of each where there are any. Raises ValueError for more than
    twenty.
    """
    if len(urls) > MAX_BATCH_REQUESTS:
        raise ValueError("a batch holds twenty requests")
    given = [*headers, *({} for _url in urls[len(headers) :])]
    return {
        "requests": [
            {"id": str(number), "method": "GET", "url": url, **({"headers": dict(own)} if own else {})}
            for number, (url, own) in enumerate(zip(urls, given, strict=True))
        ]
    }


def batch_of_posts(path: str, bodies: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The body of a batch of POSTs to one path. Raises ValueError for more than twenty."""
    if len(bodies) > MAX_BATCH_REQUESTS:
        raise ValueError("a batch holds twenty requests")
    headers = {"Content-Type": "application/json"}
    return {
        "requests": [
            {"id": str(number), "method": "POST", "url": path, "headers": headers, "body": body}
            for number, body in enumerate(bodies)
        ]
    }


def answers_in_order(value: Mapping[str, Any], count: int) -> list[Answer]:
    """The answers in the order of the requests. A missing answer counts as an unreadable 200."""
    rows = value.get("responses")
    by_id = {str(row.get("id")): row for row in rows if isinstance(row, dict)} if isinstance(rows, list) else {}
    return [_answer(by_id.get(str(number))) for number in range(count)]


def _answer(row: Mapping[str, Any] | None) -> Answer:
    if row is None:
        return Answer(200)
    status, raw, body = row.get("status"), row.get("headers"), row.get("body")
    headers = {str(key).lower(): str(value) for key, value in raw.items()} if isinstance(raw, dict) else {}
    known = isinstance(status, int) and not isinstance(status, bool) and 100 <= status < 600
    return Answer(
        int(status) if known and isinstance(status, int) else 500,
        headers,
        b"" if body is None else json.dumps(body).encode(),
    )
