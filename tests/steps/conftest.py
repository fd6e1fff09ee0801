"""The far side of the Graph client's own tests, for what the steps read and apply."""

from __future__ import annotations

import pytest

from graphclient import GraphClient
from tests.graphclient.conftest import far, graph, make_transport, server, session, tokens, transport, waits

from .facts import FakeTenant

__all__ = ["far", "graph", "make_transport", "server", "session", "tenant", "tokens", "transport", "waits"]


@pytest.fixture
def tenant(graph: GraphClient) -> FakeTenant:
    return FakeTenant(graph)
