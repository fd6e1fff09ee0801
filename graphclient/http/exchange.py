"""One HTTP exchange with bounds: no redirect, no proxy of the environment, time-outs, a largest body. Never raises.

An exchange ends as an `Answer` or as `Lost`; `interpret` says what either means.
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

MAX_BODY_BYTES = 20 * 1024 * 1024  # after decompression
CONNECT_SECONDS, READ_SECONDS = 5.0, 30.0
_CHUNK_BYTES = 64 * 1024


class LossReason(Enum):
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
    """No whole answer came. With the reason NOT_SENT no byte of the request has left this machine."""

    reason: LossReason


def harden(session: requests.Session) -> requests.Session:
    """Make the session ignore proxies, netrc and CA bundles of the environment, and keep no cookies; returns it."""
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
    read_timeout: float = READ_SECONDS,
    within: float | None = None,
    max_bytes: int = MAX_BODY_BYTES,
    clock: Callable[[], float] = time.monotonic,
) -> Answer | Lost:
    """Send one request once and follow no redirect.

    Connecting, waiting and reading together take `within` seconds at most (by default CONNECT_SECONDS +
    `read_timeout`); an answer that takes longer is lost.
    """
    total = CONNECT_SECONDS + read_timeout if within is None else within
    deadline = clock() + total
    try:
        request = _prepared(session, method, url, headers, params, data, json)
        with session.get_adapter(str(request.url)).send(  # below the session, which alone goes by redirects and cookies
            request,
            stream=True,
            timeout=(min(CONNECT_SECONDS, total), min(read_timeout, total)),
            verify=session.verify if isinstance(session.verify, str) else True,  # a bundle of one's own, but never off
            cert=session.cert,
            proxies=session.proxies,
        ) as response:
            body = _read(cast(urllib3.HTTPResponse, response.raw), max_bytes, deadline, clock)
            if isinstance(body, LossReason):
                return Lost(body)
            return Answer(response.status_code, {k.lower(): v for k, v in response.headers.items()}, body)
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        return Lost(_loss_reason(error))


def _prepared(
    session: requests.Session,
    method: str,
    url: str,
    headers: Mapping[str, str] | None,
    params: Mapping[str, str] | None,
    data: Any,
    json: Any,
) -> requests.PreparedRequest:
    """As the session prepares it, but for what a hardened one has none of: cookies, logins and hooks."""
    request = requests.PreparedRequest()
    request.prepare_method(method)
    request.prepare_url(url, params)
    request.prepare_headers({**session.headers, **(headers or {})})
    request.prepare_body(data, None, json)
    return request


def _read(raw: urllib3.HTTPResponse, max_bytes: int, deadline: float, clock: Callable[[], float]) -> bytes | LossReason:
    """The whole body, or why it is lost. `read1` returns what has arrived, so that a slow body meets the deadline."""
    parts: list[bytes] = []
    size = 0
    while True:
        left = deadline - clock()
        if left <= 0:
            return LossReason.TIMED_OUT
        _wait_no_longer(raw, left)
        chunk = raw.read1(_CHUNK_BYTES, decode_content=True)
        if not chunk:
            return b"".join(parts)
        size += len(chunk)
        if size > max_bytes:
            return LossReason.TOO_LARGE
        parts.append(chunk)


def _wait_no_longer(raw: urllib3.HTTPResponse, seconds: float) -> None:
    """Shorten the next read; urllib3 sets the socket's time-out anew when it uses the connection again."""
    sock = getattr(raw.connection, "sock", None)  # None once the server has said that it closes
    if sock is not None:
        sock.settimeout(min(seconds, sock.gettimeout() or seconds))


def _loss_reason(error: Exception) -> LossReason:
    if isinstance(error, requests.ConnectTimeout | requests.exceptions.ProxyError):
        return LossReason.NOT_SENT
    if isinstance(error, requests.Timeout | urllib3.exceptions.TimeoutError | TimeoutError):
        return LossReason.TIMED_OUT
    if isinstance(error, requests.exceptions.InvalidURL | requests.exceptions.InvalidSchema):
        return LossReason.NOT_SENT
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else None
    if isinstance(reason, NewConnectionError) or _untrusted(reason):
        return LossReason.NOT_SENT
    return LossReason.BROKEN


def _untrusted(reason: Exception | None) -> bool:
    """Whether a certificate was refused, so that nothing was sent. Other faults of TLS may come after the request."""
    inner = reason.args[0] if isinstance(reason, urllib3.exceptions.SSLError) and reason.args else None
    return isinstance(inner, ssl.SSLCertVerificationError)
