"""One HTTP exchange with bounds: no redirect, no environment, time-outs, a cap on the body. Never raises.

What comes back is an `Answer` or a `Lost`; what that means is decided elsewhere.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from http.cookiejar import DefaultCookiePolicy
from typing import Any, cast

import requests
import urllib3
from urllib3.exceptions import MaxRetryError, NewConnectionError

CAP = 20 * 1024 * 1024  # bytes, after decompression
CONNECT, READ = 5.0, 30.0  # seconds
_CHUNK = 64 * 1024


class Why(Enum):
    """How an answer was lost."""

    NOT_SENT = "no connection"
    TIMED_OUT = "timed out"
    BROKEN = "connection broken"
    TOO_LARGE = "answer too large"


@dataclass(frozen=True)
class Answer:
    """A whole answer; header names in lower case."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class Lost:
    """No whole answer. `why` NOT_SENT means that no byte of the request left."""

    why: Why


def harden(session: requests.Session) -> requests.Session:
    """Take proxies, netrc and CA bundles of the environment, and all cookies, out of the session."""
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return session


def exchange(
    session: requests.Session,
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    params: Mapping[str, str] | None = None,
    data: Any = None,
    json: Any = None,
    read_timeout: float = READ,
    within: float | None = None,
    cap: int = CAP,
    clock: Callable[[], float] = time.monotonic,
) -> Answer | Lost:
    """Send once, follow nothing. Connecting, waiting and reading together take `within` seconds, by default CONNECT +
    `read_timeout`, or the answer counts as lost."""
    total = CONNECT + read_timeout if within is None else within
    deadline = clock() + total
    try:
        with session.request(
            method,
            url,
            headers=dict(headers or {}),
            params=params,
            data=data,
            json=json,
            timeout=(min(CONNECT, total), min(read_timeout, total)),
            verify=session.verify if isinstance(session.verify, str) else True,  # a bundle of one's own, but never off
            allow_redirects=False,
            stream=True,
        ) as response:
            body = _read(cast(urllib3.HTTPResponse, response.raw), cap, deadline, clock)
            if isinstance(body, Why):
                return Lost(body)
            return Answer(response.status_code, {k.lower(): v for k, v in response.headers.items()}, body)
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        return Lost(_why(error))


def _read(raw: urllib3.HTTPResponse, cap: int, deadline: float, clock: Callable[[], float]) -> bytes | Why:
    """`read1` hands out what has arrived, so that a dripping body meets the deadline, and a stuck one no later."""
    parts: list[bytes] = []
    size = 0
    while True:
        left = deadline - clock()
        if left <= 0:
            return Why.TIMED_OUT
        _wait_no_longer(raw, left)
        chunk = raw.read1(_CHUNK, decode_content=True)
        if not chunk:
            return b"".join(parts)
        size += len(chunk)
        if size > cap:
            return Why.TOO_LARGE
        parts.append(chunk)


def _wait_no_longer(raw: urllib3.HTTPResponse, seconds: float) -> None:
    """Shorten the next read; urllib3 sets the socket's time-out anew when it uses the connection again."""
    sock = getattr(raw.connection, "sock", None)  # None once the far side has said that it closes
    if sock is not None:
        sock.settimeout(min(seconds, sock.gettimeout() or seconds))


def _why(error: Exception) -> Why:
    if isinstance(error, requests.ConnectTimeout | requests.exceptions.ProxyError):
        return Why.NOT_SENT
    if isinstance(error, requests.Timeout | urllib3.exceptions.TimeoutError | TimeoutError):
        return Why.TIMED_OUT
    if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.InvalidSchema):
        return Why.NOT_SENT
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else None
    if isinstance(reason, NewConnectionError) or _untrusted(reason):
        return Why.NOT_SENT
    return Why.BROKEN


def _untrusted(reason: Exception | None) -> bool:
    """A certificate was refused, so nothing was sent. Other faults of TLS may come after the request."""
    inner = reason.args[0] if isinstance(reason, urllib3.exceptions.SSLError) and reason.args else None
    return isinstance(inner, ssl.SSLCertVerificationError)
