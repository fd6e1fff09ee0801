"""While the database does not answer, every page says so with status 503 and tries again by itself."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views import defaults

log = logging.getLogger(__name__)

LOST = (OperationalError, InterfaceError)
AGAIN = 10  # seconds until the page tries again


class LostDatabase:
    """Answers for a view that could not reach the database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The page for a database that is lost; other errors go on."""
        return page(request, error) if isinstance(error, LOST) else None


def server_error(request: HttpRequest) -> HttpResponse:
    """In the place of Django's: what failed outside a view, such as the session, may have been the database, too."""
    error = sys.exc_info()[1]
    return page(request, error) if isinstance(error, LOST) else defaults.server_error(request)


def page(request: HttpRequest, error: BaseException) -> HttpResponse:
    """503, to be asked again; a script of ours says in the page itself that the line is lost."""
    log.error("%s %s: the database does not answer: %s", request.method, request.path, type(error).__name__)
    again = AGAIN if request.method in ("GET", "HEAD") else 0
    return HttpResponse(
        render_to_string("503.html", {"again": again}),
        status=503,
        headers={"Retry-After": str(AGAIN), "Cache-Control": "no-store"},
    )
