"""Sends one call: guard, token, exchange, and again where that is harmless and soon.

Two clocks: a call takes ten seconds of retries at most, and with its last answer CONNECT + its read time-out;
anything longer is the caller's, as `TryLater`.
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
from .decide import Call
from .guards import Guard
from .retry import Effect, pause_before_next
from .wire import CAP, CONNECT, READ, Answer, Lost, exchange, harden

log = logging.getLogger(__name__)


class TokenSource(Protocol):
    """Where the transport gets its bearer token from."""

    def token(self) -> str:
        """A token that is good now. Raises a `GraphError`."""
        ...

    def drop(self, *, refused: str | None = None, claims: str | None = None) -> None:
        """Forget what is kept; the next token is a fresh one.

        `refused`: only if this token is the one that is kept. `claims`: what the fresh one must satisfy, as JSON.
        """
        ...


@dataclass(frozen=True)
class Parcel:
    """What is sent with a call."""

    url: str = field(repr=False)
    params: Mapping[str, str] | None = field(default=None, repr=False)
    json: Any = field(default=None, repr=False)
    headers: Mapping[str, str] | None = field(default=None, repr=False)
    read_timeout: float = READ
    guarded: bool = False
    """Whether the guard has been asked already."""


@dataclass
class Carrier:
    """Carries calls with the tokens of one tenant. May be shared by threads.

    `guard` is asked before each request and may be exchanged. `priority`: Graph's x-ms-throttle-priority (low, normal,
    high), empty for none. `pressure`: the share of a limit that Graph last said was used, 0 when it said nothing.
    """

    session: requests.Session = field(repr=False)
    tokens: TokenSource = field(repr=False)
    guard: Guard | None = None
    priority: str = ""
    clock: Callable[[], float] = time.time
    timer: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = random.random
    cap: int = CAP
    calls: int = 0
    pressure: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def __post_init__(self) -> None:
        harden(self.session)

    def ask_guard(self, method: str, path: str) -> None:
        """Raises what the guard raises."""
        if self.guard is not None:
            self.guard(method, path)

    def carry(self, call: Call, parcel: Parcel) -> Answer | Lost:
        """The last outcome. Raises a `GraphError` of guard or token source, `Unavailable` for a create that was
        refused for its token: nothing happened, and it is not sent twice from here."""
        began, attempt, paused, renewed = self.timer(), 0, 0.0, False
        total = CONNECT + parcel.read_timeout
        while True:
            if not parcel.guarded:
                self.ask_guard(call.method, call.path)
            attempt += 1
            token = self.tokens.token()
            outcome = self._once(call, parcel, token, within=max(total - (self.timer() - began), 1.0))
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

    def _once(self, call: Call, parcel: Parcel, token: str, *, within: float) -> Answer | Lost:
        sent = {
            **(parcel.headers or {}),
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
            parcel.url,
            headers=sent,
            params=parcel.params,
            json=parcel.json,
            read_timeout=parcel.read_timeout,
            within=within,
            cap=self.cap,
        )
        self._note(call, outcome)
        return outcome

    def _note(self, call: Call, outcome: Answer | Lost) -> None:
        result = outcome.status if isinstance(outcome, Answer) else outcome.why.value
        log.debug("%s %s: %s (client-request-id %s)", call.method, call.path, result, call.request_id)
        said = outcome.headers.get("x-ms-throttle-limit-percentage", "") if isinstance(outcome, Answer) else ""
        try:
            self.pressure = float(said) if said else 0.0
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
