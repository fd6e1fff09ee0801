"""The provisioning log, GET /auditLogs/provisioning: no change token, rows arrive late, 5 requests in 10 seconds.

docs/graph-facts.md, "Provisioning log" and "Throttling".
"""

from __future__ import annotations

import enum
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from ..errors import Rejected, Unreadable
from ..http.document import Document
from ..http.memo import Read
from ..http.paging import follow_own, rows_of
from ..http.paging import next_link as link_of
from ..http.paths import literal, moment_literal
from ..http.transport import Transport
from ..models.logs import LogPage, ProvisioningEvent

PATH = "/auditLogs/provisioning"
HEADERS = {"Prefer": "include-unknown-enum-members"}
MAX_PAGE_SIZE = 500  # the largest page of Microsoft's examples
NOT_ABOUT_THE_QUERY = ("authentication", "authorization")  # beginnings of codes; another query would be refused as well


class Way(enum.StrEnum):
    """How the log is asked. What a tenant's log refuses to filter or order by, is done on our side.

    Documented are operators, not properties; `$orderby` is refused or ignored in places.
    """

    ORDERED = "ordered"
    BY_JOB = "by job"
    BY_TIME = "by time"
    JOB_ONLY = "job only"
    BARE = "bare"

    @property
    def by_job(self) -> bool:
        """Whether Graph is asked for the rows of one job only."""
        return self in (Way.ORDERED, Way.BY_JOB, Way.JOB_ONLY)

    @property
    def by_time(self) -> bool:
        """Whether Graph is asked for the rows of a time only."""
        return self in (Way.ORDERED, Way.BY_JOB, Way.BY_TIME)

    def params(self, job_id: str, since: datetime, until: datetime | None) -> dict[str, str]:
        """The query. Times are compared by gt and lt, which are the only operators seen to work."""
        wanted = [f"jobId eq {literal(job_id)}"] if self.by_job else []
        if self.by_time:
            wanted.append(f"activityDateTime gt {moment_literal(since)}")
        if self.by_time and until is not None:
            wanted.append(f"activityDateTime lt {moment_literal(until)}")
        ordered = {"$orderby": "activityDateTime asc"} if self is Way.ORDERED else {}
        return ({"$filter": " and ".join(wanted)} if wanted else {}) | ordered


WAYS = tuple(Way)


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
        service_principal_id: str = "",
        ways: Sequence[Way] = WAYS,
    ) -> LogPage:
        """One page of the job's events: the first one after `since`, or the page behind `next_link`.

        `since`, `until`: aware; events at either moment are left out. A caller can store a page and its place together.
        Events come in any order. `ways` are tried in turn where Graph refuses the query (400); the page says which
        one was taken, and its links have to be followed with that one. A row that names no job counts where it is of
        `service_principal_id`. Raises `LinkRefused` for a link that the service does not take any more.
        """
        if since.tzinfo is None or (until is not None and until.tzinfo is None):
            raise ValueError("a time without a zone")
        if next_link is not None:
            page, way = self._behind(next_link), ways[0]
        else:
            page, way = self._first(job_id, since, until, top, ways)
        rows = rows_of(page, PATH)
        read = [event for row in rows if (event := _readable(row)) is not None]
        return LogPage(
            tuple(
                event
                for event in read
                if _is_of(event, job_id, service_principal_id, trusted=way.by_job)
                and (way.by_time or (event.at > since and (until is None or event.at < until)))
            ),
            link_of(page),
            newest=max((event.at for event in read), default=None),
            unreadable=len(rows) - len(read),
            way=way,
        )

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
            page = self.page(job_id, since, page.next_link, until=until, ways=[Way(page.way)])

    def touch(self) -> None:
        """Read one row, only to see whether the log may be read. Raises as `page` does."""
        one = read_touch()
        rows_of(self._transport.get(one.path, one.params, one.headers), one.path)

    def _first(
        self, job_id: str, since: datetime, until: datetime | None, top: int, ways: Sequence[Way]
    ) -> tuple[Document, Way]:
        first: Rejected | None = None
        for way in ways:
            try:
                read = read_first(job_id, since, until=until, top=top, way=way)
                return self._transport.get(read.path, read.params, read.headers), way
            except Rejected as error:
                if not _concerns_the_query(error):
                    raise
                first = first or error
        assert first is not None
        raise first

    def _behind(self, link: str) -> Document:
        return follow_own(self._transport, link, HEADERS)


def read_first(job_id: str, since: datetime, *, until: datetime | None, top: int, way: Way) -> Read:
    """What `page` sends first, when this is the first of its ways."""
    return Read(PATH, way.params(job_id, since, until) | {"$top": str(max(1, min(top, MAX_PAGE_SIZE)))}, HEADERS)


def read_touch() -> Read:
    """What `touch` sends, the same within a minute."""
    an_hour_ago = datetime.now(UTC).replace(second=0) - timedelta(hours=1)
    return Read(PATH, {"$top": "1", "$filter": f"activityDateTime gt {moment_literal(an_hour_ago)}"}, HEADERS)


def _concerns_the_query(error: Rejected) -> bool:
    """Whether another query may fare better."""
    return error.status == 400 and not error.code.lower().startswith(NOT_ABOUT_THE_QUERY)


def _readable(row: dict[str, Any]) -> ProvisioningEvent | None:
    """One row that nobody can place must not hide the others of its page."""
    try:
        return ProvisioningEvent.from_json(row)
    except Unreadable:
        return None


def _is_of(event: ProvisioningEvent, job_id: str, service_principal_id: str, *, trusted: bool) -> bool:
    """Whether the row is of this job; `trusted`: a row that names none was filtered by Graph."""
    if event.job_id:
        return event.job_id.lower() == job_id.lower()
    if event.service_principal_id and service_principal_id:
        return event.service_principal_id.lower() == service_principal_id.lower()
    return trusted
