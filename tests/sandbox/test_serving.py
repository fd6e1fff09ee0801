"""Servers that end: every socket is closed where it was opened, none is left to the garbage collection."""

from __future__ import annotations

import gc
import http.client
import socket
import threading
import warnings

import pytest
from flask import Flask

from sandbox.server import Sandbox
from sandbox.serving import Server


def connection(port: int) -> http.client.HTTPConnection:
    """A connection that stays open after its first answer."""
    made = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    made.request("GET", "/healthz")
    made.getresponse().read()
    assert made.sock is not None, "kept alive"
    return made


def test_ends_every_connection_and_thread_with_the_sandbox() -> None:
    with Sandbox(speed=600, seed=1) as running:
        kept = [connection(port) for port in (running.port, running.control_port)]
        mine = {f"server {port}" for port in (running.port, running.control_port)}
        assert mine <= {thread.name for thread in threading.enumerate()}
    assert not mine & {thread.name for thread in threading.enumerate()}
    for each in kept:
        assert each.sock.recv(1) == b"", "closed by the sandbox"
        each.close()


def test_leaves_nothing_open_where_the_control_port_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        with pytest.raises(OSError, match="in use"):
            Sandbox(control_port=taken.getsockname()[1])
        gc.collect()
    assert [each.message for each in warned] == []


def test_can_be_stopped_before_it_was_started() -> None:
    server = Server(Flask(__name__))
    server.stop()
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", server.port), timeout=10)
