"""Send requests for https addresses of Microsoft to a sandbox: URLs, tokens and code stay those of production.

msal refuses every http authority but takes our session; therefore an adapter on the session changes the address.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from requests.adapters import HTTPAdapter

CONNECTIONS = 128  # kept to one host: one for each thread of a large worker


class _ReroutingAdapter(HTTPAdapter):
    """Keeps path, query and Host header, replaces scheme and address."""

    def __init__(self, target: str) -> None:
        self._target = urlsplit(target)
        super().__init__(pool_maxsize=CONNECTIONS)

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Send the request to the target instead of its own host."""
        original = urlsplit(request.url or "")
        request.headers["Host"] = original.netloc
        request.url = urlunsplit((self._target.scheme, self._target.netloc, original.path, original.query, ""))
        return super().send(request, *args, **kwargs)


class Reroutes:
    """Maps https origins to the origins that answer instead of them. An empty mapping changes nothing."""

    def __init__(self, mapping: Mapping[str, str]) -> None:
        self._routes = {_origin(source): target.rstrip("/") for source, target in mapping.items()}

    def mount(self, session: requests.Session) -> None:
        """Make the session send requests for the mapped origins to their targets."""
        for source, target in self._routes.items():
            session.mount(f"{source}/", _ReroutingAdapter(target))

    def url(self, url: str) -> str:
        """The address that a browser has to open for `url`."""
        target = self._routes.get(_origin(url))
        if target is None:
            return url
        parts = urlsplit(url)
        rest = urlunsplit(("", "", parts.path or "/", parts.query, parts.fragment))
        return target + rest


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()
