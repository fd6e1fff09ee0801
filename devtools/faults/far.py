"""The far side behind a proxy: every request is noted with whose it is, may be held up, lost, or answered otherwise."""

from __future__ import annotations

import base64
import contextlib
import http.client
import json
import re
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Any

from devtools.faults.points import Gate, Moment, Point, now
from devtools.stack.ports import HOST

GRAPH = "/v1.0/"
TIMEOUT = 300.0  # seconds that the sandbox may take
NOT_PASSED_ON = ("transfer-encoding", "connection", "keep-alive")
CHANGES_NOTHING = ("validateCredentials", "parseExpression", "$batch", "getByIds")
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27,}|[A-Za-z]+\.[0-9a-f]{32}\.[0-9a-f-]{36}")
_JOB = re.compile(r"(?<=/synchronization/jobs/)(?!validateCredentials)[^/]+")
_TEMPLATE = re.compile(r"(?<=/synchronization/templates/)[^/]+")
_USER = re.compile(r"(?<=/users/)[^/]+")
_ADDRESS = re.compile(rb"https://([a-z0-9.-]+)/")


class Lost(Exception):
    """The connection ends without an answer."""


@dataclass(frozen=True)
class Answer:
    """What comes back. `how` is the way it does: whole, broken off in the middle, or a byte a second."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    how: str = ""


@dataclass
class Call:
    """One request. `by` is the program that sent it; `tenant` the id or domain it speaks of; `at` when it came."""

    by: str
    method: str
    path: str
    tenant: str
    at: float
    tokens: tuple[str, ...] = ()
    """Ids of the tenants whose Haiilo token it carries."""
    hosts: tuple[str, ...] = ()
    """Host names in its body."""
    status: int = 0
    answered_at: float = 0.0

    @property
    def what(self) -> str:
        """Method and path without ids, by which requests of two tenants are the same."""
        return f"{self.method} {template_of(self.path)}"

    @property
    def is_graph(self) -> bool:
        """Whether it went to Graph."""
        return self.path.startswith(GRAPH)

    @property
    def changes(self) -> bool:
        """Whether it would change something in the tenant."""
        return self.is_graph and self.method != "GET" and not self.path.endswith(CHANGES_NOTHING)


Fits = Callable[[Call], bool]
Before = Callable[[Call], Answer | None]
After = Callable[[Call, Answer], Answer]


@dataclass
class Rule:
    """What happens to the next `left` requests that fit, after `skip` others. Both acts may wait, and raise Lost."""

    fits: Fits
    before: Before | None = None
    after: After | None = None
    skip: int = 0
    left: int = 1_000_000
    met: int = 0

    def counts(self) -> bool:
        """Take note of a request that fits; whether it is one that something happens to."""
        if self.skip:
            self.skip -= 1
            return False
        self.left, self.met = self.left - 1, self.met + 1
        return True


def template_of(path: str) -> str:
    """A path without query and ids."""
    bare = path.partition("?")[0].replace("//", "/")
    for pattern, name in ((_JOB, "{job}"), (_TEMPLATE, "{template}"), (_USER, "{user}"), (_ID, "{id}")):
        bare = pattern.sub(name, bare)
    return bare.removeprefix(GRAPH.rstrip("/"))


def refusal(status: int, body: bytes = b"", *, kind: str = "application/json", **headers: str) -> Answer:
    """An answer in place of Microsoft's."""
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Answer(status, (("Content-Type", kind), *named), body)


def asked(*, tenant: str = "", what: str = "", path: str = "", method: str = "") -> Fits:
    """Requests of the worker to Graph, those alone that are so; `path` is a part of it."""

    def fits(call: Call) -> bool:
        same = all(
            wanted in ("", found) for wanted, found in ((tenant, call.tenant), (what, call.what), (method, call.method))
        )
        return same and call.is_graph and call.by == "worker" and path in call.path

    return fits


def by_chance(chance: Random, share: float) -> Fits:
    """A part of all requests of the worker to Graph."""
    fits = asked()
    return lambda call: fits(call) and chance.random() < share


def always(answer: Answer) -> Before:
    """This answer, and nothing is passed on."""
    return lambda _call: answer


@dataclass
class Far:
    """The proxy in front of the sandbox at `target`; each program that asks has a port of its own (`door`)."""

    target: int
    gates: dict[str, Gate] = field(default_factory=dict)
    """By the program that asks."""
    calls: list[Call] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    tokens: dict[str, str] = field(default_factory=dict)
    """Haiilo token → id of the tenant it belongs to."""
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _doors: list[ThreadingHTTPServer] = field(default_factory=list)

    def door(self, by: str, port: int) -> None:
        """Listen for a program, until `stop`."""
        far = self

        class Handler(_Handler):
            proxy, sender = far, by

        server = _Server((HOST, port), Handler)
        self._doors.append(server)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.2}, daemon=True).start()

    def stop(self) -> None:
        """Listen no more."""
        for each in self._doors:
            each.shutdown()
            each.server_close()

    def add(self, rule: Rule) -> Rule:
        """From now on."""
        with self._lock:
            self.rules.append(rule)
        return rule

    def clear(self) -> None:
        """Let everything through again."""
        with self._lock:
            self.rules.clear()

    def of(self, tenants: Iterable[str], *, by: str = "worker", since: float = 0.0) -> list[Call]:
        """The requests about these tenants, in the order they came."""
        wanted = set(tenants)
        return [call for call in list(self.calls) if call.tenant in wanted and call.by == by and call.at >= since]

    # What a request goes through

    def note(self, call: Call) -> list[Rule]:
        """Keep it; which rules it falls under."""
        with self._lock:
            self.calls.append(call)
            return [rule for rule in self.rules if rule.left > 0 and rule.fits(call) and rule.counts()]

    def pass_on(self, call: Call, ask: Callable[[], Answer]) -> Answer:
        """The answer to be given. Raises Lost."""
        rules = self.note(call)
        stopped = self._stops(call, Moment.BEFORE)
        if stopped is not None:
            if stopped.moment is Moment.LATE:
                call.status = ask().status
            raise Lost
        for rule in rules:
            instead = rule.before(call) if rule.before else None
            if instead is not None:
                call.status, call.answered_at = instead.status, now()
                return instead
        answer = ask()
        call.status = answer.status
        if self._stops(call, Moment.EFFECT) is not None:
            raise Lost
        for rule in rules:
            answer = rule.after(call, answer) if rule.after else answer
        call.answered_at = now()
        return answer

    def _stops(self, call: Call, moment: Moment) -> Point | None:
        gate = self.gates.get(call.by)
        return gate.passes(call.tenant, moment, call.what) if gate else None


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Who asked may be dead by now."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    proxy: Far
    sender: str

    def setup(self) -> None:
        super().setup()
        self._upstream = http.client.HTTPConnection(HOST, self.proxy.target, timeout=TIMEOUT)

    def finish(self) -> None:
        self._upstream.close()
        with contextlib.suppress(OSError):
            super().finish()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""

    def _pass(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        call = self._call(body)
        try:
            answer = self.proxy.pass_on(call, lambda: self._ask(body))
        except (Lost, OSError, http.client.HTTPException):
            self.close_connection = True
            return
        self._give(answer)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _pass

    def _call(self, body: bytes) -> Call:
        tokens = tuple(owner for token, owner in self.proxy.tokens.items() if token.encode() in body)
        hosts = tuple(sorted({found.decode() for found in _ADDRESS.findall(body)})) if tokens else ()
        return Call(self.sender, self.command, self.path, self._tenant(), now(), tokens, hosts)

    def _tenant(self) -> str:
        if not self.path.replace("//", "/").startswith(GRAPH):
            return self.path.split("/")[1] if self.path.count("/") > 1 else ""
        parts = self.headers.get("Authorization", "").removeprefix("Bearer ").split(".")
        with contextlib.suppress(ValueError, IndexError, KeyError):
            return str(json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))["tid"])
        return ""

    def _ask(self, body: bytes) -> Answer:
        headers = {name: value for name, value in self.headers.items() if name.lower() not in NOT_PASSED_ON}
        try:
            self._upstream.request(self.command, self.path, body or None, headers)
            got = self._upstream.getresponse()
            content = got.read()
        except (OSError, http.client.HTTPException):
            self._upstream.close()
            raise
        kept = tuple((name, value) for name, value in got.getheaders() if name.lower() not in NOT_PASSED_ON)
        return Answer(got.status, kept, content)

    def _give(self, answer: Answer) -> None:
        self.send_response_only(answer.status)
        for name, value in answer.headers:
            if name.lower() != "content-length":
                self.send_header(name, value)
        if answer.status not in (204, 304):
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if answer.how == "broken":
            self.wfile.write(answer.body[: len(answer.body) // 2])
            self.close_connection = True
        elif answer.how == "drip":
            for index in range(len(answer.body)):
                self.wfile.write(answer.body[index : index + 1])
                time.sleep(1)
        else:
            self.wfile.write(answer.body)


def broken(answer: Answer) -> Answer:
    """Half of it, then the connection ends."""
    return replace(answer, how="broken")
