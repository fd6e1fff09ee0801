"""One page helper for whole pages and their fragments, and what every template is given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.functional import SimpleLazyObject

from onboarding.models import Stop
from onboarding.web import watching


def page(
    request: HttpRequest, template: str, part: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """`template` as a whole, or only its fragment `part` when htmx asks for a swap. The data is the same."""
    response = render(request, f"{template}#{part}" if is_swap(request) else template, dict(context), status=status)
    patch_vary_headers(response, ["HX-Request", "HX-Boosted"])
    return response


def is_swap(request: HttpRequest) -> bool:
    """Whether only a part of the page is replaced: htmx asks, and not for a whole page as after a boosted form."""
    htmx = getattr(request, "htmx", None)
    return htmx is not None and bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def shared_context(request: HttpRequest) -> dict[str, Any]:
    """For every template: whether Microsoft and Haiilo are played by a sandbox; for the frame of staff, asked for only
    there, whether all changes are stopped, and whether somebody looks at the customers.
    """
    watch = SimpleLazyObject(watching.line)
    return {"is_sandbox": bool(settings.SANDBOX_URL), "changes_stopped": Stop.objects.in_force, "watch": watch}
