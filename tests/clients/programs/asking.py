"""Small things both journeys need: query parameters with headers, the sandbox's control port, looking again."""

from __future__ import annotations

import json
import threading
import urllib.request
from collections.abc import Callable
from typing import Any

from kiota_abstractions.base_request_configuration import RequestConfiguration


def asking(parameters: Any, **headers: str) -> RequestConfiguration[Any]:
    made = RequestConfiguration(query_parameters=parameters)
    for name, value in headers.items():
        made.headers.add(name, value)
    return made


def control(base: str, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """Ask the sandbox's control port."""
    request = urllib.request.Request(  # noqa: S310 - an address on loopback, from the test
        base + path,
        data=None if body is None else json.dumps(body).encode(),
        method=method,
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        return json.loads(answer.read() or b"null")


def until(condition: Callable[[], bool], then: Callable[[], object], over: threading.Event) -> None:
    """Look a hundred times a second; ends when the condition came true or the caller has lost interest."""
    while not over.wait(0.01):
        if condition():
            then()
            return
