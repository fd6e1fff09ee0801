"""Turns: how many runs of a process compute at once.

The threads of a process share one interpreter, which goes round among them. Runs that begin together would all have
their answers together, and be late together with the next request; in turns the first one has sent its request when the
last one begins. A run that waits for an answer from outside needs no turn. None waits long for one: runs whose
database stands still must not hold up the others.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests
from requests.adapters import BaseAdapter

AT_ONCE = 2
"""One computes while the other waits for the database."""
AT_MOST = 0.05  # seconds that a run waits for a turn; it goes on without one then


class Turns:
    """Those of one process. Thread-safe."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._free = threading.Semaphore(at_once)
        self._here = threading.local()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Compute within the block. Not to be nested."""
        self._take()
        try:
            yield
        finally:
            self._give_up()

    @contextmanager
    def given_up(self) -> Iterator[None]:
        """Wait for something outside within the block. A thread that takes no turns may do so as well."""
        if not getattr(self._here, "takes", False):
            yield
            return
        self._give_up()
        try:
            yield
        finally:
            self._take()

    def _take(self) -> None:
        self._here.takes, self._here.has = True, self._free.acquire(timeout=AT_MOST)

    def _give_up(self) -> None:
        self._here.takes = False
        if self._here.has:
            self._free.release()


turns = Turns()


def sleep(seconds: float) -> None:
    """As `time.sleep`, while others compute."""
    with turns.given_up():
        time.sleep(seconds)


def beside_turns(session: requests.Session) -> requests.Session:
    """The same session, whose requests wait for their answers while others compute."""
    for prefix, adapter in list(session.adapters.items()):
        session.mount(prefix, _Beside(adapter))
    return session


class _Beside(BaseAdapter):
    """Sends as the adapter within does."""

    def __init__(self, within: BaseAdapter) -> None:
        super().__init__()
        self._within = within

    def send(self, *args: Any, **kwargs: Any) -> requests.Response:
        """As the adapter within, up to the head of the answer where the body is streamed."""
        with turns.given_up():
            return self._within.send(*args, **kwargs)

    def close(self) -> None:
        """As the adapter within."""
        self._within.close()
