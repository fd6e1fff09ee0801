"""The provisioning log, GET /auditLogs/provisioning: no change token, rows arrive late, 5 requests in 10 seconds.

docs/graph-facts.md, "Provisioning log" and "Throttling".
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from ..errors import Rejected, Unreadable
from ..http.document import Document, read_model
from ..http.memo import Read
from ..http.paging import next_link as link_of
from ..http.paging import rows_of
from ..http.paths import literal, moment_literal
from ..http.transport import Transport
from ..models.logs import LogPage, ProvisioningEvent

PATH = "/auditLogs/provisioning"
HEADERS = {"Prefer": "include-unknown-enum-members"}
MAX_PAGE_SIZE = 500  # the largest page of Microsoft's examples


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
        """One page of the job's events: the first one after `since`, or the page behind `next_link`.

        `since`, `until`: aware; events at either moment are left out. A caller can store a page and its place together.
        Events come oldest first only as far as Graph orders them; where Graph refuses to order a filtered list (400),
        the list is read without an order.
        """
        if next_link is not None:
            page = self._transport.follow(next_link, HEADERS)
        else:
            page = self._first(_window(job_id, since, until), str(max(1, min(top, MAX_PAGE_SIZE))))
        events = tuple(read_model(ProvisioningEvent.from_json, page, row) for row in rows_of(page, PATH))
        return LogPage(events, link_of(page))

    def between(self, job_id: str, since: datetime, until: datetime) -> Iterator[ProvisioningEvent]:
        """All events of the job after `since` and before `until`, each once; reads page by page.

        Raises `Unreadable` for a link that comes twice.
        """
        page = self.page(job_id, since, top=MAX_PAGE_SIZE, until=until)
        links, seen = set[str](), set[str]()
        while True:
            for event in page.events:
                if event.id not in seen:
                    seen.add(event.id)
                    yield event
            if page.next_link is None:
                return
            if page.next_link in links:
                raise Unreadable("a nextLink came twice", method="GET", path=PATH)
            links.add(page.next_link)
            page = self.page(job_id, since, page.next_link)

    def touch(self) -> None:
        """Read one row, only to see whether the log may be read. Raises as `page` does."""
        one = read_touch()
        rows_of(self._transport.get(one.path, one.params, one.headers), one.path)

    def _first(self, odata_filter: str, top: str) -> Document:
        params = {"$filter": odata_filter, "$top": top}
        try:
            return self._transport.get(PATH, params | {"$orderby": "activityDateTime asc"}, HEADERS)
        except Rejected as error:
            if error.status != 400:
                raise
        return self._transport.get(PATH, params, HEADERS)


def read_touch() -> Read:
    """What `touch` sends, the same within a minute."""
    an_hour_ago = datetime.now(UTC).replace(second=0) - timedelta(hours=1)
    return Read(PATH, {"$top": "1", "$filter": f"activityDateTime gt {moment_literal(an_hour_ago)}"}, HEADERS)


def _window(job_id: str, since: datetime, until: datetime | None) -> str:
    wanted = f"jobId eq {literal(job_id)} and activityDateTime gt {moment_literal(since)}"
    return wanted if until is None else f"{wanted} and activityDateTime lt {moment_literal(until)}"
