"""The protocol port: by path to Graph, by Host header to Haiilo, everything else to the login service.

Our client keeps Microsoft's Host header, so links in answers carry the host that the client believes to talk to; a
browser comes to the port itself. msgraph-sdk asks for /v1.0//…: the double slash is taken (FEASIBILITY 4).
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from flask import Flask, Response, g, request
from waitress.channel import ClientDisconnected

from .graph.service import Graph, Outcome
from .graph.wire import ROOT, Call, parse_query
from .login import service as login_service
from .moods import Moods
from .world import Tenant, World

HERE = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:\d+)?", re.IGNORECASE)
SLOWEST = 2.0  # seconds on the wall
MOST_BODY = 4 * 1024 * 1024
Environ = dict[str, Any]
StartResponse = Callable[..., Any]
REASONS = {
    200: "OK",
    201: "Created",
    204: "No Content",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    429: "Too Many Requests",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


def origin_of(host: str) -> str:
    """Scheme and host as the client used them: https for every name but this machine's."""
    return f"{'http' if HERE.fullmatch(host) else 'https'}://{host}"


class Front:
    """The WSGI application of the protocol port."""

    def __init__(self, world: World, graph: Graph, moods: Moods, blueprints: Iterable[Any] = ()) -> None:
        self.world, self.graph, self.moods = world, graph, moods
        self._flask = _flask(world, blueprints)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"] = re.sub("//+", "/", environ.get("PATH_INFO", "/"))
        if path.startswith(ROOT + "/"):
            return self._graph(environ, start_response, path.removeprefix(ROOT))
        return self._flask(environ, start_response)

    def _graph(self, environ: Environ, start_response: StartResponse, path: str) -> Iterable[bytes]:
        call = _call(self.world, environ, path)
        outcome = self.graph.handle(call)
        if outcome.accident == "hold" and call.caller_:
            self.moods.hold(call.caller_.tenant)
        if outcome.accident == "slow":
            time.sleep(min(SLOWEST, self.world.clock.wait(timedelta(seconds=10))))
        if outcome.accident == "lose":
            raise ClientDisconnected  # takes effect, and the connection ends without a byte
        return _send(outcome, start_response)


def _call(world: World, environ: Environ, path: str) -> Call:
    headers = {key[5:].replace("_", "-").lower(): str(value) for key, value in environ.items() if key[:5] == "HTTP_"}
    if environ.get("CONTENT_TYPE"):
        headers["content-type"] = environ["CONTENT_TYPE"]
    length = min(int(environ.get("CONTENT_LENGTH") or 0), MOST_BODY)
    return Call(
        world=world,
        method=environ["REQUEST_METHOD"],
        path=path.encode("latin-1", "replace").decode(errors="replace").rstrip("/"),
        query=parse_query(environ.get("QUERY_STRING", "")),
        headers=headers,
        body=environ["wsgi.input"].read(length) if length else b"",
        origin=origin_of(headers.get("host", "")),
    )


def _send(outcome: Outcome, start_response: StartResponse) -> Iterable[bytes]:
    answer = outcome.answer
    body = answer.raw()
    shown = body[: len(body) // 2] if outcome.accident in ("truncate", "break") else body
    length = len(shown if outcome.accident == "truncate" else body)
    headers = list(answer.headers.items())
    if body:
        headers.append(("Content-Type", answer.content_type))
    if answer.status != 204:
        headers.append(("Content-Length", str(length)))
    start_response(f"{answer.status} {REASONS.get(answer.status, 'Status')}", headers)
    return [shown]


def _flask(world: World, blueprints: Iterable[Any]) -> Flask:
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MOST_BODY
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.register_blueprint(login_service.blueprint(world, lambda: origin_of(request.host)))
    for each in blueprints:
        app.register_blueprint(each)

    @app.after_request
    def write(answer: Response) -> Response:
        _journal(world, answer)
        return answer

    return app


def _journal(world: World, answer: Response) -> None:
    """One line for a request to login or Haiilo."""
    host = request.host.partition(":")[0]
    kind = "scim" if request.path.startswith(("/api/", "/haiilo/")) else "login"
    tenant = _customer(world, host) if kind == "scim" else world.tenant_at(request.path.split("/")[1])
    world.journal.append(
        {
            "time": world.clock.stamp().isoformat(),
            "kind": kind,
            "method": request.method,
            "path": request.path,
            "query": {key: value for key, value in request.args.items() if key != "code"},
            "tenant": tenant.id if tenant else "",
            "token_tenant": "",
            "client_id": g.get("client_id", ""),
            "roles": [],
            "status": answer.status_code,
            "code": g.get("code", ""),
            "accident": "",
            "request_id": "",
        }
    )


def _customer(world: World, host: str) -> Tenant | None:
    return next((each for each in list(world.tenants.values()) if each.haiilo_host == host), None)
