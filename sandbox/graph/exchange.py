"""A Graph call and its answer, apart from HTTP: $batch makes calls too.

request-id and date stand on every answer; errors have one envelope: https://learn.microsoft.com/graph/errors
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl, quote

from ..world import ServicePrincipal, Tenant, World

ROOT = "/v1.0"
ROOTS = (ROOT, "/beta")
"""The versions. What version 1.0 has is in the other one too, in the same shape; it has no more here."""


@dataclass(frozen=True)
class Caller:
    """An application in one tenant. `user_id` is set when a person is behind it (delegated)."""

    tenant: Tenant
    client_id: str
    service_principal_id: str
    roles: frozenset[str]
    user_id: str = ""


@dataclass
class Call:
    """One request. `origin` is scheme and host that the client used; header names are in lower case."""

    world: World
    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: bytes = b""
    origin: str = "https://graph.microsoft.com"
    parts: dict[str, str] = field(default_factory=dict)
    template: str = ""
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    root: str = ROOT
    """Below which version it was asked for."""
    batched: bool = False
    dispatch: Callable[[Call], Answer] | None = None
    """Answers another call, for $batch."""
    caller_: Caller | None = None
    json_: Any = None

    @property
    def caller(self) -> Caller:
        """Who asks; only after the token was checked."""
        assert self.caller_ is not None
        return self.caller_

    @property
    def tenant(self) -> Tenant:
        """The token's tenant: the only one that this call can see."""
        return self.caller.tenant

    @property
    def advanced(self) -> bool:
        """Whether it asks for advanced queries (docs/graph-facts.md, "Paging and batch")."""
        return self.headers.get("consistencylevel", "").lower() == "eventual"

    def json(self) -> Any:
        """The body. Raises Refused when it is no JSON, as Graph does (400 BadRequest)."""
        if self.json_ is None and self.body.strip():
            try:
                self.json_ = json.loads(self.body)
            except ValueError as error:
                raise Refused(400, "BadRequest", "Unable to read JSON request payload.") from error
        return self.json_

    def link(self, query: Mapping[str, str]) -> str:
        """An address of the same collection with another query, on the host that the client used."""
        text = "&".join(f"{quote(key, safe='$')}={quote(value, safe='')}" for key, value in query.items())
        return f"{self.origin}{self.root}{self.path}?{text}"


@dataclass
class Answer:
    """What goes back: a JSON object, a text, or nothing."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    code: str = ""
    """The error code, for the journal."""
    deviates: bool = False
    """A switch made it differ from the OpenAPI document on purpose."""
    html: bool = False
    """A page, where JSON is expected."""

    def raw(self) -> bytes:
        """The body as bytes."""
        if self.body is None:
            return b""
        if isinstance(self.body, str):
            return self.body.encode("utf-8" if self.html else "utf-8-sig")  # $count may begin with a byte order mark
        return json.dumps(self.body, ensure_ascii=False, separators=(",", ":")).encode()

    @property
    def content_type(self) -> str:
        """The Content-Type that Graph declares."""
        if isinstance(self.body, str):
            return "text/html" if self.html else "text/plain"
        return "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8"


class Refused(Exception):
    """Ends a call with Graph's error envelope."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str = "",
        *,
        inner: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{status} {code} {message}")
        self.status, self.code, self.message = status, code, message
        self.inner, self.headers = dict(inner or {}), dict(headers or {})

    def answer(self, call: Call) -> Answer:
        """The answer with the error's envelope."""
        client_id = call.headers.get("client-request-id", call.request_id)
        inner = {
            **self.inner,
            "date": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S"),
            "request-id": call.request_id,
            "client-request-id": client_id,
        }
        body = {"error": {"code": self.code, "message": self.message, "innerError": inner}}
        return Answer(self.status, body, self.headers, code=self.code)


def not_found(resource: str) -> Refused:
    """A refusal with 404, as the directory answers."""
    return Refused(
        404,
        "Request_ResourceNotFound",
        f"Resource '{resource}' does not exist or one of its queried reference-property objects are not present.",
    )


def no_route(call: Call) -> Refused:
    """404 for a verb or path that the service does not have, such as PATCH on the schema."""
    where = f"{call.origin}{call.root}{call.path}"
    if "/synchronization/" in call.path:
        return Refused(404, "UnknownError", f"No HTTP resource was found that matches the request URI '{where}'.")
    return Refused(400, "BadRequest", f"Resource not found for the segment '{call.path.rsplit('/', 1)[-1]}'.")


def common_headers(call: Call) -> dict[str, str]:
    """The headers that every answer has."""
    return {
        "request-id": call.request_id,
        "client-request-id": call.headers.get("client-request-id", call.request_id),
        "Date": format_datetime(datetime.now(UTC), usegmt=True),
        "OData-Version": "4.0",
        "Cache-Control": "no-cache",
    }


def parse_query(text: str) -> dict[str, str]:
    """The query string's parameters; the last of two wins."""
    return dict(parse_qsl(text, keep_blank_values=True))


def context(call: Call, what: str) -> str:
    """The value of @odata.context."""
    return f"{call.origin}{call.root}/$metadata#{what}"


def service_principal(call: Call, key: str = "servicePrincipal-id") -> ServicePrincipal:
    """The one in the path, if it can be read yet. Raises Refused (404)."""
    wanted = call.parts[key]
    found = call.tenant.service_principals.get(wanted.lower())
    if found is None or (found.readable_at and found.readable_at > call.world.clock.now()):
        raise not_found(wanted)
    return found
