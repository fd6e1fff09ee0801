"""App-only tokens of one tenant, asked for by msal: kept in memory, one token request at a time."""

from __future__ import annotations

import base64
import copy
import json
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import msal
import requests
from msal.exceptions import MsalError

from .. import errors
from ..errors import GraphError, TryLater
from . import aadsts
from .clouds import GLOBAL, Cloud
from .credentials import Credential, GraphErrorThroughMsal
from .discovery import Discoveries
from .login import LoginHttp, MsalResponse

_TENANT = re.compile(r"[0-9a-z][0-9a-z.-]{1,251}[0-9a-z]", re.IGNORECASE)
SPARED_SECONDS = 300.0  # so long before its end a token is no longer used: a call, and clocks that differ
RETRY_REFRESH_SECONDS = 60.0  # between two tries to replace a token that is still good
MULTI_TENANT_AUTHORITIES = frozenset({"common", "organizations", "consumers"})


def single_tenant(tenant_id: str) -> str:
    """`tenant_id`, where it can be the id or domain of exactly one tenant. Raises ValueError otherwise."""
    if tenant_id.lower() in MULTI_TENANT_AUTHORITIES or not _TENANT.fullmatch(tenant_id):
        raise ValueError("an app-only token needs the id of exactly one tenant")
    return tenant_id


def msal_app(tenant: str, client_id: str, credential: Credential, http: Any, cloud: Cloud) -> Any:
    """msal's confidential client for `tenant`: one GET of the tenant's discovery document. Raises a `GraphError`."""
    if not _TENANT.fullmatch(tenant):
        raise ValueError("not the id or domain of a tenant")
    fault: GraphError
    try:
        return msal.ConfidentialClientApplication(
            client_id,
            client_credential=credential.for_msal(),
            authority=cloud.authority(tenant),
            http_client=http,
            instance_discovery=False,  # the hosts are ours to choose: a fixed list, no look-up
            exclude_scopes=["offline_access"],
        )
    except GraphErrorThroughMsal as wrapped:
        fault = wrapped.fault
    except requests.RequestException:
        fault = errors.Unavailable("the login service was not reached", path=f"/{tenant}")
    except (MsalError, KeyError):
        fault = errors.Unavailable("the login service did not answer properly", path=f"/{tenant}")
    except (ValueError, TypeError):
        fault = errors.OurCredentialRefused("our own key or certificate cannot be used")
    raise fault


def roles_named_in(token: str) -> frozenset[str] | None:
    """The application permissions that an app-only token names, None where it cannot be read.

    A hint only: a client of Graph must not depend on what is inside (docs/graph-facts.md, "Login").
    """
    try:
        body = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (IndexError, ValueError):
        return None
    if not isinstance(claims, dict):
        return None
    roles = claims.get("roles", [])
    return frozenset(str(role) for role in roles) if isinstance(roles, list) else None


@dataclass(frozen=True, slots=True)
class _KeptToken:
    """A token, until when it is given out unasked, and until when it is given out where no new one can be had."""

    text: str = field(repr=False)
    fresh_until: float
    good_until: float


_NO_TOKEN = _KeptToken("", 0.0, 0.0)


class ClientCredentials:
    """App-only tokens of one tenant. msal asks for them; kept is the token alone, because msal's own application and
    cache take ten times the memory. Thread-safe.
    """

    def __init__(
        self,
        tenant_id: str,
        client_id: str,
        credential: Credential,
        session: requests.Session,
        cloud: Cloud = GLOBAL,
        *,
        discoveries: Discoveries | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._tenant_id, self._client_id = single_tenant(tenant_id), client_id
        self._credential, self._session, self._cloud = credential, session, cloud
        self._discoveries = Discoveries() if discoveries is None else discoveries
        self._clock = clock
        self._lock = threading.Lock()
        self._kept = _NO_TOKEN
        self._claims: str | None = None
        self._last_token_hash = 0  # of the token that was returned last
        self._failures = 0
        self._fault: GraphError | None = None

    def __repr__(self) -> str:
        return f"ClientCredentials({self._tenant_id!r})"

    def token(self) -> str:
        """A token, from memory until five minutes before it expires, or until Entra wants it refreshed.

        A token that is still good is used while a new one cannot be had. Raises a `GraphError`; a thread that waited
        while another thread's request failed gets the same error and sends no request.
        """
        seen, token = self._failures, ""
        with self._lock:
            if self._claims is None and self._clock() < self._kept.fresh_until:
                return self._kept.text
            fault = copy.copy(self._fault) if self._failures != seen else None
            if fault is None:
                token, fault = self._request_token()
        if fault is not None:
            raise fault
        return token

    def drop(self, *, refused: str | None = None, claims: str | None = None) -> None:
        """Forget the kept token, unless it is another one than `refused`; nothing is sent."""
        with self._lock:
            if refused is not None and hash(refused) != self._last_token_hash:
                return
            self._kept = _NO_TOKEN
            if claims is not None:
                self._claims = claims

    @property
    def _path(self) -> str:
        return f"/{self._tenant_id}/oauth2/v2.0/token"

    def _request_token(self) -> tuple[str, GraphError | None]:
        fault: GraphError | None = None
        try:
            self._kept = _kept_of(self._acquire(), self._clock())
        except GraphError as error:
            fault = error
            if self._clock() < self._kept.good_until:
                self._kept = replace(self._kept, fresh_until=self._clock() + RETRY_REFRESH_SECONDS)
                return self._kept.text, None
        self._fault = copy.copy(fault)  # a copy has no traceback, which would keep frames alive
        if fault is None:
            self._last_token_hash = hash(self._kept.text)
        else:
            self._failures += 1
        if not isinstance(fault, TryLater):
            self._claims = None  # the claims are satisfied, or refused for good
        return self._kept.text, fault

    def _acquire(self) -> dict[str, Any]:
        """msal's answer with a token in it."""
        http = _MsalHttp(LoginHttp(self._session, self._cloud.login, refusals=True, discoveries=self._discoveries))
        app = msal_app(self._tenant_id, self._client_id, self._credential, http, self._cloud)
        fault: GraphError
        try:
            result = app.acquire_token_for_client(scopes=[self._cloud.scope], claims_challenge=self._claims)
            token = result.get("access_token") if isinstance(result, dict) else None
            if isinstance(token, str) and token:
                return dict(result)
            fault = aadsts.error_of(result if isinstance(result, dict) else {}, path=self._path)
        except GraphErrorThroughMsal as wrapped:
            fault = wrapped.fault
        except requests.RequestException:
            fault = errors.Unavailable("the login service was not reached", method="POST", path=self._path)
        except MsalError:
            fault = errors.Unavailable("the login service did not answer properly", method="POST", path=self._path)
        except (ValueError, TypeError):
            fault = errors.OurCredentialRefused("our own key cannot sign", method="POST", path=self._path)
        raise fault


def _kept_of(result: Mapping[str, Any], now: float) -> _KeptToken:
    """The token in msal's answer, with the times that Entra gave it."""
    good_until = now + _seconds(result.get("expires_in")) - SPARED_SECONDS
    refresh_on = result.get("refresh_on")  # on the clock, of a token that Entra wants replaced before its end
    fresh_until = good_until if refresh_on is None else min(good_until, _seconds(refresh_on))
    return _KeptToken(str(result["access_token"]), fresh_until, good_until)


def _seconds(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return 0.0


class _MsalHttp:
    """`LoginHttp` for msal: raises errors as faults of the network, so that msal passes them on."""

    def __init__(self, http: LoginHttp) -> None:
        self._http = http

    def get(self, url: str, **kwargs: Any) -> MsalResponse:
        return self._ask("get", url, kwargs)

    def post(self, url: str, **kwargs: Any) -> MsalResponse:
        return self._ask("post", url, kwargs)

    def close(self) -> None:
        """Does nothing: the session belongs to the caller."""

    def _ask(self, verb: str, url: str, kwargs: Mapping[str, Any]) -> MsalResponse:
        try:
            reply: MsalResponse = getattr(self._http, verb)(url, **kwargs)
            return reply
        except GraphError as error:
            fault = error
        raise GraphErrorThroughMsal(fault)
