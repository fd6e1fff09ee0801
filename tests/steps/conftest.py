"""What the steps read and apply, on Microsoft's stand-in (tests/fixtures/graph.py)."""

from __future__ import annotations

import pytest

from graphclient import GraphClient

from .facts import FakeTenant


@pytest.fixture
def tenant(graph: GraphClient) -> FakeTenant:
    return FakeTenant(graph)
