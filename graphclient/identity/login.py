"""The HTTP client that msal uses: with the bounds of requests to Graph, and raising `TryLater` for outages.

With a client of its own msal would follow redirects, wait for ever, and write an unreadable answer into its log.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import requests

from .. import errors
from ..http.envelope import parsed
from ..http.exchange import Answer, LossReason, Lost, exchange, harden
from ..http.paths import stays_at
from ..http.retry import retry_after
from . import aadsts
from .clouds import GLOBAL, cloud_named_by
from .discovery import Discoveries

MAX_LOGIN_BYTES = 1024 * 1024


def _not_debug(record: logging.LogRecord) -> bool:
    return record.levelno > logging.DEBUG


# msal logs authorization codes, PKCE verifiers and whatever else an answer holds at this level
logging.getLogger("msal.token_cache").addFilter(_not_debug)


class MsalResponse:
    """The attributes of a response that msal reads."""

    def __init__(self, answer: Answer) -> None:
        self.status_code, self.headers = answer.status, dict(answer.headers)
        self.text = answer.body.decode("utf-8", "replace")

    def raise_for_status(self) -> None:
        """Does nothing: `LoginHttp` has raised already."""


class LoginHttp:
    """GET and POST at `origin` only. Raises `Unavailable`, `Throttled`, `HostRefused` or `Rejected`."""

    def __init__(
        self,
        session: requests.Session,
        origin: str,
        *,
        refusals: bool = False,
        discoveries: Discoveries | None = None,
    ) -> None:
        """With `refusals`, `post` raises the error of a refused token request instead of handing it to msal.

        A discovery document that `discoveries` holds is not asked for.
        """
        self._session, self._origin, self._refusals = harden(session), origin, refusals
        self._discoveries = discoveries

    def get(self, url: str, params: Any = None, headers: Mapping[str, str] | None = None, **_: Any) -> MsalResponse:
        """A discovery document. Raises the error of a 4xx, whose content msal would drop."""
        known = self._discoveries.find(url) if self._discoveries is not None else None
        answer = known or self._ask("GET", url, params=params, headers=headers)
        if answer.status >= 400:
            raise aadsts.error_of(_payload(answer), path=_path(url), status=answer.status, method="GET")
        if self._origin == GLOBAL.login and (named := cloud_named_by(_payload(answer))) != GLOBAL.name:
            raise errors.OtherCloud("the tenant lives in another cloud", cloud=named, method="GET", path=_path(url))
        if self._discoveries is not None and known is None:
            self._discoveries.keep(url, answer, self._origin)
        return MsalResponse(answer)

    def post(
        self, url: str, params: Any = None, data: Any = None, headers: Mapping[str, str] | None = None, **_: Any
    ) -> MsalResponse:
        """The answer to a token request. msal returns a 4xx as a dict, and would repeat it from memory for a minute."""
        answer = self._ask("POST", url, params=params, data=data, headers=headers)
        if answer.status >= 400 and self._refusals:
            raise aadsts.error_of(_payload(answer), path=_path(url), status=answer.status)
        return MsalResponse(answer)

    def close(self) -> None:
        """Does nothing: the session belongs to the caller."""

    def _ask(self, method: str, url: str, **kwargs: Any) -> Answer:
        if not stays_at(self._origin, url):
            raise errors.HostRefused("a discovery document leads to another host", method=method, path=_path(url))
        outcome = exchange(self._session, method, url, max_bytes=MAX_LOGIN_BYTES, **kwargs)
        return require_json(outcome, method, url)


def require_json(outcome: Answer | Lost, method: str, url: str) -> Answer:
    """The answer, where it is a JSON object with a 2xx or 4xx. Raises the outcome's `GraphError` otherwise."""
    about: dict[str, Any] = {"method": method, "path": _path(url)}
    if isinstance(outcome, Lost):
        if outcome.reason is LossReason.TOO_LARGE:
            raise errors.TooLarge(outcome.reason.value, **about)
        raise errors.Unavailable(outcome.reason.value, **about)
    about["status"] = outcome.status
    wait = retry_after(outcome, time.time())
    if outcome.status == 429:
        raise errors.Throttled("the login service is busy", retry_after=wait, **about)
    if 300 <= outcome.status < 400:
        raise errors.HostRefused("the login service redirects", **about)
    readable = isinstance(parsed(outcome.body), dict)
    if outcome.status >= 500 or (outcome.status < 300 and not readable):
        raise errors.Unavailable("the login service did not answer properly", retry_after=wait, **about)
    if not readable:
        raise errors.Unreadable("the login service refused without saying why", **about)
    return outcome


def _payload(answer: Answer) -> dict[str, Any]:
    value = parsed(answer.body)
    return value if isinstance(value, dict) else {}


def _path(url: str) -> str:
    return urlsplit(url).path
