"""A small HTTP server on loopback that gives the answers it was told to give, and remembers what it was asked."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Asked:
    """One request as it arrived."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

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


DROP = Reply(drop=True)
Answering = Reply | Callable[[Asked], Reply]


class FarSide:
    """Give answers with `on`; the last one of a path is repeated. Anything else is answered 418."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.asked: list[Asked] = []
        self._lock = threading.Lock()
        self._answers: dict[tuple[str, str], list[Answering]] = {}

    def on(self, method: str, path: str, *answers: Answering) -> None:
        self._answers[(method, path)] = list(answers)

    def answer(self, asked: Asked) -> Reply:
        with self._lock:
            self.asked.append(asked)
            waiting = self._answers.get((asked.method, asked.path))
            if not waiting:
                return Reply(418, {"error": {"code": "NotToldWhatToSay", "message": asked.path}})
            chosen = waiting.pop(0) if len(waiting) > 1 else waiting[0]
        return chosen if isinstance(chosen, Reply) else chosen(asked)

    def seen(self, method: str, path: str) -> list[Asked]:
        return [asked for asked in self.asked if (asked.method, asked.path) == (method, path)]

    def forget(self) -> None:
        with self._lock:
            self.asked.clear()
            self._answers.clear()


class _Server(ThreadingHTTPServer):
    request_queue_size = 256
    daemon_threads = True
    far_side: FarSide

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 64 * 1024  # one write for head and body
    disable_nagle_algorithm = True
    server: _Server

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, parts.path, dict(parse_qsl(parts.query)), headers, self.rfile.read(length))
        reply = self.server.far_side.answer(asked)
        if reply.drop:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(reply.status)
        payload = reply.payload
        extra = 100 if reply.cut else 0
        for name, value in {"Content-Type": "application/json", **reply.headers}.items():
            self.send_header(name, value)
        if reply.status != 204:
            self.send_header("Content-Length", str(len(payload) + extra))
        self.end_headers()
        if reply.drip:
            self._drip(payload, reply.drip)
            return
        self.wfile.write(payload)
        self.wfile.flush()
        if reply.cut:
            self.close_connection = True

    def _drip(self, payload: bytes, pause: float) -> None:
        """Until all is sent, the client has hung up, or the server ends."""
        self.connection.settimeout(pause)
        for byte in payload:
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            with suppress(TimeoutError):
                if not self.connection.recv(1):
                    self.close_connection = True
                    return

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _serve

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@contextmanager
def running() -> Iterator[FarSide]:
    """A far side that listens until the block ends."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.far_side = FarSide(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.far_side
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()
