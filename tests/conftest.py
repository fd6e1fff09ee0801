"""What all tests share: the database server, the sandbox as a process, the browser, and no way out of this machine."""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from devtools.stack import broker as stack_broker
from devtools.stack import keys, machine, ports, postgres, sandbox_control
from devtools.stack.processes import Supervisor
from devtools.stack.stack import register_our_apps

PUBLIC_URL = "http://localhost:8000"
pytest_plugins = ("tests.fixtures.graph",)

# Playwright's synchronous interface runs a loop in the test's thread; Django takes that for asynchronous code.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

# No test is about how long an example takes: a machine that is busy is no failure.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")


# No way out


class LeavesThisMachine(RuntimeError):
    """A test tried to reach another machine."""


def _is_here(host: str) -> bool:
    if host in ("", "localhost"):
        return True
    try:
        return ip_address(host).is_loopback or ip_address(host).is_unspecified
    except ValueError:
        return False


class _Guard:
    """Lets sockets and name look-ups through to loopback only."""

    def __init__(self) -> None:
        self.connect, self.connect_ex = socket.socket.connect, socket.socket.connect_ex
        self.getaddrinfo = socket.getaddrinfo

    def check(self, address: Any) -> None:
        if isinstance(address, tuple) and not _is_here(str(address[0])):
            raise LeavesThisMachine(f"a test tried to connect to {address[0]}")

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        guard = self

        def connect(self: socket.socket, address: Any) -> None:
            guard.check(address)
            guard.connect(self, address)

        def connect_ex(self: socket.socket, address: Any) -> int:
            guard.check(address)
            return guard.connect_ex(self, address)

        def getaddrinfo(host: Any, *arguments: Any, **named: Any) -> Any:
            name = host.decode() if isinstance(host, bytes) else host
            guard.check((name or "",))
            return guard.getaddrinfo(host, *arguments, **named)

        monkeypatch.setattr(socket.socket, "connect", connect)
        monkeypatch.setattr(socket.socket, "connect_ex", connect_ex)
        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


@pytest.fixture(scope="session", autouse=True)
def _loopback_only() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as monkeypatch:
        _Guard().install(monkeypatch)
        yield


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
    """One sandbox process for the whole run. Its clock runs fast; what it keeps is thrown away."""
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
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
        ],
    }
