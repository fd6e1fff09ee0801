"""Which function answers which call. Path templates are those of the OpenAPI document, so that it can check them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from .exchange import Answer, Call
from .permissions import Need

Handler = Callable[[Call], Answer]

_KEY = re.compile(r"\('([^'()]*)'\)")
_FUNCTION = re.compile(r"/(?:microsoft\.graph\.)?(functions|filterOperators)\(\)$", re.IGNORECASE)
_PARAMETER = re.compile(r"\\\{([^}]+)\\\}")


@dataclass(frozen=True)
class Route:
    """`outside`: the answer needs other requests, so the world is not locked meanwhile."""

    method: str
    template: str
    pattern: re.Pattern[str]
    handler: Handler
    need: Need
    outside: bool


_routes: dict[str, list[Route]] = {}


def route(method: str, template: str, need: Need, *, outside: bool = False) -> Callable[[Handler], Handler]:
    """Register a handler for a method and a path template below /v1.0."""
    text = re.escape(template).replace(r"\-", "-")
    pattern = re.compile(_PARAMETER.sub(lambda found: f"(?P<{_name(found[1])}>[^/()]+)", text), re.IGNORECASE)

    def keep(handler: Handler) -> Handler:
        made = Route(method, template, pattern, handler, need, outside)
        _routes.setdefault(method, []).append(made)
        return handler

    return keep


def _name(parameter: str) -> str:
    return parameter.replace("-", "_").replace("\\", "")


def find(call: Call) -> Route | None:
    """The route, with `parts` and `template` set on the call; None for an unknown verb or path."""
    path = _as_segments(call.path)
    for each in _routes.get(call.method, ()):
        found = each.pattern.fullmatch(path)
        if found:
            parts: dict[str, Any] = found.groupdict()
            call.parts = {key.replace("_id", "-id"): unquote(value) for key, value in parts.items()}
            call.template = each.template
            return each
    return None


def _as_segments(path: str) -> str:
    """Keys in brackets and functions with brackets as plain segments: jobs('a') as jobs/a, functions() as functions."""
    path = _KEY.sub(r"/\1", path.replace("/microsoft.graph.synchronization.", "/"))
    return _FUNCTION.sub(r"/\1", path)


def knows(path: str) -> bool:
    """Whether another verb would have been right."""
    return any(each.pattern.fullmatch(path) for each in every())


def every() -> Iterator[Route]:
    """All routes."""
    for group in _routes.values():
        yield from group
