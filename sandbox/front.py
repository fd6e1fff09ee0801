"""The protocol port: by path to Graph, by Host header to Haiilo, everything else to the login service.

Our client keeps Microsoft's Host header, so links in answers carry the host that the client believes to talk to; a
browser comes to the port itself. msgraph-sdk asks for /v1.0//…: the double slash is taken.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from flask import Flask, Response, g, jsonify, make_response, request
from waitress.channel import ClientDisconnected

from .chaos import Chaos
from .graph.exchange import ROOTS, Call, parse_query
from .graph.service import Graph, Outcome
from .login import service as login_service
from .login.refusals import LoginRefused
from .world import Tenant, World

HERE = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:\d+)?", re.IGNORECASE)
MAX_SLOWNESS = 2.0  # seconds on the wall
MAX_BODY = 4 * 1024 * 1024
ONE_SHOT = "sandbox.one_shot"
"""In the environment of a login request: what was ordered for it."""
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

    def __init__(self, world: World, graph: Graph, chaos: Chaos, blueprints: Iterable[Any] = ()) -> None:
        self.world, self.graph, self.chaos = world, graph, chaos
        self._flask = _flask(world, blueprints)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"] = re.sub("//+", "/", environ.get("PATH_INFO", "/"))
        root = next((root for root in ROOTS if path.startswith(root + "/")), "")
        if root:
            return self._graph(environ, start_response, root, path.removeprefix(root))
        if "/oauth2/" in path:
            return self._login(environ, start_response, path)
        return self._flask(environ, start_response)

    def _graph(self, environ: Environ, start_response: StartResponse, root: str, path: str) -> Iterable[bytes]:
        call = _call(self.world, environ, root, path)
        outcome = self.graph.handle(call)
        if call.caller_:
            self._wait(outcome.fault, call.caller_.tenant)
        return _send(outcome, start_response)

    def _login(self, environ: Environ, start_response: StartResponse, path: str) -> Iterable[bytes]:
        """Nothing goes wrong by chance here, only what was ordered."""
        tenant = self.world.tenant_at(path.split("/")[1])
        fault = self.chaos.one_shot(tenant, environ["REQUEST_METHOD"], path) if tenant else ""
        if tenant is None or not fault:
            return self._flask(environ, start_response)
        environ[ONE_SHOT] = fault
        answer = Response.from_app(self._flask, environ)
        self._wait(fault, tenant)
        return _deliver(answer.status, answer.headers.to_wsgi_list(), answer.get_data(), fault, start_response)

    def _wait(self, fault: str, tenant: Tenant) -> None:
        """Raises ClientDisconnected for an answer that is to be lost: the connection ends without a byte."""
        if fault == "hold":
            self.chaos.hold(tenant)
        if fault == "slow":
            time.sleep(min(MAX_SLOWNESS, self.world.clock.wait(timedelta(seconds=10))))
        if fault == "lose":
            raise ClientDisconnected


def _call(world: World, environ: Environ, root: str, path: str) -> Call:
    headers = {key[5:].replace("_", "-").lower(): str(value) for key, value in environ.items() if key[:5] == "HTTP_"}
    if environ.get("CONTENT_TYPE"):
        headers["content-type"] = environ["CONTENT_TYPE"]
    length = min(int(environ.get("CONTENT_LENGTH") or 0), MAX_BODY)
    return Call(
        world=world,
        method=environ["REQUEST_METHOD"],
        path=path.encode("latin-1", "replace").decode(errors="replace").rstrip("/"),
        query=parse_query(environ.get("QUERY_STRING", "")),
        headers=headers,
        body=environ["wsgi.input"].read(length) if length else b"",
        origin=origin_of(headers.get("host", "")),
        root=root,
    )


def _send(outcome: Outcome, start_response: StartResponse) -> Iterable[bytes]:
    answer = outcome.answer
    body = answer.raw()
    headers = list(answer.headers.items())
    if body:
        headers.append(("Content-Type", answer.content_type))
    if answer.status != 204:
        headers.append(("Content-Length", str(len(body))))
    status = f"{answer.status} {REASONS.get(answer.status, 'Status')}"
    return _deliver(status, headers, body, outcome.fault, start_response)


def _deliver(
    status: str, headers: list[tuple[str, str]], body: bytes, fault: str, start_response: StartResponse
) -> Iterable[bytes]:
    """Half of the body when it is to end early: "truncate" says so in Content-Length, "break" promises all of it."""
    shown = body[: len(body) // 2] if fault in ("truncate", "break") else body
    if fault == "truncate":
        headers = [(name, str(len(shown)) if name.lower() == "content-length" else value) for name, value in headers]
    start_response(status, headers)
    return [shown]


def _flask(world: World, blueprints: Iterable[Any]) -> Flask:
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.json.sort_keys = False  # type: ignore[attr-defined]
    app.register_blueprint(login_service.blueprint(world, lambda: origin_of(request.host)))
    for each in blueprints:
        app.register_blueprint(each)

    @app.before_request
    def refuse() -> Response | None:
        if request.environ.get(ONE_SHOT) != "unavailable":
            return None
        refused = LoginRefused(90033, "temporarily_unavailable", status=503)
        g.code = f"AADSTS{refused.number}"
        return make_response(jsonify(refused.body()), refused.status)

    @app.after_request
    def write(answer: Response) -> Response:
        _journal(world, answer)
        return answer

    return app


def _journal(world: World, answer: Response) -> None:
    """One line for a request to login or Haiilo."""
    at = world.clock.stamp()
    if request.path.startswith(("/api/", "/haiilo/")):
        host = request.host.partition(":")[0].lower()
        query = request.query_string
        world.journal.note_scim(at, host, request.method, request.path, query, answer.status_code)
        return
    tenant = world.tenant_at(request.path.split("/")[1])
    world.journal.append(
        {
            "time": at.isoformat(),
            "kind": "login",
            "method": request.method,
            "path": request.path,
            "query": {key: value for key, value in request.args.items() if key != "code"},
            "tenant": tenant.id if tenant else "",
            "token_tenant": "",
            "client_id": g.get("client_id", ""),
            "roles": [],
            "status": answer.status_code,
            "code": g.get("code", ""),
            "chaos": request.environ.get(ONE_SHOT, ""),
            "request_id": "",
        }
    )
