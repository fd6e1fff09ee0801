"""validateCredentials: the test call that Entra makes, and how it reads the answer.

Facts: docs/graph-facts.md, "Connection test and secrets".
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus, urlencode

from . import schema as schemas
from .exchange import Answer, Send, Unreachable
from .sender import Sender, reaching
from .target import STATUS_NAMES, endpoint_of

if TYPE_CHECKING:
    from ..world import Tenant, World

_PREFIX = "SystemForCrossDomainIdentityManagement"


@dataclass(frozen=True)
class Refusal:
    """Why the test failed: Graph's error code, the inner code, and the message."""

    code: str
    inner_code: str
    message: str


def validate_credentials(
    world: World,
    tenant: Tenant,
    base_address: str,
    secret_token: str,
    schema: Mapping[str, Any] | None,
    *,
    send: Send | None = None,
) -> Refusal | None:
    """Search the target for what cannot exist, once for each matching attribute; None when all is well."""
    try:
        base, _strict = endpoint_of(base_address)
    except ValueError as problem:
        return _refusal("InvalidCredentials", str(problem))
    reach = reaching(tenant, send or Sender(world))
    for url in _searches(base, schema, tenant.reality.connection_test):
        headers = {"Authorization": f"Bearer {secret_token}", "Accept": "application/scim+json"}
        try:
            answer = reach("GET", url, headers)
        except Unreachable as problem:
            return _refusal("CredentialValidationUnavailable", f"{_SEEN} {problem} Resource: {url}")
        found = _judge(answer, url)
        if found is not None:
            return found
    return None


def _searches(base: str, schema: Mapping[str, Any] | None, asked: str) -> Iterator[str]:
    """The addresses of the searches; `asked` as in Reality.connection_test."""
    for attribute in _matching(schema, "User") or ["userName"]:
        yield _search(f"{base}/Users", attribute)
    mapped = schemas.object_mapping(schema, "Group") if schema else None
    on = mapped is None or bool(mapped.get("enabled"))
    if asked == "groups_too" or (asked == "mapped_groups" and on):
        for attribute in _matching(schema, "Group") or ["displayName"]:
            yield _search(f"{base}/Groups", attribute)


def _search(where: str, attribute: str) -> str:
    query = {"filter": f'{attribute} eq "{uuid.uuid4()}"'}
    return f"{where}?{urlencode(query, quote_via=quote_plus)}"


_SEEN = "We received this unexpected response from your application:"


def _matching(schema: Mapping[str, Any] | None, source: str) -> list[str]:
    """Target names of the matching attributes of users or groups, the first priority first."""
    mapping = schemas.object_mapping(schema, source) if schema else None
    found = [
        (int(each.get("matchingPriority") or 0), str(each.get("targetAttributeName")))
        for each in (mapping or {}).get("attributeMappings") or []
        if int(each.get("matchingPriority") or 0) > 0
    ]
    return [name for _priority, name in sorted(found)]


def _judge(answer: Answer, url: str) -> Refusal | None:
    name = STATUS_NAMES.get(answer.status, str(answer.status))
    message = (
        f"{_SEEN} Received response from Web resource. Resource: {url} Operation: GET "
        f"Response Status Code: {name} Response Content: {answer.body.decode('utf-8', 'replace')[:500]}"
    )
    if answer.status in (400, 401, 403):
        return _refusal("CredentialValidationFailure", message)
    if answer.status == 404 and "/Groups?" in url:
        return _refusal("ServiceIncompatible", f"{NOT_FOUND} {message}")
    if answer.status != 200:
        return _refusal("CredentialValidationUnavailable", message)
    try:
        body = json.loads(answer.body)
    except ValueError:
        return _refusal("CredentialValidationUnavailable", message)
    if not isinstance(body, dict) or not isinstance(body.get("totalResults"), int):
        return _refusal("ServiceIncompatible", message)
    return None


NOT_FOUND = (
    "An HTTP/404 Not Found response was returned rather than the expected HTTP/200 OK response."
    " To address this issue, ensure that the tenant URL is correct."
)


def _refusal(inner: str, message: str) -> Refusal:
    return Refusal("CredentialValidationUnavailable", f"{_PREFIX}{inner}", message)
