"""App-only tokens of one tenant, by msal; and what our application signs with."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

import msal
import requests
from msal.exceptions import MsalError

from . import aadsts, errors
from .clouds import GLOBAL, Cloud
from .login import LoginHttp

_TENANT = re.compile(r"[0-9a-z][0-9a-z.-]{1,251}[0-9a-z]", re.IGNORECASE)
NOT_ONE_TENANT = frozenset({"common", "organizations", "consumers"})


class TokenSource(Protocol):
    """Where the transport gets its bearer token from."""

    def token(self) -> str:
        """A token that is good now. Raises a `GraphError`."""
        ...

    def drop(self) -> None:
        """Forget what is kept; the next token is a fresh one."""
        ...


class Credential(Protocol):
    """What our application proves itself with."""

    def for_msal(self) -> Any:
        """The form that msal takes as ``client_credential``."""
        ...


@dataclass(frozen=True)
class Certificate:
    """A private key and its certificate, both PEM. Signs PS256 with x5t#S256 and x5c."""

    private_key_pem: str = field(repr=False)
    certificate_pem: str = field(repr=False)

    def for_msal(self) -> dict[str, str]:
        """msal chooses PS256 when it is given no thumbprint."""
        return {"private_key": self.private_key_pem, "public_certificate": self.certificate_pem}


@dataclass(frozen=True)
class Secret:
    """A client secret; not for production."""

    text: str = field(repr=False)

    def for_msal(self) -> str:
        """The secret itself."""
        return self.text


@dataclass(frozen=True)
class Assertion:
    """A callable that returns a signed client assertion: a federated credential, or a key in a vault."""

    make: Callable[[], str] = field(repr=False)

    def for_msal(self) -> dict[str, Callable[[], str]]:
        """msal asks for a new one when it needs it."""
        return {"client_assertion": self.make}


def one_tenant(tenant_id: str) -> str:
    """`tenant_id`, if it can be the id or domain of exactly one tenant. Raises ValueError."""
    if tenant_id.lower() in NOT_ONE_TENANT or not _TENANT.fullmatch(tenant_id):
        raise ValueError("an app-only token needs the id of exactly one tenant")
    return tenant_id


def msal_app(
    tenant: str,
    client_id: str,
    credential: Credential,
    session: requests.Session,
    cloud: Cloud,
    *,
    refusals: bool = False,
) -> Any:
    """msal's confidential client for `tenant`: one GET of the tenant's discovery document. Raises a `GraphError`.

    `refusals`: whether refused token requests raise too, as `LoginHttp` says.
    """
    if not _TENANT.fullmatch(tenant):
        raise ValueError("not the id or domain of a tenant")
    fault: errors.GraphError
    try:
        return msal.ConfidentialClientApplication(
            client_id,
            client_credential=credential.for_msal(),
            authority=f"{cloud.login}/{tenant}",
            http_client=LoginHttp(session, cloud.login, refusals=refusals),
            instance_discovery=False,  # the hosts are ours to choose: a fixed list, no look-up
            exclude_scopes=["offline_access"],
        )
    except requests.RequestException:
        fault = errors.Unavailable("the login service was not reached", path=f"/{tenant}")
    except (MsalError, KeyError):
        fault = errors.Unavailable("the login service did not answer properly", path=f"/{tenant}")
    except (ValueError, TypeError):
        fault = errors.OurCredentialRefused("our own key or certificate cannot be used")
    raise fault


class ClientCredentials:
    """App-only tokens of one tenant: one msal application, made when first needed and kept; one flight at a time."""

    def __init__(
        self,
        tenant_id: str,
        client_id: str,
        credential: Credential,
        session: requests.Session,
        cloud: Cloud = GLOBAL,
    ) -> None:
        self._tenant_id, self._client_id = one_tenant(tenant_id), client_id
        self._credential, self._session, self._cloud = credential, session, cloud
        self._lock = threading.Lock()
        self._app: Any = None

    def __repr__(self) -> str:
        return f"ClientCredentials({self._tenant_id!r})"

    def token(self) -> str:
        """A token, from memory until five minutes before its end. Raises a `GraphError`."""
        with self._lock:
            app = self._app or self._make()
            result = self._acquire(app)
            token = result.get("access_token")
            if isinstance(token, str) and token:
                return token
        raise aadsts.error_of(result, path=self._path)

    def drop(self) -> None:
        """Forget the application and with it its tokens; nothing is sent."""
        with self._lock:
            self._app = None

    @property
    def _path(self) -> str:
        return f"/{self._tenant_id}/oauth2/v2.0/token"

    def _make(self) -> Any:
        self._app = msal_app(
            self._tenant_id, self._client_id, self._credential, self._session, self._cloud, refusals=True
        )
        return self._app

    def _acquire(self, app: Any) -> dict[str, Any]:
        fault: errors.GraphError
        try:
            result = app.acquire_token_for_client(scopes=[self._cloud.scope])
            return result if isinstance(result, dict) else {}
        except requests.RequestException:
            fault = errors.Unavailable("the login service was not reached", method="POST", path=self._path)
        except MsalError:
            fault = errors.Unavailable("the login service did not answer properly", method="POST", path=self._path)
        except ValueError:
            fault = errors.OurCredentialRefused("our own key cannot sign", method="POST", path=self._path)
        raise fault
