"""The archive on its real database, and a client that reaches a log on loopback."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest

from graphclient import GraphClient, GraphError
from onboarding.models import Onboarding
from onboarding.models.onboarding import Lease
from onboarding.people import ingest
from tests import builders
from tests.archive.log_server import JOB, PATH, LogServer
from tests.graphclient.graph_stub import GraphStub

Look = Callable[[LogServer], Onboarding]


@pytest.fixture
def lease(db: None) -> Lease:
    return builders.claimed(builders.onboarding().pk)


@pytest.fixture
def look(far: GraphStub, graph: GraphClient, lease: Lease) -> Look:
    """One look at this log, as a worker takes it that knows nothing but what the database holds."""

    def once(log: LogServer) -> Onboarding:
        far.on("GET", PATH, log)
        row = Onboarding.objects.get(pk=lease.onboarding_id)
        with suppress(GraphError):
            ingest.ingest(lease, graph, JOB, row)
        return Onboarding.objects.get(pk=lease.onboarding_id)

    return once
