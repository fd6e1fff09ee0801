"""How long the oldest request of this process has been answered for: a process that hangs is to be started anew."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

_begun: dict[int, float] = {}  # by thread; each answers one request at a time


class InProgress:
    """Notes when each request began."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        thread = threading.get_ident()
        _begun[thread] = time.monotonic()
        try:
            return self._get_response(request)
        finally:
            _begun.pop(thread, None)


def oldest() -> float:
    """For how many seconds the oldest request has been going on; 0 where there is none."""
    begun = list(_begun.values())
    return time.monotonic() - min(begun) if begun else 0.0
