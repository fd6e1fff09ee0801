"""Turns: so many runs of a process compute at once, those that wait for an answer aside, and nobody waits long."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
import requests
from requests.adapters import BaseAdapter

from onboarding.engine import graph_access, haiilo_reading, turns

FOR_EVER = 60.0  # seconds; only a failure takes them


class Beside:
    """Somebody in a thread of their own who takes a turn, and ends when told."""

    def __init__(self, taken: Callable[[], AbstractContextManager[None]]) -> None:
        self.has_begun, self.may_end = threading.Event(), threading.Event()
        self._taken = taken
        self._thread = threading.Thread(target=self._compute)
        self._thread.start()

    def _compute(self) -> None:
        with self._taken():
            self.has_begun.set()
            assert self.may_end.wait(FOR_EVER)

    def end(self) -> None:
        self.may_end.set()
        self._thread.join(FOR_EVER)


@pytest.fixture
def beside() -> Iterator[Callable[..., Beside]]:
    begun: list[Beside] = []

    def begin(of: turns.Turns) -> Beside:
        begun.append(Beside(of.taken))
        return begun[-1]

    yield begin
    for each in begun:
        each.end()


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> turns.Turns:
    """One turn, for which one waits as long as it takes; the product's are these."""
    monkeypatch.setattr(turns, "AT_MOST", FOR_EVER)
    made = turns.Turns(1)
    monkeypatch.setattr(turns, "turns", made)
    return made


def test_lets_the_next_one_begin_when_the_first_is_done(patient, beside):
    first = beside(patient)
    assert first.has_begun.wait(FOR_EVER)
    second = beside(patient)
    assert not second.has_begun.is_set()
    first.end()
    assert second.has_begun.wait(FOR_EVER)


def test_lets_others_compute_while_one_waits_outside(patient, beside):
    with patient.taken():
        with patient.given_up():
            other = beside(patient)
            assert other.has_begun.wait(FOR_EVER)
            other.end()
        waiting = beside(patient)
        assert not waiting.has_begun.is_set()
    assert waiting.has_begun.wait(FOR_EVER)


def test_goes_on_without_a_turn_where_one_stands_still(beside):
    one = turns.Turns(1)
    assert beside(one).has_begun.wait(FOR_EVER)
    with one.taken(), one.given_up():
        pass
    assert beside(one).has_begun.wait(FOR_EVER)


def test_takes_none_for_a_thread_that_has_taken_none(patient, beside):
    with patient.given_up():
        pass
    assert beside(patient).has_begun.wait(FOR_EVER)
    assert not beside(patient).has_begun.is_set(), "there is one turn still"


class Slow(BaseAdapter):
    """Answers when somebody else has computed meanwhile."""

    def __init__(self, begin: Callable[[], Beside]) -> None:
        super().__init__()
        self._begin = begin

    def send(self, *_args: Any, **_kwargs: Any) -> requests.Response:
        other = self._begin()
        assert other.has_begun.wait(FOR_EVER)
        other.end()
        return requests.Response()

    def close(self) -> None: ...


def test_needs_no_turn_for_an_answer_or_a_pause(patient, beside):
    session = requests.Session()
    session.mount("https://", Slow(lambda: beside(patient)))
    with patient.taken():
        adapter = turns.beside_turns(session).get_adapter("https://graph.example/")
        assert adapter.send(requests.PreparedRequest()).status_code is None
        turns.sleep(0)
    assert beside(patient).has_begun.wait(FOR_EVER)


def test_asks_microsoft_and_haiilo_so(settings):
    settings.SANDBOX_URL = "http://127.0.0.1:1"
    for session, url in (
        (graph_access.session(), "https://graph.microsoft.com/v1.0/"),
        (graph_access.session(), "https://login.microsoftonline.com/"),
        (haiilo_reading.session_for("c.smarpshare.com"), "https://c.smarpshare.com/"),
    ):
        assert isinstance(session.get_adapter(url), turns._Beside)
