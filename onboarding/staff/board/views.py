"""The board, the first page of customer success: who needs us?"""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from onboarding.domain.input_fields import searched
from onboarding.staff.board import queries
from onboarding.web import access
from onboarding.web.page import is_swap, page
from onboarding.web.refreshing import SECONDS_AT_REST, now_seen
from onboarding.web.staff_only import for_staff

ROW_MOVES = 5  # seconds between two questions of the open board


@for_staff
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """Customers by name, filtered by whom they wait for and by a search. The open page refreshes itself."""
    search, bucket, after = searched(request.GET), request.GET.get("bucket", ""), request.GET.get("after", "")
    bucket = bucket if bucket in queries.BUCKETS else ""
    found = queries.board(access.staff(request), search=search, bucket=bucket, after=after)
    seen = now_seen(found.version)
    if request.GET.get("seen") == seen:
        return HttpResponse(status=204)
    kept = {name: value for name, value in (("search", search), ("bucket", bucket)) if value}
    context = {
        "board": found,
        "search": search,
        "bucket": bucket,
        "everything": urlencode({"search": search}) if search else "",
        "tabs": [(each, urlencode({**kept, "bucket": each.key})) for each in found.buckets],
        "next": urlencode({**kept, "after": found.next}) if found.next else "",
        "again": urlencode({**kept, **({"after": after} if after else {}), "seen": seen}),
        "first": urlencode(kept) if after else None,
        "every": ROW_MOVES if found.moving else SECONDS_AT_REST,
        "swapped": is_swap(request),
        "has_portfolio": bool(found.rows) or bool(access.portfolios_of(request)),
    }
    return page(request, "staff/board.html", "board", context)
