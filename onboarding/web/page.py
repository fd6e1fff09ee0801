"""One page helper for whole pages and their fragments, and what every template is given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers


def page(
    request: HttpRequest, template: str, part: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """`template` as a whole, or only its fragment `part` when htmx asks for a swap. The data is the same."""
    htmx = getattr(request, "htmx", None)
    whole = not htmx or htmx.boosted or htmx.history_restore_request
    response = render(request, template if whole else f"{template}#{part}", dict(context), status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def shared_context(request: HttpRequest) -> dict[str, Any]:
    """For every template: whether Microsoft and Haiilo are played by a sandbox."""
    return {"is_sandbox": bool(settings.SANDBOX_URL)}
