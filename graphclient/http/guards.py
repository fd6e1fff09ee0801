"""Guards: asked with method and path before anything is sent; they raise to say no.

A guard trusts no path: with a query, a fragment, a dot segment, an encoded slash or a blank it never counts as "below".
"""

from __future__ import annotations

import re
from collections.abc import Callable

from ..errors import ReadOnly, WriteRefused

Guard = Callable[[str, str], None]

_SAFE = frozenset({"GET", "HEAD"})
_TRICKY = re.compile(r"[?#\\\x00-\x20]|//|%(?:2f|5c|2e|25)|(^|/)\.{1,2}(/|$)", re.IGNORECASE)


def read_only(method: str, path: str) -> None:
    """Let only GET and HEAD through. A POST counts as a write even where it changes nothing (validateCredentials)."""
    if method.upper() not in _SAFE:
        raise ReadOnly("only reads are allowed here", method=method, path=path)


def only_service_principal(sp_id: str) -> Guard:
    """A guard that lets writes through only below this one service principal, and reads everywhere."""
    if not sp_id or "/" in sp_id or _TRICKY.search(sp_id):
        raise ValueError("not the object id of a service principal")
    below = f"/serviceprincipals/{sp_id}/".lower()

    def guard(method: str, path: str) -> None:
        if method.upper() in _SAFE:
            return
        if _TRICKY.search(path) or not path.lower().startswith(below):
            raise WriteRefused("writes are allowed below one service principal only", method=method, path=path)

    return guard


def allowing(guard: Guard, *permitted: tuple[str, str]) -> Guard:
    """`guard`, and besides it exactly these pairs of method and path: making an application, adding an owner."""
    if any(not method or not path.startswith("/") or _TRICKY.search(path) for method, path in permitted):
        raise ValueError("not a method and a path")
    beside = {(method.upper(), path.lower()) for method, path in permitted}

    def wider(method: str, path: str) -> None:
        if (method.upper(), path.lower()) not in beside:
            guard(method, path)

    return wider
