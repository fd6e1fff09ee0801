"""Answers that were just read, so that one caller who asks the same again within moments sends no second request.

A write forgets them: all of them, or, where it goes below an application's ``synchronization``, what was read there
and in the logs. The provisioning service has no way to change users, groups, assignments or applications.

What was asked for in a batch and did not come is left to the call itself (`take_up`, `leave`): a part that was
throttled counts as that call's first try, and what a call alone is answered although a batch was not, `alone` tells.
"""

from __future__ import annotations

import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from .exchange import Answer, Lost

MAX_AGE_SECONDS = 60.0  # older than that somebody may have acted, and we would not know
MAX_BYTES = 8 * 1024 * 1024  # of all bodies together, the oldest dropped first
_TRIED_AGAIN = frozenset({429, 503, 504})  # a part answered so is sent again after a pause, as a call would be
_PROVISIONING = re.compile(r"/serviceprincipals/[^/]+/synchronization/", re.IGNORECASE)
_AFFECTED = re.compile(r"/serviceprincipals/[^/]+/synchronization/|/auditlogs/", re.IGNORECASE)


@dataclass(frozen=True)
class Read:
    """One GET, by what it is sent with."""

    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """Path and query, as an item of a batch names them."""
        query = urlencode(self.params, quote_via=quote, safe="$,'()@")
        return f"{self.path}?{query}" if query else self.path


Key = tuple[str, tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]]


def key_of(url: str, params: Mapping[str, str] | None, headers: Mapping[str, str] | None) -> Key:
    """What makes two GETs the same one."""
    return url, tuple(sorted((params or {}).items())), tuple(sorted((headers or {}).items()))


class Memo:
    """The answers of one short-lived caller. Only whole answers with status 200 are kept. Thread-safe."""

    def __init__(
        self,
        *,
        max_bytes: int = MAX_BYTES,
        max_age: float = MAX_AGE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._max_bytes, self._max_age, self._clock = max_bytes, max_age, clock
        self._lock = threading.Lock()
        self._kept: OrderedDict[Key, tuple[float, Answer]] = OrderedDict()
        self._size = 0
        self._left: dict[Key, Read] = {}
        self._first_tries: dict[Key, Answer] = {}
        self._alone: dict[Key, Read] = {}

    @property
    def alone(self) -> tuple[Read, ...]:
        """Reads that a batch was asked for in vain, and that were answered when they were sent alone."""
        with self._lock:
            return tuple(self._alone.values())

    def knows(self, key: Key) -> bool:
        """Whether a batch need not be asked for this GET: it is answered, or was left to the call."""
        return self.find(key) is not None or any(key in left for left in (self._left, self._first_tries, self._alone))

    def take_up(self, key: Key, read: Read, answer: Answer) -> None:
        """Note what a batch said of one of its parts."""
        if answer.status == 200 and answer.body.startswith(b"{"):
            self.keep(key, answer)
            return
        with self._lock:
            if answer.status in _TRIED_AGAIN:
                self._first_tries[key] = answer
            if answer.status != 429:  # which says nothing about batches
                self._left[key] = read

    def leave(self, key: Key, read: Read) -> None:
        """Note that a batch with this part was refused as a whole."""
        with self._lock:
            self._left[key] = read

    def first_try(self, key: Key) -> Answer | None:
        """What a batch said of this GET instead of answering it, once; a call counts it as its first try."""
        with self._lock:
            return self._first_tries.pop(key, None)

    def find(self, key: Key) -> Answer | None:
        """The answer to the same GET, or None where there is none that may still be believed."""
        with self._lock:
            at, answer = self._kept.get(key, (0.0, None))
            return answer if answer is not None and self._clock() - at <= self._max_age else None

    def keep(self, key: Key, outcome: Answer | Lost) -> None:
        """Note what came for this GET."""
        if not isinstance(outcome, Answer) or outcome.status != 200:
            return
        with self._lock:
            if key in self._left:
                self._alone[key] = self._left.pop(key)
            self._drop(key)
            self._kept[key] = (self._clock(), outcome)
            self._size += len(outcome.body)
            while self._size > self._max_bytes:
                self._drop(next(iter(self._kept)))

    def forget(self, written: str = "") -> None:
        """Forget what a write to this path may have changed; everything, where no path is named."""
        narrow = bool(_PROVISIONING.search(written))
        with self._lock:
            for key in [key for key in self._kept if not narrow or _AFFECTED.search(key[0])]:
                self._drop(key)

    def _drop(self, key: Key) -> None:
        _at, answer = self._kept.pop(key, (0.0, None))
        self._size -= len(answer.body) if answer is not None else 0
