"""Public facts about tenants: which tenant a domain belongs to, and where its admin consents.

Microsoft identity platform, "OpenID Connect on the Microsoft identity platform" and "Admin consent on the Microsoft
identity platform" (docs/graph-facts.md, "Login", "Consent").
"""

from __future__ import annotations

import re
from urllib.parse import urlencode

import requests

from ..errors import Unreadable
from ..http.envelope import parsed
from ..http.exchange import exchange, harden
from ..names import NotAName, ascii_name
from . import aadsts
from .clouds import Cloud
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


def resolve_tenant(session: requests.Session, cloud: Cloud, domain: str) -> str | None:
    """The id of the tenant that owns `domain`, or None when Microsoft knows no such domain (or it is none).

    Raises `TryLater` on outage, `Unreadable` when the metadata names another issuer than this cloud's.
    """
    name = plain_domain(domain)
    if name is None:
        return None
    url = discovery_url(cloud, name)
    answer = require_json(exchange(harden(session), "GET", url, max_bytes=MAX_LOGIN_BYTES), "GET", url)
    document = parsed(answer.body)
    if answer.status == 400:
        return None
    if answer.status > 400:
        raise aadsts.error_of(document, path=f"/{name}", status=answer.status, method="GET")
    issuer = re.fullmatch(rf"{re.escape(cloud.login)}/({_GUID})/v2\.0", str(document.get("issuer")), re.IGNORECASE)
    if issuer is None:
        raise Unreadable("the metadata names no tenant of this cloud", method="GET", path=f"/{name}")
    return issuer[1].lower()


def admin_consent_url(cloud: Cloud, tenant_id: str, client_id: str, redirect_uri: str, state: str) -> str:
    """Microsoft's consent page (v2) of exactly this tenant, for all permissions of our registration."""
    query = {"client_id": client_id, "scope": cloud.scope, "redirect_uri": redirect_uri, "state": state}
    return f"{cloud.authority(tenant_id)}/v2.0/adminconsent?{urlencode(query)}"
