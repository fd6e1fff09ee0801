"""The only place that sends to Graph: what was asked becomes a call, its outcome JSON or an error."""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests

from ..errors import GraphError, HostRefused, Malformed, OutcomeUnknown
from .batch import answer_of_each, wrap
from .carrier import Carrier, Parcel, TokenSource
from .decide import Call, error_of, value_of
from .guards import Guard
from .paths import stays_at
from .retry import Effect, pause_before_next
from .wire import CAP, READ, Answer

_EFFECTS = {"GET": Effect.NONE, "HEAD": Effect.NONE, "PUT": Effect.SAME, "DELETE": Effect.SAME, "PATCH": Effect.SAME}
GLOBAL_API = "https://graph.microsoft.com/v1.0"  # the `api` of clouds.GLOBAL
PUT_OFF = frozenset({429, 503, 504})
Model = TypeVar("Model")


class Transport:
    """Requests to one Graph host with the tokens of one tenant. May be shared by threads.

    `base_url` must be the `api` of the cloud that the tokens come from.
    """

    def __init__(
        self,
        session: requests.Session,
        tokens: TokenSource,
        base_url: str = GLOBAL_API,
        guard: Guard | None = None,
        *,
        priority: str = "",
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
        cap: int = CAP,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self._clock = clock
        self._carrier = Carrier(session, tokens, guard, priority, clock, sleep=sleep, jitter=jitter, cap=cap)

    @property
    def guard(self) -> Guard | None:
        """Asked with method and path before each request; may be exchanged."""
        return self._carrier.guard

    @guard.setter
    def guard(self, guard: Guard | None) -> None:
        self._carrier.guard = guard

    @property
    def calls(self) -> int:
        """How many requests were sent."""
        return self._carrier.calls

    @property
    def pressure(self) -> float:
        """The share of a limit that Graph last said was used (it speaks from 0.8 on), 0 when it said nothing."""
        return self._carrier.pressure

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
        call = _call(method, path, effect, safe, tuple(hidden))
        outcome = self._carrier.carry(call, Parcel(self._url(path), params, json, headers, read_timeout))
        value: dict[str, Any] | None = value_of(call, outcome, self._clock(), required=required)
        return value

    def number(
        self, path: str, headers: Mapping[str, str] | None = None, params: Mapping[str, str] | None = None
    ) -> int:
        """The bare number of a ``$count``, which may begin with a byte order mark."""
        call = _call("GET", path)
        outcome = self._carrier.carry(call, Parcel(self._url(path), params, headers=headers))
        if isinstance(outcome, Answer) and outcome.status == 200:
            text = outcome.body.decode("utf-8-sig", "replace").strip()
            if text.isascii() and text.isdigit() and len(text) < 20:
                return int(text)
        raise error_of(call, outcome, self._clock())

    def follow(self, next_link: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
        """The page behind ``@odata.nextLink``, taken verbatim. Raises `HostRefused` when it leads elsewhere."""
        if not stays_at(self.base_url, next_link):
            raise HostRefused("a nextLink leads away from Graph", method="GET")
        call = _call("GET", urlsplit(next_link).path.removeprefix(urlsplit(self.base_url).path))
        outcome = self._carrier.carry(call, Parcel(next_link, headers=headers))
        value: dict[str, Any] = value_of(call, outcome, self._clock(), required=True)
        return value

    def batch_get(self, urls: Sequence[str]) -> list[dict[str, Any] | None]:
        """Several GETs in one ``$batch``, in the given order; None where one answered 404. Raises the first error.

        Items are throttled one by one (Graph documentation, "JSON batching"): only those that were put off are asked
        again, within the ten seconds of any call. A batch made here carries GETs only; the guard is asked about each.
        """
        for url in urls:
            self._carrier.ask_guard("GET", url.partition("?")[0])
        answers: dict[int, Answer] = {}
        waiting, attempt, waited = list(range(len(urls))), 0, 0.0
        while waiting:
            attempt += 1
            body = wrap([urls[number] for number in waiting])
            call = _call("POST", "/$batch", Effect.NONE)
            outcome = self._carrier.carry(call, Parcel(self._url("/$batch"), json=body, guarded=True))
            value = value_of(call, outcome, self._clock(), required=True)
            answers |= dict(zip(waiting, answer_of_each(value, len(waiting)), strict=True))
            waiting = [number for number in waiting if answers[number].status in PUT_OFF]
            pauses = [
                pause_before_next(
                    Effect.NONE,
                    attempt,
                    answers[number],
                    waited=waited,
                    now=self._clock(),
                    jitter=self._carrier.jitter,
                )
                for number in waiting
            ]
            known = [pause for pause in pauses if pause is not None]
            if len(known) < len(pauses) or not known:
                break
            waited += max(known)
            self._carrier.sleep(max(known))
        return [self._item(url, answers[number]) for number, url in enumerate(urls)]

    def _item(self, url: str, answer: Answer) -> dict[str, Any] | None:
        if answer.status == 404:
            return None
        value: dict[str, Any] = value_of(_call("GET", url), answer, self._clock(), required=True)
        return value

    def after_once(self, read: Callable[[Any], Model], value: Any, path: str) -> Model:
        """Read the answer of a call that must not be repeated: an unreadable one is `OutcomeUnknown`."""
        fault: GraphError
        try:
            return read(value)
        except Malformed as error:
            fault = OutcomeUnknown(error.message, method="POST", path=path)
        raise fault

    def _url(self, path: str) -> str:
        url = self.base_url + path
        if not stays_at(self.base_url, url):
            raise ValueError("not a path below Graph's version")
        return url


def _call(
    method: str, path: str, effect: Effect | None = None, safe: bool = False, hidden: tuple[str, ...] = ()
) -> Call:
    chosen = Effect.NONE if safe else effect or _EFFECTS.get(method.upper(), Effect.ONCE)
    return Call(method.upper(), path.partition("?")[0], chosen, hidden, str(uuid.uuid4()))
