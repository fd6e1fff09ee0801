"""Sending one call: ask the guard, get a token, exchange, and repeat where that is harmless and possible soon.

A call spends ten seconds on retries at most, and its last exchange takes CONNECT_SECONDS + its read time-out at most.
A longer wait belongs to the caller and is raised as `TryLater`.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import requests

from ..errors import Unavailable
from .challenge import challenge_of
from .exchange import CONNECT_SECONDS, MAX_BODY_BYTES, READ_SECONDS, Answer, Lost, exchange, harden
from .guards import Guard
from .interpret import Call
from .memo import Memo, key_of
from .retry import Effect, pause_before_next

log = logging.getLogger(__name__)


class TokenSource(Protocol):
    """What gives the transport its bearer tokens."""

    def token(self) -> str:
        """A token that is good now. Raises a `GraphError`."""
        ...

    def drop(self, *, refused: str | None = None, claims: str | None = None) -> None:
        """Forget the kept token, so that the next one is fresh.

        `refused`: forget it only if it is this token. `claims`: JSON that the fresh token must satisfy.
        """
        ...


@dataclass(frozen=True)
class Request:
    """What is sent for a call."""

    url: str = field(repr=False)
    params: Mapping[str, str] | None = field(default=None, repr=False)
    json: Any = field(default=None, repr=False)
    headers: Mapping[str, str] | None = field(default=None, repr=False)
    read_timeout: float = READ_SECONDS
    guarded: bool = False
    """Whether the guard has been asked about this request already."""


@dataclass
class Sender:
    """Sends calls with the tokens of one tenant. Threads may share one sender.

    `guard` is asked before each request and may be replaced. `priority`: Graph's x-ms-throttle-priority (low, normal,
    high), empty for none. `pressure`: the share of a limit that Graph last said was used, 0 when it said nothing.
    `memo`: a GET that it can answer is not sent.
    """

    session: requests.Session = field(repr=False)
    tokens: TokenSource = field(repr=False)
    guard: Guard | None = None
    priority: str = ""
    clock: Callable[[], float] = time.time
    timer: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = random.random
    max_bytes: int = MAX_BODY_BYTES
    memo: Memo | None = None
    calls: int = 0
    pressure: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __post_init__(self) -> None:
        harden(self.session)

    def ask_guard(self, method: str, path: str) -> None:
        """Let the guard decide; raises what the guard raises."""
        if self.guard is not None:
            self.guard(method, path)

    def send(self, call: Call, request: Request) -> Answer | Lost:
        """Send until there is an outcome to keep, and return that outcome; a GET that the memo answers is not sent.

        Raises a `GraphError` of guard or token source. Raises `Unavailable` for a call that must not be repeated and
        was refused for its token: nothing was created, and the caller may send it again.
        """
        if self.memo is None:
            return self._send(call, request)
        if call.method == "GET":
            key = key_of(request.url, request.params, request.headers)
            known = self.memo.find(key)
            if known is None:
                outcome = self._send(call, request, self.memo.first_try(key))
                self.memo.keep(key, outcome)
            return known or outcome
        try:
            return self._send(call, request)
        finally:
            if call.effect is not Effect.NONE:
                self.memo.forget(call.path)  # however it ended: it may have taken effect

    def _send(self, call: Call, request: Request, told: Answer | None = None) -> Answer | Lost:
        """As `send`; `told`: the answer to a first try that was sent already."""
        began, attempt, paused, renewed = self.timer(), 0, 0.0, False
        total = CONNECT_SECONDS + request.read_timeout
        while True:
            if not request.guarded:
                self.ask_guard(call.method, call.path)
            attempt += 1
            token = self.tokens.token()
            outcome = told or self._once(call, request, token, within=max(total - (self.timer() - began), 1.0))
            told = None
            challenge = challenge_of(outcome)
            if challenge is not None and not renewed:
                self.tokens.drop(refused=token, claims=challenge.claims)
                renewed = True
                if call.effect is Effect.ONCE:
                    raise _token_replaced(call)
                continue
            waited = max(paused, self.timer() - began)
            pause = pause_before_next(
                call.effect, attempt, outcome, waited=waited, now=self.clock(), jitter=self.jitter
            )
            if pause is None:
                return outcome
            paused += pause
            self.sleep(pause)

    def _once(self, call: Call, request: Request, token: str, *, within: float) -> Answer | Lost:
        sent = {
            **(request.headers or {}),
            "Authorization": f"Bearer {token}",
            "Accept": "application/json",
            "client-request-id": call.request_id,
        }
        if self.priority:
            sent["x-ms-throttle-priority"] = self.priority
        with self._lock:
            self.calls += 1
        outcome = exchange(
            self.session,
            call.method,
            request.url,
            headers=sent,
            params=request.params,
            json=request.json,
            read_timeout=request.read_timeout,
            within=within,
            max_bytes=self.max_bytes,
        )
        self._note(call, outcome)
        return outcome

    def _note(self, call: Call, outcome: Answer | Lost) -> None:
        result = outcome.status if isinstance(outcome, Answer) else outcome.reason.value
        log.debug("%s %s: %s (client-request-id %s)", call.method, call.path, result, call.request_id)
        share = outcome.headers.get("x-ms-throttle-limit-percentage", "") if isinstance(outcome, Answer) else ""
        try:
            self.pressure = float(share) if share else 0.0
        except ValueError:
            self.pressure = 0.0


def _token_replaced(call: Call) -> Unavailable:
    return Unavailable(
        "the token was refused and is replaced",
        retry_after=1.0,
        method=call.method,
        path=call.path,
        status=401,
        request_id=call.request_id,
    )
