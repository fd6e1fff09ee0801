"""What Entra sends although RFC 7643 has no room for it, put as the RFC wants it on its way to a strict server.

Without this the server refuses every group and, in the default dialect, every manager, and judges nothing else of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import requests
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from devtools.stack import ports

MARK = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"
"""Among the `schemas` of a new group, with no attribute of it (documented: Develop a SCIM endpoint, "Create Group")."""
MANAGER = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager"
"""Its value in a PATCH is a bare id (recorded: Captain-P-Goldfish/SCIM-SDK#541); `manager` is complex."""
_KEPT = ("Authorization", "Accept", "Content-Type")


@dataclass
class Relay:
    """`put_right`: (room, what) for each request that was not the RFC's."""

    target: str
    url: str = ""
    put_right: set[tuple[str, str]] = field(default_factory=set)

    def pass_on(self, request: Request) -> Response:
        """The target's answer to the request."""
        body = request.get_data()
        if body:
            body = json.dumps(self._as_the_rfc_wants(request.path.split("/")[1], json.loads(body))).encode()
        answer = requests.request(
            request.method,
            f"{self.target}{request.full_path.rstrip('?')}",
            data=body,
            headers={name: request.headers[name] for name in _KEPT if name in request.headers},
            timeout=30,
        )
        return Response(answer.content, answer.status_code, content_type=answer.headers.get("Content-Type"))

    def _as_the_rfc_wants(self, room: str, body: dict[str, Any]) -> dict[str, Any]:
        if MARK in body["schemas"]:
            body["schemas"].remove(MARK)
            self.put_right.add((room, MARK))
        for operation in body.get("Operations", []):
            if operation.get("path") == MANAGER and isinstance(operation.get("value"), str):
                operation["value"] = {"value": operation["value"]}
                self.put_right.add((room, MANAGER))
        return body


@contextmanager
def relaying(target: str) -> Iterator[Relay]:
    """Run one before the target, given as its URL."""
    relay = Relay(target)
    with HTTPServer(host=ports.HOST) as server:
        server.expect_request(re.compile(".*")).respond_with_handler(relay.pass_on)
        relay.url = server.url_for("").rstrip("/")
        yield relay
