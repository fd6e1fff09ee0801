"""Guards: functions that are asked with method and path before each request, and raise `WriteRefused` to forbid it.

No path with a query, a fragment, a dot segment, an encoded slash or a blank counts as lying below another.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ..errors import ReadOnly, WriteRefused

Guard = Callable[[str, str], None]

_READ_METHODS = frozenset({"GET", "HEAD"})
_UNSAFE_PATH = re.compile(r"[?#\\\x00-\x20]|//|%(?:2f|5c|2e|25)|(^|/)\.{1,2}(/|$)", re.IGNORECASE)


def read_only(method: str, path: str) -> None:
    """Let only GET and HEAD through. A POST counts as a write even where it changes nothing (validateCredentials)."""
    if method.upper() not in _READ_METHODS:
        raise ReadOnly("only reads are allowed here", method=method, path=path)


def only_service_principal(sp_id: str) -> Guard:
    """A guard that allows reads everywhere, and writes only below this one service principal.

    Raises ValueError for what is no object id.
    """
    if not sp_id or "/" in sp_id or _UNSAFE_PATH.search(sp_id):
        raise ValueError("not the object id of a service principal")
    below = f"/serviceprincipals/{sp_id}/".lower()

    def guard(method: str, path: str) -> None:
        if method.upper() in _READ_METHODS:
            return
        if _UNSAFE_PATH.search(path) or not path.lower().startswith(below):
            raise WriteRefused("writes are allowed below one service principal only", method=method, path=path)

    return guard


def allowing(guard: Guard, *permitted: tuple[str, str]) -> Guard:
    """A guard that allows what `guard` allows and exactly these pairs of method and path. Raises ValueError for others.

    For instance to make an application or to add an owner.
    """
    if any(not method or not path.startswith("/") or _UNSAFE_PATH.search(path) for method, path in permitted):
        raise ValueError("not a method and a path")
    pairs = {(method.upper(), path.lower()) for method, path in permitted}

    def wider(method: str, path: str) -> None:
        if (method.upper(), path.lower()) not in pairs:
            guard(method, path)

    return wider
