"""A test that would leave this machine fails, whichever way it takes."""

from __future__ import annotations

import socket

import pytest
from pytest_socket import SocketConnectBlockedError

from tests.fixtures.loopback import LeavesThisMachine

ELSEWHERE = "192.0.2.1"  # an address for documents, which nobody has (RFC 5737)


def test_opens_no_connection_to_another_machine():
    with (
        socket.socket() as probe,
        pytest.warns(UserWarning, match=ELSEWHERE),
        pytest.raises(SocketConnectBlockedError, match=ELSEWHERE),
    ):
        probe.connect((ELSEWHERE, 9))


def test_tries_no_connection_to_another_machine():
    with socket.socket() as probe, pytest.raises(LeavesThisMachine, match=ELSEWHERE):
        probe.connect_ex((ELSEWHERE, 9))


@pytest.mark.parametrize("name", ["graph.microsoft.com", b"graph.microsoft.com", ELSEWHERE])
def test_looks_up_no_name_of_another_machine(name):
    with pytest.raises(LeavesThisMachine):
        socket.getaddrinfo(name, 443)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.0.0.2"])
def test_reaches_this_machine(host):
    with socket.create_server((host, 0)) as server, socket.socket() as client:
        client.connect((host, server.getsockname()[1]))
        client_address = client.getsockname()
        taken, address = server.accept()
        taken.close()
        assert address == client_address
    assert socket.getaddrinfo(host, 80)


def test_reaches_a_unix_socket(tmp_path):
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind(str(tmp_path / "socket"))
        server.listen()
        client.connect(str(tmp_path / "socket"))
        assert client.getpeername() == str(tmp_path / "socket")
