"""validateCredentials: the test call that Entra makes, and how it reads the answer.

Facts: docs/graph-facts.md, "Connection test and secrets".
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

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
    """Search the target for a user that cannot exist, once for each matching attribute; None when all is well."""
    try:
        base, _strict = endpoint_of(base_address)
    except ValueError as problem:
        return _refusal("InvalidCredentials", str(problem))
    reach = reaching(tenant, send or Sender(world))
    for attribute in _matching(schema):
        query = urlencode({"filter": f'{attribute} eq "{uuid.uuid4()}"'}, quote_via=quote)
        url = f"{base}/Users?{query}"
        headers = {"Authorization": f"Bearer {secret_token}", "Accept": "application/scim+json"}
        try:
            answer = reach("GET", url, headers)
        except Unreachable as problem:
            return _refusal("CredentialValidationUnavailable", f"{_SEEN} {problem} Resource: {url}")
        found = _judge(answer, url)
        if found is not None:
            return found
    return None


_SEEN = "We received this unexpected response from your application:"


def _matching(schema: Mapping[str, Any] | None) -> list[str]:
    """Target names of the user's matching attributes, the first priority first."""
    mapping = schemas.object_mapping(schema, "User") if schema else None
    found = [
        (int(each.get("matchingPriority") or 0), str(each.get("targetAttributeName")))
        for each in (mapping or {}).get("attributeMappings") or []
        if int(each.get("matchingPriority") or 0) > 0
    ]
    return [name for _priority, name in sorted(found)] or ["userName"]


def _judge(answer: Answer, url: str) -> Refusal | None:
    name = STATUS_NAMES.get(answer.status, str(answer.status))
    message = (
        f"{_SEEN} Received response from Web resource. Resource: {url} Operation: GET "
        f"Response Status Code: {name} Response Content: {answer.body.decode('utf-8', 'replace')[:500]}"
    )
    if answer.status in (400, 401, 403):
        return _refusal("CredentialValidationFailure", message)
    if answer.status != 200:
        return _refusal("CredentialValidationUnavailable", message)
    try:
        body = json.loads(answer.body)
    except ValueError:
        return _refusal("CredentialValidationUnavailable", message)
    if not isinstance(body, dict) or not isinstance(body.get("totalResults"), int):
        return _refusal("ServiceIncompatible", message)
    return None


def _refusal(inner: str, message: str) -> Refusal:
    return Refusal("CredentialValidationUnavailable", f"{_PREFIX}{inner}", message)
