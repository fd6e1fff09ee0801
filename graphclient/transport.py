"""The only place that sends to Graph: guard, token, send, decide, then JSON or an error.

Two clocks: waiting in here is ten seconds at most; anything longer is the caller's, as `TryLater`.
"""

from __future__ import annotations

import json as json_module
import logging
import random
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests

from .auth import TokenSource
from .decide import Call, error_of, read_envelope, value_of
from .errors import GraphError, HostRefused, Malformed, OutcomeUnknown, Unavailable
from .guards import Guard
from .paths import stays_at
from .retry import Effect, pause_before_next
from .wire import CAP, READ, Answer, Lost, exchange, harden

log = logging.getLogger(__name__)

BATCH = 20  # most requests in one $batch (Graph documentation, "JSON batching")
_EFFECTS = {"GET": Effect.NONE, "HEAD": Effect.NONE, "PUT": Effect.SAME, "DELETE": Effect.SAME, "PATCH": Effect.SAME}
Model = TypeVar("Model")


class Transport:
    """Requests to one Graph host with the tokens of one tenant. May be shared by threads.

    `guard` is asked before each request and may be exchanged; `calls` counts what was sent.
    """

    def __init__(
        self,
        session: requests.Session,
        tokens: TokenSource,
        base_url: str = "https://graph.microsoft.com/v1.0",
        guard: Guard | None = None,
        *,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
        cap: int = CAP,
    ) -> None:
        self._session, self._tokens, self._base = harden(session), tokens, base_url.rstrip("/")
        self.guard, self.calls = guard, 0
        self._clock, self._sleep, self._jitter, self._cap = clock, sleep, jitter, cap
        self._lock = threading.Lock()

    def get(
        self, path: str, params: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """The JSON object at `path`. Raises a `GraphError`, also for an empty answer."""
        return self.ask("GET", path, params=params, headers=headers)

    def ask(self, method: str, path: str, **kwargs: Any) -> dict[str, Any]:
        """As `send`, for calls that must answer with an object; an empty answer is an unreadable one."""
        return self.send(method, path, required=True, **kwargs) or {}

    def send(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
        effect: Effect | None = None,
        safe: bool = False,
        read_timeout: float = READ,
        hidden: Sequence[str] = (),
        required: bool = False,
    ) -> dict[str, Any] | None:
        """The JSON object of the answer, None where it is empty. Raises a `GraphError`.

        A POST is sent once, unless `effect` or `safe` (it changes nothing) says that repeating is harmless.
        Values in `hidden` are kept out of error messages.
        """
        call = self._call(method, path, effect, safe, tuple(hidden))
        outcome = self._carry(call, self._base + path, params, json, headers, read_timeout)
        value: dict[str, Any] | None = value_of(call, outcome, self._clock(), required=required)
        return value

    def number(self, path: str, headers: Mapping[str, str] | None = None) -> int:
        """The bare number of a ``$count``, which may begin with a byte order mark."""
        call = self._call("GET", path)
        outcome = self._carry(call, self._base + path, None, None, headers, READ)
        if isinstance(outcome, Answer) and outcome.status == 200:
            text = outcome.body.decode("utf-8-sig", "replace").strip()
            if text.isascii() and text.isdigit():
                return int(text)
        raise error_of(call, outcome, self._clock())

    def follow(self, next_link: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
        """The page behind ``@odata.nextLink``, taken verbatim. Raises `HostRefused` when it leads elsewhere."""
        if not stays_at(self._base, next_link):
            raise HostRefused("a nextLink leads away from Graph", method="GET")
        path = urlsplit(next_link).path.removeprefix(urlsplit(self._base).path)
        call = self._call("GET", path)
        outcome = self._carry(call, next_link, None, None, headers, READ)
        value: dict[str, Any] = value_of(call, outcome, self._clock(), required=True)
        return value

    def batch_get(self, urls: Sequence[str]) -> list[dict[str, Any] | None]:
        """Several GETs in one ``$batch``, in the given order; None where one answered 404. Raises the first error.

        A batch made here carries GETs only, so the guard is asked about each of these.
        """
        if len(urls) > BATCH:
            raise ValueError("a batch holds twenty requests")
        for url in urls:
            self._guarded("GET", url.partition("?")[0])
        call = self._call("POST", "/$batch", Effect.NONE)
        items = [{"id": str(number), "method": "GET", "url": url} for number, url in enumerate(urls)]
        outcome = self._carry(call, f"{self._base}/$batch", None, {"requests": items}, None, READ, guarded=True)
        value = value_of(call, outcome, self._clock(), required=True)
        rows = value.get("responses")
        by_id = {str(row.get("id")): row for row in rows if isinstance(row, dict)} if isinstance(rows, list) else {}
        return [self._item(url, by_id.get(str(number))) for number, url in enumerate(urls)]

    def after_once(self, read: Callable[[Any], Model], value: Any, path: str) -> Model:
        """Read the answer of a call that must not be repeated: an unreadable one is `OutcomeUnknown`."""
        fault: GraphError
        try:
            return read(value)
        except Malformed as error:
            fault = OutcomeUnknown(error.message, method="POST", path=path)
        raise fault

    def _item(self, url: str, row: dict[str, Any] | None) -> dict[str, Any] | None:
        call = self._call("GET", url)
        if row is None:
            raise error_of(call, Answer(200), self._clock())
        status, raw = row.get("status"), row.get("headers")
        headers = {str(k).lower(): str(v) for k, v in raw.items()} if isinstance(raw, dict) else {}
        if status == 404:
            return None
        body = row.get("body")
        if status == 200 and isinstance(body, dict):
            return body
        answer = Answer(status if isinstance(status, int) else 500, headers, json_module.dumps(body).encode())
        raise error_of(call, answer, self._clock())

    def _guarded(self, method: str, path: str) -> None:
        if self.guard is not None:
            self.guard(method, path)

    def _call(
        self, method: str, path: str, effect: Effect | None = None, safe: bool = False, hidden: tuple[str, ...] = ()
    ) -> Call:
        chosen = Effect.NONE if safe else effect or _EFFECTS.get(method.upper(), Effect.ONCE)
        return Call(method.upper(), path.partition("?")[0], chosen, hidden, str(uuid.uuid4()))

    def _carry(
        self,
        call: Call,
        url: str,
        params: Mapping[str, str] | None,
        json: Any,
        headers: Mapping[str, str] | None,
        read_timeout: float,
        *,
        guarded: bool = False,
    ) -> Answer | Lost:
        """Send, and send again where that is harmless and soon."""
        attempt, waited, renewed = 0, 0.0, False
        while True:
            if not guarded:
                self._guarded(call.method, call.path)
            attempt += 1
            outcome = self._once(call, url, params, json, headers, read_timeout)
            if _token_was_bad(outcome) and not renewed:
                self._tokens.drop()
                renewed = True
                if call.effect is Effect.ONCE:
                    # refused before anything happened; still not resent from here
                    raise Unavailable(
                        "the token was refused and is replaced",
                        retry_after=1.0,
                        method=call.method,
                        path=call.path,
                        status=401,
                        request_id=call.request_id,
                    )
                continue
            pause = pause_before_next(
                call.effect, attempt, outcome, waited=waited, now=self._clock(), jitter=self._jitter
            )
            if pause is None:
                return outcome
            waited += pause
            self._sleep(pause)

    def _once(
        self,
        call: Call,
        url: str,
        params: Mapping[str, str] | None,
        json: Any,
        headers: Mapping[str, str] | None,
        read_timeout: float,
    ) -> Answer | Lost:
        sent = {
            **(headers or {}),
            "Authorization": f"Bearer {self._tokens.token()}",
            "Accept": "application/json",
            "client-request-id": call.request_id,
        }
        with self._lock:
            self.calls += 1
        outcome = exchange(
            self._session,
            call.method,
            url,
            headers=sent,
            params=params,
            json=json,
            read_timeout=read_timeout,
            cap=self._cap,
        )
        result = outcome.status if isinstance(outcome, Answer) else outcome.why.value
        log.debug("%s %s: %s (client-request-id %s)", call.method, call.path, result, call.request_id)
        return outcome


def _token_was_bad(outcome: Answer | Lost) -> bool:
    """An expired or malformed token, or a claims challenge; never the silent 401 of a missing permission."""
    if not isinstance(outcome, Answer) or outcome.status != 401:
        return False
    said = read_envelope(outcome.body)
    return said.code.lower() == "invalidauthenticationtoken" or "claims=" in outcome.headers.get("www-authenticate", "")
