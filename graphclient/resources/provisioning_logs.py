"""GET /auditLogs/provisioning: 5 requests in 10 seconds for an app in a tenant, no change token, rows arrive late."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from ..errors import Malformed, Rejected
from ..http.paging import next_link as link_of
from ..http.paging import rows_of
from ..http.paths import literal, moment_literal
from ..http.transport import Transport
from ..models.logs import LogPage, ProvisioningEvent

PATH = "/auditLogs/provisioning"
HEADERS = {"Prefer": "include-unknown-enum-members"}
MOST = 500  # the largest page of Microsoft's examples


class ProvisioningLogs:
    """The provisioning log; every method may raise a `GraphError`, `LicenceMissing` where the tenant has no P1."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def page(
        self,
        job_id: str,
        since: datetime,
        next_link: str | None = None,
        top: int = 200,
        *,
        until: datetime | None = None,
    ) -> LogPage:
        """The first page of what happened to the job after `since` (and before `until`; both aware), oldest first as
        far as Graph orders it; or the page behind `next_link`. So a caller can store a page and its place together.

        Where Graph does not order a filtered list (400), it is asked again without an order.
        """
        if next_link is not None:
            page = self._transport.follow(next_link, HEADERS)
        else:
            page = self._first(_window(job_id, since, until), str(max(1, min(top, MOST))))
        events = tuple(ProvisioningEvent.from_json(row) for row in rows_of(page, PATH))
        return LogPage(events, link_of(page))

    def between(self, job_id: str, since: datetime, until: datetime) -> Iterator[ProvisioningEvent]:
        """Everything that happened to the job after `since` and before `until`, each event once; page by page.

        A link that comes twice raises `Malformed`.
        """
        page = self.page(job_id, since, top=MOST, until=until)
        links, seen = set[str](), set[str]()
        while True:
            for event in page.events:
                if event.id not in seen:
                    seen.add(event.id)
                    yield event
            if page.next_link is None:
                return
            if page.next_link in links:
                raise Malformed("a nextLink came twice", method="GET", path=PATH)
            links.add(page.next_link)
            page = self.page(job_id, since, page.next_link)

    def touch(self) -> None:
        """Ask for one row, only to see whether the log may be read. Raises as the others do."""
        self._transport.get(PATH, {"$top": "1", "$filter": f"activityDateTime gt {_an_hour_ago()}"}, HEADERS)

    def _first(self, odata_filter: str, top: str) -> dict[str, Any]:
        params = {"$filter": odata_filter, "$top": top}
        try:
            return self._transport.get(PATH, params | {"$orderby": "activityDateTime asc"}, HEADERS)
        except Rejected as error:
            if error.status != 400:
                raise
        return self._transport.get(PATH, params, HEADERS)


def _an_hour_ago() -> str:
    return moment_literal(datetime.now(UTC) - timedelta(hours=1))


def _window(job_id: str, since: datetime, until: datetime | None) -> str:
    wanted = f"jobId eq {literal(job_id)} and activityDateTime gt {moment_literal(since)}"
    return wanted if until is None else f"{wanted} and activityDateTime lt {moment_literal(until)}"
