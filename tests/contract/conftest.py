"""One world for the contract: the sandbox's, or with --live a real test tenant (docs/contract.md)."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest
import requests

from graphclient import (
    CLOUDS,
    GLOBAL,
    Certificate,
    Cloud,
    GraphClient,
    NotThere,
    Reroutes,
    TokenSources,
    Transport,
    guards,
)

Found = TypeVar("Found")
NEEDED = (
    "LIVE_TENANT_ID",
    "LIVE_CLIENT_ID",
    "LIVE_PRIVATE_KEY",
    "LIVE_CERTIFICATE",
    "LIVE_SERVICE_PRINCIPAL_ID",
    "LIVE_BASE_URL",
    "LIVE_SCIM_TOKEN",
    "LIVE_USER",
)
DOMAIN = "contract.example"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--live", action="store_true", help="run the contract against a real test tenant (docs/contract.md)"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let the tests of a live run open connections to Microsoft."""
    if config.getoption("--live", default=False):
        for item in items:
            if Path(__file__).parent in item.path.parents:
                item.add_marker("enable_socket")


@pytest.fixture(scope="session")
def live(pytestconfig: pytest.Config) -> bool:
    """Whether a real tenant is meant. The option is only there when this folder is named on the command line."""
    return bool(pytestconfig.getoption("--live", default=False))


@pytest.fixture(scope="session", autouse=True)
def loopback_only(live: bool, request: pytest.FixtureRequest) -> None:
    """A live run looks up names; any other keeps to this machine, as all tests do."""
    if not live:
        request.getfixturevalue("loopback_only")  # that of tests/fixtures/loopback.py


@dataclass
class World:
    """A tenant that has consented, an application in it that is there for tests alone, and a SCIM endpoint."""

    tenant_id: str
    client_id: str
    certificate: Certificate = field(repr=False)
    service_principal_id: str
    base_url: str
    scim_token: str = field(repr=False)
    user: str
    cloud: Cloud = GLOBAL
    reroutes: Reroutes = field(default_factory=lambda: Reroutes({}))
    patience: float = 300.0
    """Seconds that something new may stay unseen."""
    pause: float = 5.0
    """Seconds between two looks."""
    live: bool = True

    def connect(self) -> GraphClient:
        """Reads everywhere, writes below the one application."""
        http = requests.Session()
        self.reroutes.mount(http)
        tokens = TokenSources(self.client_id, self.certificate, http, self.cloud)
        guard = guards.only_service_principal(self.service_principal_id)
        return GraphClient(Transport(http, tokens.of(self.tenant_id), self.cloud.api, guard))

    def eventually(self, look: Callable[[], Found], good: Callable[[Found], bool] | None = None) -> Found:
        """What `look` gives once it is there and good. Raises AssertionError when patience ends."""
        waiting, left = threading.Event(), int(self.patience / self.pause)
        while True:
            try:
                found = look()
                if good is None or good(found):
                    return found
                last: Any = found
            except NotThere as error:
                last = error
            left -= 1
            assert left > 0, f"not in {self.patience:g} s: {last!r}"
            waiting.wait(self.pause)


def from_environment() -> World:
    """The world that LIVE_* names; fails the run with the names that are missing."""
    missing = [name for name in NEEDED if not os.environ.get(name)]
    if missing:
        pytest.exit(f"--live needs {', '.join(missing)}: docs/contract.md", returncode=4)
    key, certificate = (Path(os.environ[name]).read_text() for name in ("LIVE_PRIVATE_KEY", "LIVE_CERTIFICATE"))
    return World(
        tenant_id=os.environ["LIVE_TENANT_ID"],
        client_id=os.environ["LIVE_CLIENT_ID"],
        certificate=Certificate(key, certificate),
        service_principal_id=os.environ["LIVE_SERVICE_PRINCIPAL_ID"],
        base_url=os.environ["LIVE_BASE_URL"],
        scim_token=os.environ["LIVE_SCIM_TOKEN"],
        user=os.environ["LIVE_USER"],
        cloud=CLOUDS[os.environ.get("LIVE_CLOUD", GLOBAL.name)],
    )


def from_sandbox(sandbox: Any) -> World:
    """A tenant of the sandbox whose admin has consented."""
    made = sandbox.control.make_tenant(name="Contract", domain=DOMAIN, users=6, calm=True)
    made.consent()
    return World(
        tenant_id=made["tenant_id"],
        client_id=sandbox.client_id,
        certificate=Certificate(sandbox.private_key, sandbox.certificate),
        service_principal_id=made["service_principal_id"],
        base_url=made["base_url"],
        scim_token=made["scim_token"],
        user=made["pilot"]["user_name"],
        reroutes=Reroutes({GLOBAL.login: sandbox.url, GLOBAL.graph: sandbox.url}),
        patience=60.0,
        pause=0.05,
        live=False,
    )


@pytest.fixture(scope="session")
def world(live: bool, request: pytest.FixtureRequest) -> World:
    return from_environment() if live else from_sandbox(request.getfixturevalue("sandbox"))


@pytest.fixture(scope="session")
def graph(world: World) -> GraphClient:
    return world.connect()


@dataclass(frozen=True)
class Prepared:
    """The job that this run made."""

    id: str
    template_id: str


@pytest.fixture(scope="session")
def prepared(world: World, graph: GraphClient) -> Iterator[Prepared]:
    """A new job with saved credentials, visible; deleted at the end. There must be none before."""
    sp = world.service_principal_id
    assert graph.synchronization.jobs(sp) == [], "the application of the contract must have no provisioning job"
    template = next(row.id for row in graph.synchronization.templates(sp) if row.id in ("scim", "customappsso"))
    job = graph.synchronization.create_job(sp, template)
    try:
        world.eventually(lambda: graph.synchronization.schema(sp, job.id))
        graph.synchronization.put_secrets(sp, secrets_of(world))
        yield Prepared(job.id, template)
    finally:
        graph.synchronization.delete_job(sp, job.id)


def secrets_of(world: World) -> dict[str, str]:
    """All four keys: a PUT without the last two may be answered 204 and not saved."""
    notify = '{"Enabled":false,"Recipients":"","DeleteThresholdEnabled":true,"DeleteThresholdValue":500}'
    return {
        "BaseAddress": world.base_url,
        "SecretToken": world.scim_token,
        "SyncNotificationSettings": notify,
        "SyncAll": "false",
    }
