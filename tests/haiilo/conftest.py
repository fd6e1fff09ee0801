"""A platform of Haiilo as a server on loopback that gives the answers it was told to, and a reader that reaches it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from graphclient import Reroutes
from onboarding.domain.desired import SecretText
from onboarding.haiilo import HaiiloScim, Transport, new_session
from tests.fixtures.graph import NOW, Waits
from tests.graphclient.graph_stub import GraphStub

from .answers import BASE, HOST, TOKEN


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture
def make_transport(far: GraphStub, waits: Waits) -> Callable[..., Transport]:
    def make(**more: Any) -> Transport:
        session = new_session(Reroutes({f"https://{HOST}": far.url}))
        return Transport(HOST, session, **{"clock": lambda: NOW, "sleep": waits, "jitter": lambda: 0.0, **more})

    return make


@pytest.fixture
def reader(make_transport: Callable[..., Transport]) -> HaiiloScim:
    return HaiiloScim(BASE, SecretText(TOKEN), transport=make_transport())
