"""Whether an ID token is to be believed (OpenID Connect Core 3.1.3.7; Entra documentation, "Claims validation").

msal does not check signature, audience, issuer or time of an ID token; this does. Only RS256, only Microsoft's keys.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jwt

from ..errors import IdTokenRejected
from .clouds import Cloud

LEEWAY = 300  # seconds, for clocks that differ
PERSONAL_ACCOUNTS = "9188040d-6c67-4c5b-b112-36a304b66dad"  # the tenant of private Microsoft accounts
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_REQUIRED = ["exp", "iat", "aud", "iss", "tid", "oid", "nonce"]


@dataclass(frozen=True)
class Identity:
    """Who signed in. Only tenant and object id identify; names are for showing, `wids` for a hint."""

    tenant_id: str
    object_id: str
    name: str = ""
    user_name: str = ""
    wids: tuple[str, ...] = ()


def believe(
    token: str,
    *,
    client_id: str,
    cloud: Cloud,
    nonce_matches: Callable[[str], bool],
    key_of: Callable[[str], Any | None],
) -> Identity:
    """The identity in `token`. Raises `IdTokenRejected`, and what `key_of` raises when no keys can be had."""
    claims = _decode(token, key_of(_kid(token)), client_id)
    tenant_id = _guid(claims, "tid")
    if not hmac.compare_digest(str(claims["iss"]).encode(), f"{cloud.login}/{claims['tid']}/v2.0".encode()):
        raise IdTokenRejected("issuer and tenant do not match")
    if tenant_id == PERSONAL_ACCOUNTS:
        raise IdTokenRejected("a personal account")
    if not nonce_matches(str(claims["nonce"])):
        raise IdTokenRejected("nonce does not match")
    wids = claims.get("wids")
    return Identity(
        tenant_id=tenant_id,
        object_id=_guid(claims, "oid"),
        name=_text(claims, "name"),
        user_name=_text(claims, "preferred_username") or _text(claims, "email"),
        wids=tuple(wid for wid in wids if isinstance(wid, str)) if isinstance(wids, list) else (),
    )


def _kid(token: str) -> str:
    try:
        header = jwt.get_unverified_header(token)
    except jwt.PyJWTError:
        header = {}
    if header.get("alg") != "RS256" or not header.get("kid"):
        raise IdTokenRejected("not an RS256 token with a key id" if header else "not a token")
    return str(header["kid"])


def _decode(token: str, key: Any | None, client_id: str) -> dict[str, Any]:
    if key is None:
        raise IdTokenRejected("signed by an unknown key")
    try:
        claims: dict[str, Any] = jwt.decode(
            token, key, algorithms=["RS256"], audience=client_id, leeway=LEEWAY, options={"require": _REQUIRED}
        )
        return claims
    except jwt.PyJWTError as error:
        reason = type(error).__name__
    raise IdTokenRejected(reason)


def _guid(claims: dict[str, Any], name: str) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not _GUID.fullmatch(value):
        raise IdTokenRejected(f"{name} is not a GUID")
    return value.lower()


def _text(claims: dict[str, Any], name: str) -> str:
    value = claims.get(name)
    return value if isinstance(value, str) else ""
