"""Requests to Graph: turns a method and a path into a call, and the call's outcome into JSON or an error."""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

import requests

from ..errors import GraphError, HostRefused, OutcomeUnknown, Throttled, TryLater, Unreadable
from .batch import MAX_BATCH_REQUESTS, answers_in_order, batch_body, batch_of_posts
from .document import Document, read_model
from .exchange import MAX_BODY_BYTES, READ_SECONDS, Answer, Lost
from .guards import Guard
from .interpret import Call, error_of, value_of
from .memo import Key, Memo, Read, key_of
from .paths import stays_at
from .retry import Effect, pause_before_next
from .sender import Request, Sender, TokenSource

_EFFECTS = {"GET": Effect.NONE, "HEAD": Effect.NONE, "PUT": Effect.SAME, "DELETE": Effect.SAME, "PATCH": Effect.SAME}
GLOBAL_API = "https://graph.microsoft.com/v1.0"  # the `api` of clouds.GLOBAL
_RETRIED_ITEM_STATUSES = frozenset({429, 503, 504})
Model = TypeVar("Model")


class Transport:
    """Requests to one Graph host with the tokens of one tenant. Threads may share one transport.

    `base_url` must be the `api` of the cloud that the tokens come from. With a `memo` the same GET is sent once, until
    something is written.
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
        max_bytes: int = MAX_BODY_BYTES,
        memo: Memo | None = None,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self._clock = clock
        self._sender = Sender(
            session, tokens, guard, priority, clock, sleep=sleep, jitter=jitter, max_bytes=max_bytes, memo=memo
        )

    @property
    def guard(self) -> Guard | None:
        """The function that is asked with method and path before each request; may be replaced."""
        return self._sender.guard

    @guard.setter
    def guard(self, guard: Guard | None) -> None:
        self._sender.guard = guard

    @property
    def calls(self) -> int:
        """How many requests were sent."""
        return self._sender.calls

    @property
    def pressure(self) -> float:
        """The share of a limit that Graph last reported as used (from 0.8 on), 0 when it reported nothing."""
        return self._sender.pressure

    def get(
        self, path: str, params: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> Document:
        """The JSON object at `path`. Raises a `GraphError`, also for an empty answer."""
        return self.ask("GET", path, params=params, headers=headers)

    def ask(self, method: str, path: str, **kwargs: Any) -> Document:
        """As `send`, for calls whose answer must be an object; raises for an empty answer."""
        return cast(Document, self.send(method, path, required=True, **kwargs))

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
        read_timeout: float = READ_SECONDS,
        hidden: Sequence[str] = (),
        required: bool = False,
        tells_error: bool = False,
    ) -> Document | None:
        """The JSON object of the answer, None where it is empty. Raises a `GraphError`.

        A POST is sent once, unless `effect` or `safe` (it changes nothing) says that repeating is harmless.
        Values in `hidden` are kept out of error messages. `tells_error`: an error in the object is what was asked for.
        """
        call = _call(method, path, effect, safe, tuple(hidden), tells_error=tells_error)
        outcome = self._sender.send(call, Request(self._url(path), params, json, headers, read_timeout))
        return value_of(call, outcome, self._clock(), required=required)

    def get_count(
        self, path: str, headers: Mapping[str, str] | None = None, params: Mapping[str, str] | None = None
    ) -> int:
        """The number in the answer of a ``$count``, a text that may begin with a byte order mark."""
        call = _call("GET", path)
        outcome = self._sender.send(call, Request(self._url(path), params, headers=headers))
        if isinstance(outcome, Answer) and outcome.status == 200:
            text = outcome.body.decode("utf-8-sig", "replace").strip()
            if text.isascii() and text.isdigit() and len(text) < 20:
                return int(text)
        raise error_of(call, outcome, self._clock())

    def follow(self, next_link: str, headers: Mapping[str, str] | None = None) -> Document:
        """The page behind ``@odata.nextLink``, taken verbatim. Raises `HostRefused` when it leads elsewhere."""
        if not stays_at(self.base_url, next_link):
            raise HostRefused("a nextLink leads away from Graph", method="GET")
        call = _call("GET", urlsplit(next_link).path.removeprefix(urlsplit(self.base_url).path))
        outcome = self._sender.send(call, Request(next_link, headers=headers))
        return self._required(call, outcome)

    def read_ahead(self, *reads: Read) -> None:
        """Ask for several reads in one ``$batch``, so that the memo answers the calls that follow for them.

        What a batch does not answer with 200 is left to the call itself, which raises its own error and waits first
        where the part was throttled; `Memo.alone` tells which of them a batch alone is not answered.
        Sends nothing without a memo, or for fewer than two reads that it does not know. Raises `TryLater` where Graph
        is out of reach, and what the guard raises.
        """
        memo = self._sender.memo
        unknown = self._unknown(memo, reads) if memo is not None else {}
        if memo is None or len(unknown) < 2:
            return
        for read in unknown.values():
            self._sender.ask_guard("GET", read.path)
        for (key, read), answer in zip(unknown.items(), self._answers(memo, unknown), strict=False):
            memo.take_up(key, read, answer)

    def knows(self, read: Read) -> bool:
        """Whether the memo would answer this read, with what it has answered before."""
        memo = self._sender.memo
        return memo is not None and memo.find(key_of(self._url(read.path), read.params, read.headers)) is not None

    def _unknown(self, memo: Memo, reads: Sequence[Read]) -> dict[Key, Read]:
        wanted = {key_of(self._url(read.path), read.params, read.headers): read for read in reads}
        unknown = [(key, read) for key, read in wanted.items() if not memo.knows(key)]
        return dict(unknown[:MAX_BATCH_REQUESTS])

    def _answers(self, memo: Memo, reads: Mapping[Key, Read]) -> list[Answer]:
        """The answers of one batch in the order of its parts; none of them where the whole of it is refused."""
        body = batch_body([read.url for read in reads.values()], [read.headers for read in reads.values()])
        call = _call("POST", "/$batch", Effect.NONE)
        outcome = self._sender.send(call, Request(self._url("/$batch"), json=body, guarded=True))
        try:
            return answers_in_order(self._required(call, outcome), len(reads))
        except GraphError as error:
            if error.status and not isinstance(error, Throttled):  # silence and haste say nothing about batches
                for key, read in reads.items():
                    memo.leave(key, read)
            if isinstance(error, TryLater) and not isinstance(error, Unreadable):
                raise  # each of the calls would wait as long again
            return []

    def batch_get(
        self, urls: Sequence[str], headers: Sequence[Mapping[str, str]] = (), *, optional: Container[int] = ()
    ) -> list[Document | None]:
        """The answers of several GETs, sent as one ``$batch``, in the given order; None where one answered 404.

        `headers`: those of each, in the same order, as far as there are any. Raises the first error, but for items
        whose position is `optional`: None then. Graph throttles the items one by one (docs/graph-facts.md, "Paging and
        batch"): only throttled items are sent again, within the ten seconds of any call. The guard is asked about each
        item.
        """
        given = [*headers, *({} for _url in urls[len(headers) :])]
        for url in urls:
            self._sender.ask_guard("GET", url.partition("?")[0])
        answers: dict[int, Answer] = {}
        waiting, attempt, waited = list(range(len(urls))), 0, 0.0
        while waiting:
            attempt += 1
            body = batch_body([urls[number] for number in waiting], [given[number] for number in waiting])
            call = _call("POST", "/$batch", Effect.NONE)
            outcome = self._sender.send(call, Request(self._url("/$batch"), json=body, guarded=True))
            value = self._required(call, outcome)
            answers |= dict(zip(waiting, answers_in_order(value, len(waiting)), strict=True))
            waiting = [number for number in waiting if answers[number].status in _RETRIED_ITEM_STATUSES]
            pauses = [
                pause_before_next(
                    Effect.NONE,
                    attempt,
                    answers[number],
                    waited=waited,
                    now=self._clock(),
                    jitter=self._sender.jitter,
                )
                for number in waiting
            ]
            known = [pause for pause in pauses if pause is not None]
            if len(known) < len(pauses) or not known:
                break
            waited += max(known)
            self._sender.sleep(max(known))
        return [self._item(url, answers[number], number in optional) for number, url in enumerate(urls)]

    def batch_of_questions(
        self, path: str, bodies: Sequence[Mapping[str, Any]], *, hidden: Sequence[str] = ()
    ) -> list[Document | GraphError]:
        """What several POSTs to `path` that change nothing are answered, sent once as one ``$batch``, in their order:
        an error stands for what a part was not answered. An object under ``error`` is a part of an answer.

        Raises the error of the batch as a whole, what the guard raises, and ValueError for more than twenty.
        """
        body = batch_of_posts(path, bodies)
        self._sender.ask_guard("POST", path)
        whole, part = (_call("POST", each, Effect.NONE, hidden=tuple(hidden)) for each in ("/$batch", path))
        outcome = self._sender.send(whole, Request(self._url("/$batch"), json=body, guarded=True))
        answers = answers_in_order(self._required(whole, outcome), len(bodies))
        return [self._told(replace(part, tells_error=True), answer) for answer in answers]

    def _told(self, call: Call, answer: Answer) -> Document | GraphError:
        try:
            return self._required(call, answer)
        except GraphError as error:
            return error

    def _item(self, url: str, answer: Answer, is_optional: bool) -> Document | None:
        try:
            return None if answer.status == 404 else self._required(_call("GET", url), answer)
        except GraphError:
            if is_optional:
                return None
            raise

    def _required(self, call: Call, outcome: Answer | Lost) -> Document:
        return cast(Document, value_of(call, outcome, self._clock(), required=True))

    def read_unrepeatable(self, model: Callable[[Any], Model], document: Document) -> Model:
        """`model` of the answer to a call that must not be repeated: raises `OutcomeUnknown` where it is unreadable."""
        try:
            return read_model(model, document)
        except Unreadable as error:
            message, at = error.message, document.origin
        raise OutcomeUnknown(message, method=at.method, path=at.path, status=at.status, request_id=at.request_id)

    def _url(self, path: str) -> str:
        url = self.base_url + path
        if not stays_at(self.base_url, url):
            raise ValueError("not a path below Graph's version")
        return url


def _call(
    method: str,
    path: str,
    effect: Effect | None = None,
    safe: bool = False,
    hidden: tuple[str, ...] = (),
    *,
    tells_error: bool = False,
) -> Call:
    chosen = Effect.NONE if safe else effect or _EFFECTS.get(method.upper(), Effect.ONCE)
    return Call(method.upper(), path.partition("?")[0], chosen, hidden, str(uuid.uuid4()), tells_error)
