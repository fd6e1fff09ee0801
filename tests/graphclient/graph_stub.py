"""A stand-in for Microsoft on loopback: it gives the answers it was told to give, and remembers what it was asked.

The server is pytest-httpserver's. Ours is what that library has no words for: answers of one path that come one after
the other with the last one repeated, and an answer that is dropped, cut short, or dripping.
"""

from __future__ import annotations

import json
import logging
import re
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @classmethod
    def of(cls, request: Request) -> Asked:
        """Its path is kept as it was sent, quoted; its headers' names are in lower case."""
        parts = urlsplit(request.environ["RAW_URI"])
        headers = {name.lower(): value for name, value in request.headers.items()}
        return cls(request.method, parts.path, dict(parse_qsl(parts.query)), headers, request.get_data())

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode()))


@dataclass(frozen=True)
class Reply:
    """An answer to give. `cut` announces more bytes than it sends; `drop` closes the connection without a word; with
    `drip` the body comes byte by byte, that many seconds apart."""

    status: int = 200
    json: Any = None
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: bool = False
    drop: bool = False
    drip: float = 0.0

    @property
    def payload(self) -> bytes:
        if self.body is not None:
            return self.body
        return b"" if self.json is None else json.dumps(self.json).encode()

    def send(self, connection: socket.socket) -> Response:
        """The answer in the server's terms; one that is dropped ends the connection now."""
        if self.drop:
            connection.shutdown(socket.SHUT_RDWR)
        length = len(self.payload) + (100 if self.cut else 0)
        headers = {"Content-Type": "application/json", **self.headers, "Content-Length": str(length)}
        body = _dripping(self.payload, self.drip, connection) if self.drip else [self.payload]
        return Response(body, self.status, headers)


def _dripping(payload: bytes, pause: float, connection: socket.socket) -> Iterator[bytes]:
    """Until all is sent or the client has hung up."""
    connection.settimeout(pause)
    for byte in payload:
        yield bytes([byte])
        with suppress(TimeoutError):
            if not connection.recv(1):
                return


DROP = Reply(drop=True)
Answering = Reply | Callable[[Asked], Reply]


class GraphStub:
    """Give answers with `on`; the last one of a path is repeated. Anything else is answered 418."""

    def __init__(self, server: HTTPServer) -> None:
        self.url = server.url_for("/").rstrip("/")
        self.asked: list[Asked] = []
        self._server = server
        self._lock = threading.Lock()
        self._answers: dict[tuple[str, str], list[Answering]] = {}
        self._listen()

    def _listen(self) -> None:
        self._server.expect_request(re.compile("")).respond_with_handler(self._respond)

    def on(self, method: str, path: str, *answers: Answering) -> None:
        self._answers[(method, path)] = list(answers)

    def _respond(self, request: Request) -> Response:
        return self._answer(Asked.of(request)).send(request.environ["werkzeug.socket"])

    def _answer(self, asked: Asked) -> Reply:
        with self._lock:
            self.asked.append(asked)
            waiting = self._answers.get((asked.method, asked.path))
            if not waiting:
                return Reply(418, {"error": {"code": "NotToldWhatToSay", "message": asked.path}})
            chosen = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        return chosen if isinstance(chosen, Reply) else chosen(asked)

    def seen(self, method: str, path: str) -> list[Asked]:
        return [asked for asked in self.asked if (asked.method, asked.path) == (method, path)]

    def check(self) -> None:
        """Raise the first error that an answer given as a function has raised."""
        self._server.check()

    def forget(self) -> None:
        """Back to the beginning: nothing told, nothing asked."""
        with self._lock:
            self.asked.clear()
            self._answers.clear()
        self._server.clear()
        self._listen()


@contextmanager
def running() -> Iterator[GraphStub]:
    """A stand-in that listens until the block ends."""
    # The server's own lines name each address; what a test finds in the log must be the product's.
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with HTTPServer("127.0.0.1", 0, threaded=True) as server:
        yield GraphStub(server)
