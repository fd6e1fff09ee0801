"""How a fault of the network is told: what never left may be sent again, everything else is doubt."""

from __future__ import annotations

import ssl
from typing import Any

import pytest
import requests
from urllib3.exceptions import (
    DecodeError,
    MaxRetryError,
    NewConnectionError,
    ProtocolError,
    ReadTimeoutError,
    SSLError,
)

from graphclient.http.exchange import LossReason, Lost, _read, exchange, harden

POOL: Any = None


def retried(reason: Exception) -> MaxRetryError:
    return MaxRetryError(POOL, "/", reason)


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (requests.ConnectTimeout("slow"), LossReason.NOT_SENT),
        (requests.ConnectionError(retried(NewConnectionError(POOL, "refused"))), LossReason.NOT_SENT),
        (requests.exceptions.ProxyError("no"), LossReason.NOT_SENT),
        (
            requests.exceptions.SSLError(retried(SSLError(ssl.SSLCertVerificationError("self-signed")))),
            LossReason.NOT_SENT,
        ),
        (requests.exceptions.SSLError(retried(SSLError(ssl.SSLEOFError("closed")))), LossReason.BROKEN),
        (requests.ReadTimeout("slow"), LossReason.TIMED_OUT),
        (ReadTimeoutError(POOL, "/", "slow"), LossReason.TIMED_OUT),
        (TimeoutError("slow"), LossReason.TIMED_OUT),
        (requests.ConnectionError(ProtocolError("aborted", ConnectionResetError())), LossReason.BROKEN),
        (requests.ConnectionError(retried(ReadTimeoutError(POOL, "/", "slow"))), LossReason.BROKEN),
        (ProtocolError("cut"), LossReason.BROKEN),
        (DecodeError("no gzip"), LossReason.BROKEN),
        (ConnectionResetError(), LossReason.BROKEN),
        (requests.ConnectionError(), LossReason.BROKEN),
    ],
)
def test_tells_what_never_left_from_what_may_have(fault: Exception, why: LossReason) -> None:
    class Faulty(requests.adapters.HTTPAdapter):
        def send(self, *args: Any, **kwargs: Any) -> requests.Response:
            raise fault

    with requests.Session() as http:
        http.mount("https://graph.microsoft.com/", Faulty())
        assert exchange(http, "POST", "https://graph.microsoft.com/v1.0/a") == Lost(why)


def test_cannot_be_talked_out_of_checking_certificates() -> None:
    seen: list[Any] = []

    class Noting(requests.adapters.HTTPAdapter):
        def send(self, *args: Any, **kwargs: Any) -> requests.Response:
            seen.append((kwargs["verify"], kwargs["timeout"], kwargs["stream"]))
            raise requests.ConnectionError

    for verify in (False, True, "/etc/own-bundle.pem"):
        with requests.Session() as http:
            http.mount("https://", Noting())
            http.verify = verify
            exchange(harden(http), "GET", "https://graph.microsoft.com/v1.0/a")
    assert [row[0] for row in seen] == [True, True, "/etc/own-bundle.pem"]
    assert {row[1:] for row in seen} == {((5.0, 30.0), True)}


class Trickle:
    """A body of ever more bytes, and the socket below it; notes how long each read may wait."""

    def __init__(self) -> None:
        self.connection = self.sock = self
        self.seconds, self.allowed = 30.0, list[float]()

    def gettimeout(self) -> float:
        return self.seconds

    def settimeout(self, seconds: float) -> None:
        self.seconds = seconds
        self.allowed.append(seconds)

    def read1(self, size: int, *, decode_content: bool) -> bytes:
        return b"x"


def test_lets_no_read_outlast_the_deadline() -> None:
    body: Any = Trickle()
    now = iter([0.0, 12.0, 34.0, 36.0])
    assert _read(body, 1000, 35.0, lambda: next(now)) is LossReason.TIMED_OUT
    assert body.allowed == [30.0, 23.0, 1.0]


def test_reads_on_where_the_socket_is_out_of_reach() -> None:
    body: Any = Trickle()
    body.connection = None
    assert _read(body, 3, 35.0, lambda: 0.0) is LossReason.TOO_LARGE
