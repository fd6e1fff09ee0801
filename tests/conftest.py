"""What all tests share: the database server, the sandbox as a process and the browser; more is in tests/fixtures."""

from __future__ import annotations

import gc
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.utils import translation

from devtools.stack import broker as stack_broker
from devtools.stack import keys, machine, ports, postgres, sandbox_control
from devtools.stack.processes import Supervisor
from devtools.stack.stack import register_our_apps

PUBLIC_URL = "http://localhost:8000"
pytest_plugins = (
    "tests.fixtures.ended",
    "tests.fixtures.graph",
    "tests.fixtures.lock_order",
    "tests.fixtures.loopback",
)

# Playwright's synchronous interface runs a loop in the test's thread; Django takes that for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

# No test is about how long an example takes: a machine that is busy is no failure.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: the garbage collector need not look at it again and again."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    """A page that was asked for in another language leaves that language active: it ends with the test."""
    yield
    translation.deactivate()


# The database


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> Iterator[None]:
    """Before the test database is made: start the server that tests/settings.py has promised, if it did."""
    from django.conf import settings

    folder = getattr(settings, "POSTGRES_FOLDER", None)
    with ExitStack() as resources:
        if folder is not None:
            resources.enter_context(postgres.serving(folder))
        yield


# The sandbox


@dataclass(frozen=True)
class Sandbox:
    """A running sandbox that knows our application; each test takes tenants of its own."""

    url: str
    control: sandbox_control.SandboxControl
    client_id: str
    private_key: str
    certificate: str


@pytest.fixture(scope="session")
def sandbox() -> Iterator[Sandbox]:
    """One sandbox process for the whole run. Its clock runs fast, and tests move it; what it keeps is thrown away."""
    with another_sandbox() as made:
        yield made


@contextmanager
def another_sandbox() -> Iterator[Sandbox]:
    """A sandbox process whose clock no other test has moved: the times that it tells are those of this machine."""
    with tempfile.TemporaryDirectory(prefix="sandbox-") as folder:
        supervisor, port, control_port = Supervisor(Path(folder)), ports.free(), ports.free()
        try:
            supervisor.start(sandbox_control.program(port, control_port, os.environ, speed=600, seed=1))
            control = sandbox_control.SandboxControl(f"http://{ports.HOST}:{control_port}")
            private_key, certificate = keys.throw_away_pair()
            register_our_apps(control, PUBLIC_URL, certificate)
            yield Sandbox(f"http://{ports.HOST}:{port}", control, keys.CLIENT_ID, private_key, certificate)
        finally:
            supervisor.stop()


# The broker


@pytest.fixture(scope="session")
def broker() -> Iterator[str]:
    """The address of a real Valkey for the whole run."""
    with tempfile.TemporaryDirectory(prefix="broker-") as folder:
        supervisor, port = Supervisor(Path(folder)), ports.free()
        try:
            supervisor.start(stack_broker.program(port, Path(folder), os.environ))
            yield stack_broker.url(port)
        finally:
            supervisor.stop()


# The browser

OF_PLAYWRIGHT = (
    "AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,"
    "LensOverlay,MediaRouter,PaintHolding,ThirdPartyStoragePartitioning,AvoidCorsURLLoaderRestartOnRedirect,"
    "OptimizationHints,NetworkTimeServiceQuerying,AimEnabled,PreconnectToSearch"
)
"""What Playwright leaves out of Chromium, which only heeds the last list that it is given."""
OF_NO_USE = "WebUIOmniboxPopup,WebUIOmniboxAimPopup,SpareRendererForSitePerProcess"
"""Pages and processes that Chromium prepares beside each page for somebody who will type an address: two thirds of what
a page in a new context costs.
"""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The machine's own Chromium; it resolves no name but localhost."""
    path = os.environ.get("BROWSER_PATH") or machine.browser()
    assert path, "no Chromium on this machine: sudo apt install chromium"
    return {
        **browser_type_launch_args,
        "executable_path": path,
        "args": [
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--renderer-process-limit=1",  # pages of one site share a process: to start one takes longer than a page
            f"--disable-features={OF_PLAYWRIGHT},{OF_NO_USE}",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
        ],
    }
