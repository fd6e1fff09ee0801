"""Validating ID tokens: signature, audience, issuer, time, tenant and nonce, none of which msal checks.

OpenID Connect Core 1.0, 3.1.3.7; Microsoft identity platform, "Secure applications and APIs by validating claims". Only
RS256 and only Microsoft's keys are accepted.
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

LEEWAY_SECONDS = 300  # because clocks differ
PERSONAL_ACCOUNTS = "9188040d-6c67-4c5b-b112-36a304b66dad"  # the tenant of private Microsoft accounts
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_REQUIRED = ["exp", "iat", "aud", "iss", "tid", "oid", "nonce"]


@dataclass(frozen=True)
class Identity:
    """The person who signed in. Only tenant id and object id identify; the names are for display, `wids` is a hint.

    `is_guest`: the token says that another tenant or provider authenticated them (claim ``idp``, Microsoft identity
    platform, "ID token claims reference").
    """

    tenant_id: str
    object_id: str
    name: str = ""
    user_name: str = ""
    wids: tuple[str, ...] = ()
    is_guest: bool = False


def validate_id_token(
    token: str,
    *,
    client_id: str,
    cloud: Cloud,
    nonce_matches: Callable[[str], bool],
    key_of: Callable[[str], Any | None],
) -> Identity:
    """The identity in `token`. Raises `IdTokenRejected`, and what `key_of` raises when no keys can be read."""
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
        is_guest=_text(claims, "idp") not in ("", str(claims["iss"])),
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
            token, key, algorithms=["RS256"], audience=client_id, leeway=LEEWAY_SECONDS, options={"require": _REQUIRED}
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
