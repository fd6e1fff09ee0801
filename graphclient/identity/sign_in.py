"""OpenID Connect sign-in of a customer's admin, which proves person and tenant.

msal makes the round trip (state, nonce, PKCE S256, redeeming the code); `id_token` validates the ID token.
"""

from __future__ import annotations

import hashlib
import hmac
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import requests
from msal.exceptions import MsalError

from ..errors import GraphError, HostRefused, IdTokenRejected, SignInRefused, Unavailable
from ..http.envelope import parsed
from ..http.paths import stays_at
from .auth import msal_app
from .clouds import GLOBAL, Cloud
from .credentials import Credential, GraphErrorThroughMsal
from .discovery import Discoveries
from .id_token import Identity, validate_id_token
from .keys import KeySet
from .login import LoginHttp
from .tenants import discovery_url

MAX_KEY_SETS = 64
_FLOW = ("state", "nonce", "code_verifier", "redirect_uri", "scope", "tenant")
_MSAL_REFUSALS = (ValueError, RuntimeError, LookupError, TypeError, AttributeError)  # msal's ways to refuse an answer


@dataclass(frozen=True)
class Begun:
    """A sign-in that has begun: the address for the browser, and the JSON that the browser's session must keep until
    the callback (it holds the PKCE verifier).
    """

    url: str
    flow: dict[str, Any] = field(repr=False)


class SignIn:
    """Sign-ins at our application's registration. Thread-safe; keeps nothing about people."""

    def __init__(
        self,
        client_id: str,
        credential: Credential,
        session: requests.Session,
        cloud: Cloud = GLOBAL,
        *,
        discoveries: Discoveries | None = None,
    ) -> None:
        self._client_id, self._credential, self._session, self._cloud = client_id, credential, session, cloud
        self._http = LoginHttp(session, cloud.login, discoveries=discoveries)
        self._lock = threading.Lock()
        self._key_sets: OrderedDict[str, KeySet] = OrderedDict()

    def begin(self, authority_tenant: str, redirect_uri: str, state: str, login_hint: str | None = None) -> Begun:
        """Start at the sign-in page of `authority_tenant` (an id, or ``organizations``). Raises a `GraphError`."""
        app = self._app(authority_tenant)
        flow: dict[str, Any] = app.initiate_auth_code_flow(
            ["email"],
            redirect_uri=redirect_uri,
            state=state,
            prompt="select_account",
            login_hint=login_hint,
            response_mode="form_post",  # msal warns about any other; changed in the address below
        )
        flow["auth_uri"] = _in_query(flow["auth_uri"])
        flow["tenant"] = authority_tenant
        return Begun(flow["auth_uri"], flow)

    def finish(self, flow: dict[str, Any], params: dict[str, str]) -> Identity:
        """The identity that a callback proves. Raises `SignInRefused`, `IdTokenRejected`, or a `GraphError` on outage.

        The tenant is the one that signed the person in; the caller has to compare it with the expected one.
        """
        tenant = _checked(flow, params)
        if params.get("error"):
            raise SignInRefused(params["error"], params.get("error_description", ""), _correlation(params))
        app = self._app(tenant)
        result = _redeem(app, flow, params)
        token = result.get("id_token")
        if result.get("error") or not isinstance(token, str):
            raise SignInRefused(
                str(result.get("error") or "no_id_token"),
                str(result.get("error_description") or ""),
                _correlation(result),
            )
        keys = self._keys(tenant)
        nonce = _hashed(str(flow["nonce"]))
        return validate_id_token(
            token,
            client_id=self._client_id,
            cloud=self._cloud,
            nonce_matches=lambda claim: hmac.compare_digest(claim.encode(), nonce.encode()),
            key_of=keys.key,
        )

    def _app(self, tenant: str) -> Any:
        """A new msal application for each call, because the token cache of a kept one would hold people's tokens."""
        return msal_app(tenant, self._client_id, self._credential, self._http, self._cloud)

    def _keys(self, tenant: str) -> KeySet:
        """The keys that the tenant's discovery document names, on the cloud's own login host only."""
        with self._lock:
            known = self._key_sets.get(tenant)
        if known is not None:
            return known
        document = parsed(self._http.get(discovery_url(self._cloud, tenant)).text.encode())
        uri = str(document.get("jwks_uri") if isinstance(document, dict) else "")
        if not stays_at(self._cloud.login, uri):
            raise HostRefused("the keys are said to be on another host", method="GET", path=f"/{tenant}")
        with self._lock:
            made = self._key_sets.setdefault(tenant, KeySet(self._session, uri))
            while len(self._key_sets) > MAX_KEY_SETS:
                self._key_sets.popitem(last=False)
        return made


def _checked(flow: Mapping[str, Any], params: Mapping[str, str]) -> str:
    """The tenant of the flow. Raises `IdTokenRejected` where the callback does not belong to the flow."""
    expected, given = str(flow.get("state") or ""), str(params.get("state") or "")
    if not all(flow.get(name) for name in _FLOW):
        raise IdTokenRejected("the beginning of this sign-in is incomplete")
    if not hmac.compare_digest(expected.encode(), given.encode()):
        raise IdTokenRejected("state does not match")
    if not params.get("error") and not params.get("code"):
        raise IdTokenRejected("neither a code nor an error")
    return str(flow["tenant"])


def _redeem(app: Any, flow: Mapping[str, Any], params: Mapping[str, str]) -> dict[str, Any]:
    fault: Exception
    try:
        result = app.acquire_token_by_auth_code_flow(dict(flow), dict(params))
        return result if isinstance(result, dict) else {}
    except GraphErrorThroughMsal as wrapped:
        fault = wrapped.fault
    except requests.RequestException:
        fault = Unavailable("the login service was not reached", method="POST")
    except MsalError:
        fault = Unavailable("the login service did not answer properly", method="POST")
    except GraphError:
        raise
    except _MSAL_REFUSALS as error:
        fault = IdTokenRejected(f"unreadable answer ({type(error).__name__})")
    raise fault


def _hashed(nonce: str) -> str:
    """The nonce as msal sends it: msal keeps the nonce in the flow and puts its SHA-256 into the address."""
    return hashlib.sha256(nonce.encode("ascii")).hexdigest()


def _in_query(auth_uri: str) -> str:
    parts = urlsplit(auth_uri)
    query = [(key, value) for key, value in parse_qsl(parts.query) if key != "response_mode"]
    return urlunsplit(parts._replace(query=urlencode([*query, ("response_mode", "query")])))


def _correlation(answer: Mapping[str, Any]) -> str:
    return str(answer.get("correlation_id") or answer.get("trace_id") or "")
