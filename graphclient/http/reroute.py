"""Send https addresses of Microsoft to another place, for a sandbox: URLs, tokens and code stay those of production.

msal refuses every http authority but takes our session, so the session is the seam.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from requests.adapters import HTTPAdapter


class _Elsewhere(HTTPAdapter):
    """Keeps path, query and Host header, replaces scheme and address."""

    def __init__(self, target: str) -> None:
        self._target = urlsplit(target)
        super().__init__(pool_maxsize=32)

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Send to the target what was meant for the original host."""
        original = urlsplit(request.url or "")
        request.headers["Host"] = original.netloc
        request.url = urlunsplit((self._target.scheme, self._target.netloc, original.path, original.query, ""))
        return super().send(request, *args, **kwargs)


class Reroutes:
    """https origins, each with the origin that answers instead. An empty mapping changes nothing."""

    def __init__(self, mapping: Mapping[str, str]) -> None:
        self._routes = {_origin(source): target.rstrip("/") for source, target in mapping.items()}

    def mount(self, session: requests.Session) -> None:
        """Make the session send there."""
        for source, target in self._routes.items():
            session.mount(f"{source}/", _Elsewhere(target))

    def url(self, url: str) -> str:
        """`url` as a browser has to open it."""
        target = self._routes.get(_origin(url))
        if target is None:
            return url
        parts = urlsplit(url)
        rest = urlunsplit(("", "", parts.path or "/", parts.query, parts.fragment))
        return target + rest


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()
