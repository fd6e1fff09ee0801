"""Every request that reached the protocol port, in the order of the answers, within bounds.

A cycle over a hundred thousand people asks Haiilo more than two hundred thousand times. Such calls are kept as tuples,
only the newest of them, and counted; what Graph and login were asked has room of its own, so no cycle pushes it out.
"""

from __future__ import annotations

import heapq
import itertools
import sys
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

KEPT = 200_000
"""Requests to Graph and login that are kept."""
KEPT_SCIM = 20_000
"""Requests to Haiilo that are kept."""
Line = dict[str, Any]


class ScimCall(NamedTuple):
    """A request to Haiilo as it is kept."""

    number: int
    at: datetime
    host: str
    method: str
    path: str
    query: bytes
    status: int

    def line(self, tenant_id: str) -> Line:
        """As GET /journal shows it; `tenant_id` is whose platform that host is."""
        return {
            "time": self.at.isoformat(),
            "kind": "scim",
            "method": self.method,
            "path": self.path,
            "query": dict(reversed(parse_qsl(self.query.decode(errors="replace"), keep_blank_values=True))),
            "tenant": tenant_id,
            "token_tenant": "",
            "client_id": "",
            "roles": [],
            "status": self.status,
            "code": "",
            "chaos": "",
            "request_id": "",
        }


class Journal:
    """Thread-safe. Not kept over a restart."""

    def __init__(self, kept: int = KEPT, kept_scim: int = KEPT_SCIM) -> None:
        self._lines: deque[tuple[int, Line]] = deque(maxlen=kept)
        self._scim: deque[ScimCall] = deque(maxlen=kept_scim)
        self._numbers = itertools.count()
        self._calls: Counter[str] = Counter()
        self._answers: Counter[tuple[str, str, int]] = Counter()
        self._lock = threading.Lock()

    def append(self, line: Line) -> None:
        """A request to Graph or login, as GET /journal shows it; its `kind` says which."""
        with self._lock:
            self._lines.append((next(self._numbers), line))
            self._calls[line["kind"]] += 1

    def note_scim(self, at: datetime, host: str, method: str, path: str, query: bytes, status: int) -> None:
        """Note a request to Haiilo."""
        with self._lock:
            self._scim.append(ScimCall(next(self._numbers), at, sys.intern(host), method, path, query, status))
            self._answers[host, method, status] += 1

    def lines(self, tenant_of: Callable[[str], str], *, kind: str = "", tenant: str = "") -> Iterator[Line]:
        """All that is kept, oldest first, or what is of one kind or of one tenant.

        `tenant_of` gives the id of the tenant whose platform a host is, or "".
        """
        with self._lock:
            kept, scim = list(self._lines), list(self._scim)
        lines = (
            pair
            for pair in kept
            if (not kind or pair[1]["kind"] == kind) and (not tenant or pair[1]["tenant"] == tenant)
        )
        calls = (
            (call.number, call.line(whose))
            for call in (scim if kind in ("", "scim") else ())
            for whose in [tenant_of(call.host)]
            if not tenant or whose == tenant
        )
        return (line for _number, line in heapq.merge(lines, calls, key=lambda pair: pair[0]))

    @property
    def kept(self) -> int:
        """How many requests `lines` gives."""
        return len(self._lines) + len(self._scim)

    @property
    def dropped(self) -> int:
        """How many older ones it no longer gives."""
        with self._lock:
            return self._calls.total() + self._answers.total() - len(self._lines) - len(self._scim)

    def counts(self) -> dict[str, Any]:
        """All requests ever, also of those no longer kept: by kind, and those to Haiilo by host, method and status."""
        with self._lock:
            answers = dict(self._answers)
            calls = {**self._calls, "scim": self._answers.total()}
        told = [
            {"host": host, "method": method, "status": status, "calls": number}
            for (host, method, status), number in sorted(answers.items())
        ]
        return {"kept": self.kept, "dropped": sum(calls.values()) - self.kept, "calls": calls, "scim": told}
