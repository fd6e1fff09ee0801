"""To whom a connection is made: public addresses alone, and whoever proves by a certificate that the host is theirs."""

from __future__ import annotations

import socket
import ssl
import threading
from pathlib import Path

import pytest

from devtools.stack.keys import throw_away_pair
from graphclient import Reroutes
from graphclient.http.exchange import LossReason, Lost, exchange
from onboarding.domain.desired import SecretText
from onboarding.haiilo import Transport, TryLater, new_session
from onboarding.haiilo.public_only import PublicOnly, is_public
from tests.fixtures.graph import Waits

from .answers import HOST, TOKEN

BASE = f"https://{HOST}/api/scim/v2"


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07::1", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:93.184.215.14", True),
    ],
)
def test_tells_public_addresses_from_others(address: str, public: bool):
    assert is_public(address) is public


def test_says_nothing_to_an_address_that_is_not_public():
    session = new_session()
    assert isinstance(session.get_adapter(BASE), PublicOnly)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        outcome = exchange(session, "GET", f"https://localhost:{listening.getsockname()[1]}/", within=5)
        assert outcome == Lost(LossReason.NOT_SENT)
        connection, _address = listening.accept()
        connection.settimeout(5)
        with connection:
            assert connection.recv(1) == b""


def test_believes_no_certificate_that_nobody_vouches_for(tmp_path: Path, waits: Waits):
    received: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = threading.Thread(target=_serve_tls, args=(listening, tmp_path, received))
        server.start()
        session = new_session(Reroutes({f"https://{HOST}": f"https://127.0.0.1:{listening.getsockname()[1]}"}))
        with pytest.raises(TryLater, match="no connection"):
            Transport(HOST, session, sleep=waits).get(f"{BASE}/Users", SecretText(TOKEN))
        server.join()
    assert received == []


def _serve_tls(listening: socket.socket, folder: Path, received: list[bytes]) -> None:
    """Both attempts; what comes through after a handshake is kept."""
    key, certificate = throw_away_pair()
    (folder / "pair.pem").write_text(key + certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "pair.pem")
    for _attempt in range(2):
        connection, _address = listening.accept()
        try:
            with context.wrap_socket(connection, server_side=True) as secured:
                received.append(secured.recv(1))
        except (ssl.SSLError, OSError):
            continue
