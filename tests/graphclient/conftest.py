"""A far side on loopback, a session that reaches Microsoft's addresses there, and a transport with a frozen clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import requests

from graphclient import GLOBAL, GraphClient, Reroutes, Transport

from .far_side import FarSide, running

NOW = 1_772_442_000.0  # 2026-03-02T09:00:00Z


class Tokens:
    """A token source that counts: token-1 until it is dropped, then token-2 …"""

    def __init__(self) -> None:
        self.number = 1
        self.claims: list[str | None] = []

    def token(self) -> str:
        return f"token-{self.number}"

    def drop(self, *, refused: str | None = None, claims: str | None = None) -> None:
        if refused in (None, self.token()):
            self.number += 1
            self.claims.append(claims)


class Waits(list[float]):
    """Takes the place of time.sleep and notes how long it should have been."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


@pytest.fixture(scope="session")
def server() -> Iterator[FarSide]:
    with running() as far_side:
        yield far_side


@pytest.fixture
def far(server: FarSide) -> Iterator[FarSide]:
    server.forget()
    yield server
    server.forget()


@pytest.fixture
def session(far: FarSide) -> Iterator[requests.Session]:
    with requests.Session() as http:
        Reroutes({GLOBAL.login: far.url, GLOBAL.graph: far.url}).mount(http)
        yield http


@pytest.fixture
def tokens() -> Tokens:
    return Tokens()


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture
def make_transport(session: requests.Session, tokens: Tokens, waits: Waits) -> Callable[..., Transport]:
    def make(**kwargs: object) -> Transport:
        return Transport(session, tokens, **{"clock": lambda: NOW, "sleep": waits, "jitter": lambda: 0.0} | kwargs)

    return make


@pytest.fixture
def transport(make_transport: Callable[..., Transport]) -> Transport:
    return make_transport()


@pytest.fixture
def graph(transport: Transport) -> GraphClient:
    return GraphClient(transport)
