"""Keyset paging: where a page ended, as text for an address. It holds no authority; anybody may make one up."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from typing import Any

MAX_LENGTH = 2000


def cursor(text: str, pk: int) -> str:
    """The place right after the row with this sort text and key."""
    return base64.urlsafe_b64encode(json.dumps([text, pk]).encode()).decode().rstrip("=")


def read_cursor(given: str) -> tuple[str, int] | None:
    """Sort text and key of a cursor, or None for one that we did not make."""
    try:
        values = json.loads(base64.urlsafe_b64decode(given[:MAX_LENGTH] + "=" * (-len(given) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return None
    match values:
        case [str() as text, int() as pk] if "\0" not in text and not isinstance(pk, bool):
            return text, pk
    return None


def version(*shown: Any) -> str:
    """A short digest of what a page shows: the same as long as nothing on it has changed."""
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]
