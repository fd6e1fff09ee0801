"""The way to Microsoft, on which each request takes some time more, and which notes how long each one took."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests

_NOT_PASSED_ON = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "accept-encoding"})


@dataclass(frozen=True)
class Passed:
    """A request that went this way, and the seconds until its answer was back; `app`: a token for our application."""

    method: str
    path: str
    seconds: float
    app: bool = False

    @property
    def is_graph(self) -> bool:
        """Whether it was Graph that was asked."""
        return self.path.startswith("/v1.0/")

    @property
    def is_haiilo(self) -> bool:
        """Whether it was Haiilo's list that was asked for; Microsoft's own requests to Haiilo do not go this way."""
        return self.path.startswith("/api/scim/")

    @property
    def is_look_up(self) -> bool:
        """Whether Microsoft was asked whose a domain is; what a sign-in asks names the tenant by its id."""
        tenant, _, rest = self.path.removeprefix("/").partition("/")
        return "." in tenant and rest.endswith("/.well-known/openid-configuration")

    @property
    def is_of_a_run(self) -> bool:
        """Whether a worker's run asked; what is left are people who sign in and consent."""
        return self.is_graph or self.is_haiilo or self.is_look_up or self.app


@dataclass
class Road:
    """Leads to `target`; each request waits `seconds` first."""

    target: str
    seconds: float
    url: str = ""
    passed: list[Passed] = field(default_factory=list)


@contextmanager
def leading_to(target: str, seconds: float) -> Iterator[Road]:
    """A way that is open until the block ends."""
    road = Road(target, seconds)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(road))
    road.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield road
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(road: Road) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 64 * 1024
        disable_nagle_algorithm = True

        def setup(self) -> None:
            super().setup()
            self._onwards = requests.Session()
            self._onwards.trust_env = False

        def pass_on(self) -> None:
            began = time.monotonic()
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            time.sleep(road.seconds)
            answer = self._ask(body)
            self.send_response(answer.status_code)
            for name, value in answer.headers.items():
                if name.lower() not in _NOT_PASSED_ON and name.lower() not in ("server", "date", "content-encoding"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)
            app = b"client_credentials" in body
            road.passed.append(Passed(self.command, self.path, time.monotonic() - began, app))

        def _ask(self, body: bytes) -> requests.Response:
            sent: dict[str, Any] = {k: v for k, v in self.headers.items() if k.lower() not in _NOT_PASSED_ON}
            return self._onwards.request(
                self.command, road.target + self.path, data=body, headers=sent, timeout=200, allow_redirects=False
            )

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = pass_on

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    return Handler
