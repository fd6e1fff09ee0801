"""GETs to one platform of Haiilo: the host that the record names, https, no redirect, bounds, and what answers mean.

The exchange itself (no proxy of the environment, no cookies, time-outs, a largest body) is graphclient's, as are the
pauses: ten seconds at most for all retries of a call, a longer wait belongs to the caller (`TryLater`).
"""

from __future__ import annotations

import logging
import random
import re
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import requests

from graphclient.errors import clean
from graphclient.http.envelope import described, parsed
from graphclient.http.exchange import CONNECT_SECONDS, READ_SECONDS, Answer, LossReason, Lost, exchange, harden
from graphclient.http.paths import stays_at
from graphclient.http.reroute import Reroutes
from graphclient.http.retry import Effect, pause_before_next, retry_after
from onboarding.domain.desired import SecretText
from onboarding.domain.hosts import ADDRESS_INSIDE, HOST, NOT_PUBLIC

from .errors import AddressRefused, Forbidden, HaiiloError, NotOffered, TokenRefused, TooLarge, TryLater, Unreadable
from .public_only import PublicOnly
from .reading import error_of

log = logging.getLogger(__name__)

MAX_BODY_BYTES = 8 * 1024 * 1024  # after decompression; two hundred accounts with every attribute take far less
HEADERS = {"Accept": "application/scim+json, application/json", "User-Agent": "haiilo-onboarding"}
_TOKEN = re.compile(r"[!-~]+")


def new_session(reroutes: Reroutes | None = None) -> requests.Session:
    """A session that reaches public addresses alone, and those that `reroutes` puts in their place (a sandbox)."""
    session = requests.Session()
    session.mount("https://", PublicOnly())
    (reroutes or Reroutes({})).mount(session)
    return session


class Transport:
    """Requests to `host` and no other; raises `AddressRefused` for what is no public name.

    `session`: of `new_session`, may be shared. `read_seconds`: how long one answer may take, connecting apart.
    """

    def __init__(
        self,
        host: str,
        session: requests.Session | None = None,
        *,
        read_seconds: float = READ_SECONDS,
        max_bytes: int = MAX_BODY_BYTES,
        clock: Callable[[], float] = time.time,
        timer: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        if not HOST.fullmatch(host) or NOT_PUBLIC.search(host) or ADDRESS_INSIDE.search(host):
            raise AddressRefused("the record's host is no public name")
        self.host, self.calls = host, 0
        self._session = harden(new_session() if session is None else session)
        self._read_seconds, self._max_bytes = read_seconds, max_bytes
        self._clock, self._timer, self._sleep, self._jitter = clock, timer, sleep, jitter

    def __repr__(self) -> str:
        return f"<Transport to {self.host}>"

    def check(self, url: str) -> None:
        """Raise `AddressRefused` for an address that is not below `https://host/`."""
        if not stays_at(f"https://{self.host}", url):
            raise AddressRefused("the address is not the record's")

    def get(
        self, url: str, token: SecretText, params: Mapping[str, str] | None = None, hidden: tuple[str, ...] = ()
    ) -> dict[str, Any]:
        """The JSON object of a 2xx answer. Raises a `HaiiloError`, whose text has neither the token nor `hidden`."""
        self.check(url)
        if not _TOKEN.fullmatch(token.reveal()):
            raise TokenRefused("the token has characters that no token has; it was not sent")
        outcome = self._send(url, token, params)
        log.debug("GET %s%s: %s", self.host, urlsplit(url).path, _in_short(outcome))
        return _value_of(outcome, self._clock(), (token.reveal(), *hidden))

    def _send(self, url: str, token: SecretText, params: Mapping[str, str] | None) -> Answer | Lost:
        began, attempt, paused = self._timer(), 0, 0.0
        total = CONNECT_SECONDS + self._read_seconds
        while True:
            attempt += 1
            outcome = self._once(url, token, params, within=max(total - (self._timer() - began), 1.0))
            waited = max(paused, self._timer() - began)
            pause = pause_before_next(
                Effect.NONE, attempt, outcome, waited=waited, now=self._clock(), jitter=self._jitter
            )
            if pause is None:
                return outcome
            paused += pause
            self._sleep(pause)

    def _once(self, url: str, token: SecretText, params: Mapping[str, str] | None, *, within: float) -> Answer | Lost:
        self.calls += 1
        return exchange(
            self._session,
            "GET",
            url,
            headers={**HEADERS, "Authorization": f"Bearer {token.reveal()}"},
            params=params,
            read_timeout=self._read_seconds,
            within=within,
            max_bytes=self._max_bytes,
        )


def _in_short(outcome: Answer | Lost) -> str:
    return str(outcome.status) if isinstance(outcome, Answer) else outcome.reason.value


def _value_of(outcome: Answer | Lost, now: float, hidden: tuple[str, ...]) -> dict[str, Any]:
    if isinstance(outcome, Lost):
        kind = TooLarge if outcome.reason is LossReason.TOO_LARGE else TryLater
        raise kind(outcome.reason.value)
    value = parsed(outcome.body)
    if 200 <= outcome.status < 300 and isinstance(value, dict) and error_of(value) is None:
        return value
    raise _error(outcome, value, now, hidden)


def _error(answer: Answer, value: Any, now: float, hidden: tuple[str, ...]) -> HaiiloError:
    """The error that an answer is. What is not in SCIM's form is believed for what its status alone tells."""
    told = error_of(value)
    detail, scim_type = told or ("", "")
    status, message = answer.status, clean(detail or described(answer.body), hidden)
    if 300 <= status < 400:
        return AddressRefused("the answer leads to another address", status=status)
    if (status >= 500 and status != 501) or status in (408, 429):
        return TryLater(message, status=status, scim_type=scim_type, retry_after=retry_after(answer, now))
    if status == 401 and (told or "www-authenticate" in answer.headers):
        return TokenRefused(message, status=status)
    if status < 300 or told is None:  # a firewall or a proxy says 401, 403 and 404 too, and Haiilo was never asked
        return Unreadable(message, status=status)
    return (Forbidden if status == 403 else NotOffered)(message, status=status, scim_type=scim_type)
