"""The HTTP client that msal is given: bounded as for Graph, and outages told as `TryLater` before msal sees them.

msal would otherwise follow redirects, wait for ever, and write an unreadable answer into its log.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import requests

from .. import errors
from ..http.decide import parsed
from ..http.paths import stays_at
from ..http.retry import retry_after
from ..http.wire import Answer, Lost, Why, exchange, harden
from . import aadsts

CAP = 1024 * 1024


def _not_debug(record: logging.LogRecord) -> bool:
    return record.levelno > logging.DEBUG


# there msal writes authorization codes, PKCE verifiers and whatever else an answer holds
logging.getLogger("msal.token_cache").addFilter(_not_debug)


class Reply:
    """What msal reads of a response."""

    def __init__(self, answer: Answer) -> None:
        self.status_code, self.headers = answer.status, dict(answer.headers)
        self.text = answer.body.decode("utf-8", "replace")

    def raise_for_status(self) -> None:
        """Nothing: `LoginHttp` has raised already."""


class LoginHttp:
    """GET and POST at `origin` and nowhere else. Raises `Unavailable`, `Throttled`, `HostRefused` or `Rejected`."""

    def __init__(self, session: requests.Session, origin: str, *, refusals: bool = False) -> None:
        """With `refusals`, a token request that is refused raises what the refusal means, instead of reaching msal."""
        self._session, self._origin, self._refusals = harden(session), origin, refusals

    def get(self, url: str, params: Any = None, headers: Mapping[str, str] | None = None, **_: Any) -> Reply:
        """A discovery document; its 4xx are raised here, because msal would drop what they say."""
        answer = self._ask("GET", url, params=params, headers=headers)
        if answer.status >= 400:
            raise aadsts.error_of(_payload(answer), path=_path(url), status=answer.status, method="GET")
        return Reply(answer)

    def post(
        self, url: str, params: Any = None, data: Any = None, headers: Mapping[str, str] | None = None, **_: Any
    ) -> Reply:
        """A token request. msal hands a 4xx on as a dict, and would repeat it from memory for a minute."""
        answer = self._ask("POST", url, params=params, data=data, headers=headers)
        if answer.status >= 400 and self._refusals:
            raise aadsts.error_of(_payload(answer), path=_path(url), status=answer.status)
        return Reply(answer)

    def close(self) -> None:
        """Nothing: the session belongs to the caller."""

    def _ask(self, method: str, url: str, **kwargs: Any) -> Answer:
        if not stays_at(self._origin, url):
            raise errors.HostRefused("a discovery document leads to another host", method=method, path=_path(url))
        outcome = exchange(self._session, method, url, cap=CAP, **kwargs)
        return whole(outcome, method, url)


def whole(outcome: Answer | Lost, method: str, url: str) -> Answer:
    """The answer, if it is JSON of a 2xx or 4xx. Raises what it is otherwise."""
    about: dict[str, Any] = {"method": method, "path": _path(url)}
    if isinstance(outcome, Lost):
        if outcome.why is Why.TOO_LARGE:
            raise errors.TooLarge(outcome.why.value, **about)
        raise errors.Unavailable(outcome.why.value, **about)
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
        raise errors.Rejected("the login service refused without saying why", **about)
    return outcome


def _payload(answer: Answer) -> dict[str, Any]:
    value = parsed(answer.body)
    return value if isinstance(value, dict) else {}


def _path(url: str) -> str:
    return urlsplit(url).path
