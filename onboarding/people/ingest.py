"""Bring the provisioning log of a job into our own archive.

The log has no change token, has no order to be relied on, arrives late and may repeat rows (Graph:
provisioningObjectSummary, list). So reading starts a little before the newest row that was read, a row that we know
changes nothing, and nothing counts as read before its window of time is (`reading`).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from graphclient import (
    GraphClient,
    HostRefused,
    LinkRefused,
    LogPage,
    ProvisioningEvent,
    Read,
    TooLarge,
    Unreadable,
)
from graphclient.resources.provisioning_logs import WAYS, Way, read_first
from onboarding.models import Onboarding, Person, clock
from onboarding.models.onboarding import Lease, LeaseLost
from onboarding.people import roster
from onboarding.people.outcome import COMPARED, FROM_OTHERS, outcome
from onboarding.people.reading import LATE_ROWS, Reading

log = logging.getLogger("onboarding.people")

MAX_PAGES = 10  # of a look: reports allow 5 requests in 10 s for an app in a tenant, and a page takes seconds
PAGE_SIZE = 500
BEGIN_AGAIN = (LinkRefused, HostRefused, Unreadable)  # at a link: another one may be readable


def ingest(
    lease: Lease,
    graph: GraphClient,
    job_id: str,
    row: Onboarding,
    *,
    service_principal_id: str = "",
    made_at: datetime | None = None,
) -> int:
    """Read on where the last look ended, at most `MAX_PAGES` pages. Returns how many rows of the job were read.

    `row` is the onboarding as its lease has it; progress and counts there are kept as the database has them. `made_at`:
    when the job was made, if we made it; older rows are of a job that had the same id.
    Raises `LeaseLost`, and what the client raises: pages kept until then stay kept, and what is missing is asked for
    again.
    """
    look = _Look(lease, graph, row, job_id, service_principal_id)
    look.begin(made_at)
    try:
        return look.read()
    finally:
        look.save()


def next_read(row: Onboarding, job_id: str, made_at: datetime | None) -> Read | None:
    """What `ingest` would send first at this moment; None where it goes on behind a link."""
    now = clock.now()
    reading, watermark = _begun(row, job_id, made_at, now)
    if reading.link or reading.since is None or (watermark is None and made_at is None):  # begins at this very moment
        return None
    way = Way(reading.known_way(now) or WAYS[0])
    return read_first(job_id, reading.since, until=reading.until, top=PAGE_SIZE, way=way)


def _begun(row: Onboarding, job_id: str, made_at: datetime | None, now: datetime) -> tuple[Reading, datetime | None]:
    """What to read first, and up to when all was read before. What is known of another job's log says nothing about
    this one.
    """
    reading, watermark = Reading.from_json(row.log_reading), row.log_watermark
    if reading.job not in ("", job_id):
        reading, watermark = Reading(), None
    return reading.begun(watermark, now=now, made_at=made_at), watermark


class _Look:
    """One look at the log, and the progress that it makes."""

    def __init__(
        self, lease: Lease, graph: GraphClient, row: Onboarding, job_id: str, service_principal_id: str
    ) -> None:
        self.lease, self.graph, self.row = lease, graph, row
        self.job_id, self.service_principal_id = job_id, service_principal_id
        self.now = clock.now()
        self.reading, self.watermark = Reading.from_json(row.log_reading), row.log_watermark

    def begin(self, made_at: datetime | None) -> None:
        """Settle what to read first."""
        self.reading, self.watermark = _begun(self.row, self.job_id, made_at, self.now)

    def read(self) -> int:
        """Page by page; the place is that of the last page that was kept."""
        read, links = 0, set[str]()
        for _page in range(MAX_PAGES):
            try:
                page = self._page()
                if page.next_link in links:
                    raise Unreadable("a nextLink came twice")
            except BEGIN_AGAIN as error:
                if self.reading.link or isinstance(error, TooLarge):
                    self.reading = self.reading.begun_again(now=self.now)
                raise
            self._keep(page)
            read += len(page.events)
            if not self._turn(page):
                break
            links.add(page.next_link or "")
        return read

    def _page(self) -> LogPage:
        known = self.reading.known_way(self.now)
        ways = [Way(known), *(way for way in WAYS if way != known)] if known else list(WAYS)
        if self.reading.link:  # a link has to be read as its first page was
            ways = [Way(self.reading.way)]
        since = self.reading.since
        assert since is not None
        return self.graph.provisioning_logs.page(
            self.job_id,
            since,
            next_link=self.reading.link or None,
            top=PAGE_SIZE,
            until=self.reading.until,
            service_principal_id=self.service_principal_id,
            ways=ways,
        )

    def _keep(self, page: LogPage) -> None:
        """Keep its rows before the next page is asked for: what fails later keeps these."""
        if page.unreadable:
            log.warning("onboarding %s: %s rows of the log cannot be placed", self.row.pk, page.unreadable)
        if not _is_news(self.row, page.events):
            return
        kept = keep(self.lease, page.events)
        roster.carry_counts(kept.held, self.row)
        if self.reading.again_at is None:
            self.reading = replace(self.reading, again_at=self.now + LATE_ROWS)
        if kept.is_unsettled:
            self.reading = replace(self.reading, unsettled_at=clock.now())

    def _turn(self, page: LogPage) -> bool:
        """Note that the page was read; whether there is more to read."""
        self.reading = self.reading.asked_by(page.way, self.now).turned(page.next_link, page.newest)
        if page.next_link is None:
            read_until = [time for time in (self.watermark, self.reading.newest) if time is not None]
            self.watermark = max(read_until, default=None)
            self.reading = self.reading.finished(now=self.now)
        return self.reading.is_open

    def save(self) -> None:
        """Keep the progress where there was any. Raises `LeaseLost`."""
        told = replace(self.reading, job=self.job_id).to_json() if self.reading != Reading() else {}
        if (told, self.watermark) == (self.row.log_reading, self.row.log_watermark):
            return
        held = Onboarding.objects.held(self.lease)
        if not held.update(log_reading=told, log_watermark=self.watermark):
            raise LeaseLost(f"onboarding {self.lease.onboarding_id}")
        self.row.log_reading, self.row.log_watermark = told, self.watermark


@dataclass(frozen=True)
class Kept:
    """The onboarding as it is after rows were stored, and whether they tell what Haiilo's own list can settle."""

    held: Onboarding
    is_unsettled: bool


def keep(lease: Lease, events: Iterable[ProvisioningEvent]) -> Kept:
    """Store these rows: the outcome of each person, and how many have which. Says nothing about progress. Raises
    `LeaseLost`.
    """
    page = _of_people(events)
    with transaction.atomic():
        held = Onboarding.objects.hold(lease)
        known = _known(held, page)
        changed = _changed(held, page, known)
        if changed:
            roster.write(held, known, changed, COMPARED)
    return Kept(held, any(roster.is_unsettled(known.get(each), row) for each, row in changed.items()))


def _of_people(events: Iterable[ProvisioningEvent]) -> list[ProvisioningEvent]:
    return [event for event in events if event.source_id and _is_person(event)]


def _is_person(event: ProvisioningEvent) -> bool:
    """Whether the row is a user's: by a bare word, or by the name of a type that ends in it."""
    return (event.source_type or "User").replace("#", ":").replace(".", ":").rpartition(":")[2].lower() == "user"


def _is_news(row: Onboarding, events: Iterable[ProvisioningEvent]) -> bool:
    """Whether a page tells anything that we do not know. Nobody else writes people's rows while the lease is ours, but
    for erasure, which makes nothing known unknown.
    """
    page = _of_people(events)
    if any(row.log_watermark is None or event.at > row.log_watermark for event in page):
        return True
    return tells_more(row, page)


def tells_more(row: Onboarding, events: Iterable[ProvisioningEvent]) -> bool:
    """Whether these rows change anything that is kept of their people. One query."""
    page = _of_people(events)
    return bool(page and _changed(row, page, _known(row, page)))


def _changed(row: Onboarding, page: list[ProvisioningEvent], known: Mapping[str, Person]) -> dict[str, Person]:
    """The rows that differ after this page, by source id."""
    changed: dict[str, Person] = {}
    for event in sorted(page, key=lambda event: (event.at, event.id)):
        before = changed.get(event.source_id) or known.get(event.source_id)
        after = outcome(row.pk, event, before)
        if after is not None:
            roster.carry_over(before, after, FROM_OTHERS)
            changed[event.source_id] = after
    return changed


def _known(held: Onboarding, page: Iterable[ProvisioningEvent]) -> dict[str, Person]:
    return roster.rows_of(held, {event.source_id for event in page})
