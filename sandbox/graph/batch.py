"""POST /$batch: up to 20 calls in one.

Facts: docs/graph-facts.md, "Paging and batch".
"""

from __future__ import annotations

import json
from typing import Any

from .exchange import Answer, Call, Refused, parse_query
from .permissions import NOTHING
from .routes import route

MOST = 20
APART = ("/synchronization", "/auditlogs")
"""In the addresses of services of their own, of which nobody says whether a batch reaches them."""
METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})


@route("POST", "/$batch", NOTHING, outside=True)
def batch(call: Call) -> Answer:
    """Outer 200; each item has its own status; a failed dependency gives 424."""
    body = call.json()
    rows = body.get("requests") if isinstance(body, dict) else None
    if not isinstance(rows, list) or not 1 <= len(rows) <= MOST:
        raise Refused(400, "BadRequest", f"Number of batch request steps must be between 1 and {MOST}.")
    if len({str(row.get("id")) for row in rows if isinstance(row, dict)}) != len(rows):
        raise Refused(400, "BadRequest", "Each request of a batch needs an id of its own.")
    if call.tenant.reality.batch_provisioning == "batch_refused" and any(_is_apart(row) for row in rows):
        raise Refused(400, "BadRequest", "A request of this batch is not supported in batches.")
    done: dict[str, dict[str, Any]] = {}
    for row in rows:
        done[str(row["id"])] = _item(call, row, done)
    answers = list(done.values())
    if not call.tenant.chaos.calm:
        call.world.random.shuffle(answers)  # the order is not promised
    return Answer(200, {"responses": answers})


def _item(call: Call, row: dict[str, Any], done: dict[str, dict[str, Any]]) -> dict[str, Any]:
    needs = [str(each) for each in row.get("dependsOn") or []]
    if any(each not in done or done[each]["status"] >= 400 for each in needs):
        error = {"code": "FailedDependency", "message": "A request that this one depends on has failed."}
        return {"id": str(row["id"]), "status": 424, "headers": {}, "body": {"error": error}}
    if call.tenant.reality.batch_provisioning == "item_refused" and _is_apart(row):
        refused = {"code": "BadRequest", "message": "This request is not supported in batches."}
        return {"id": str(row["id"]), "status": 400, "headers": {}, "body": {"error": refused}}
    assert call.dispatch is not None
    answer = call.dispatch(_single(call, row))
    headers = {"Content-Type": answer.content_type, **answer.headers} if answer.body is not None else answer.headers
    shown: dict[str, Any] = {"id": str(row["id"]), "status": answer.status, "headers": headers}
    return {**shown, "body": answer.body} if answer.body is not None else shown


def _is_apart(row: dict[str, Any]) -> bool:
    return any(part in str(row.get("url", "")).lower() for part in APART)


def _single(call: Call, row: dict[str, Any]) -> Call:
    method, url = str(row.get("method", "")).upper(), row.get("url")
    headers = {str(key).lower(): str(value) for key, value in (row.get("headers") or {}).items()}
    if method not in METHODS or not isinstance(url, str):
        raise Refused(400, "BadRequest", "Each request of a batch needs a method and a relative url.")
    if row.get("body") is not None and "content-type" not in headers:
        raise Refused(400, "BadRequest", "A request with a body needs the header Content-Type.")
    path, _, query = url.partition("?")
    path = _path(call, path)
    return Call(
        world=call.world,
        method=method,
        path=path,
        root=call.root,
        query=parse_query(query),
        headers={**headers, "authorization": call.headers.get("authorization", "")},
        body=json.dumps(row["body"]).encode() if row.get("body") is not None else b"",
        origin=call.origin,
        batched=True,
        dispatch=call.dispatch,
    )


def _path(call: Call, address: str) -> str:
    """The path below the version. What is no relative address is no path of Graph's then: the item fails, as with
    msgraph-sdk as it is.
    """
    taken = call.tenant.reality.batch_urls
    if taken == "absolute":
        address = address.removeprefix(call.origin)
    if taken != "relative" and address.startswith(call.root + "/"):
        address = address.removeprefix(call.root)
    return "/" + address.lstrip("/")
