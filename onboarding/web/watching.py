"""The line on every page of staff while nobody looks at the customers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from onboarding.engine import pulse
from onboarding.web.moments import moment
from onboarding.web.staff_only import for_staff

SECONDS = 20  # seconds between two questions of an open page


@dataclass(frozen=True)
class Line:
    """What the frame says: nothing while somebody looks. `since` is a moment as HTML, empty where nobody ever did."""

    looking: bool
    since: str
    seen: str
    every: int = SECONDS


def line() -> Line:
    """The line as it is now. One query."""
    found = pulse.watch()
    return Line(found.looking, moment(found.since), "looking" if found.looking else f"{found.since or 'never'}")


@for_staff
@require_safe
def watch(request: HttpRequest) -> HttpResponse:
    """The line by itself, for a page that is open; nothing where it is as it was."""
    found = line()
    if request.GET.get("seen") == found.seen:
        return HttpResponse(status=204)
    context: dict[str, Any] = {"watch": found}
    return render(request, "parts/watch.html", context)
