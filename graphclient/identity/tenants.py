"""Public facts about tenants: which tenant a domain belongs to, and where its admin consents.

Microsoft identity platform, "OpenID Connect on the Microsoft identity platform" and "Admin consent on the Microsoft
identity platform" (docs/graph-facts.md, "Login", "Consent").
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

import requests

from ..errors import GraphError, OtherCloud, Unreadable
from ..http.envelope import parsed
from ..http.exchange import exchange, harden
from ..names import NotAName, ascii_name
from . import aadsts
from .clouds import GLOBAL, OTHER, Cloud, cloud_named_by
from .discovery import Discoveries
from .login import MAX_LOGIN_BYTES, require_json

_GUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def discovery_url(cloud: Cloud, tenant: str) -> str:
    """The OpenID Connect metadata of a tenant, by id or domain."""
    return f"{cloud.authority(tenant)}/v2.0/.well-known/openid-configuration"


def plain_domain(domain: str) -> str | None:
    """The domain as the DNS is asked for it (`names.ascii_name`), or None where it is no domain name."""
    try:
        return ascii_name(domain)
    except NotAName:
        return None


def resolve_tenant(
    session: requests.Session, cloud: Cloud, name: str, *, discoveries: Discoveries | None = None
) -> str | None:
    """The id of the tenant that `name`, a domain or a tenant id, belongs to; None where Microsoft knows no such tenant,
    or it is no name of one. Microsoft is asked in any case; `discoveries` keep its answer for the tenant's first token.

    Raises `OtherCloud` where the tenant lives in another cloud, `TryLater` on outage, `Unreadable` and other errors
    where the answer says neither.
    """
    name = name.strip().lower() if re.fullmatch(_GUID, name.strip(), re.IGNORECASE) else plain_domain(name) or ""
    if not name:
        return None
    url, path = discovery_url(cloud, name), f"/{name}"
    answer = require_json(exchange(harden(session), "GET", url, max_bytes=MAX_LOGIN_BYTES), "GET", url)
    document = parsed(answer.body)
    if answer.status >= 400:
        if aadsts.tells_no_tenant(document):
            return None
        raise _refused(document, path, answer.status)
    if cloud == GLOBAL and (named := cloud_named_by(document)) != GLOBAL.name:
        raise OtherCloud("the tenant lives in another cloud", cloud=named, method="GET", path=path)
    issuer = re.fullmatch(rf"{re.escape(cloud.login)}/({_GUID})/v2\.0", str(document.get("issuer")), re.IGNORECASE)
    if issuer is None:
        raise Unreadable("the metadata names no tenant of this cloud", method="GET", path=path)
    tenant_id = issuer[1].lower()
    if discoveries is not None:  # where all its addresses are the tenant's own, as those in the tenant's document
        discoveries.keep(discovery_url(cloud, tenant_id), answer, cloud.authority(tenant_id))
    return tenant_id


def _refused(document: dict[str, Any], path: str, status: int) -> GraphError:
    if aadsts.number_of(document) in aadsts.OTHER_CLOUD:
        return OtherCloud("the tenant lives in another cloud", cloud=OTHER, method="GET", path=path, status=status)
    return aadsts.error_of(document, path=path, status=status, method="GET")


def admin_consent_url(cloud: Cloud, tenant_id: str, client_id: str, redirect_uri: str, state: str) -> str:
    """Microsoft's consent page (v2) of exactly this tenant, for all permissions of our registration."""
    query = {"client_id": client_id, "scope": cloud.scope, "redirect_uri": redirect_uri, "state": state}
    return f"{cloud.authority(tenant_id)}/v2.0/adminconsent?{urlencode(query)}"
